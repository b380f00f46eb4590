"""What a person is shown when an alert fires: made only for the few series that changed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from andon.bank.known import words
from andon.bank.probe import Probe
from andon.bank.thresholds import promised
from andon.bank.view import DAY, View, behind, natural
from andon.model import Direction, Evidence, Floats, Form, Ints, Labels, Observation

LOOKBACK = 7200.0
RAREST = 1e15
"""Seconds; beyond it odds are no longer a figure a person can use."""


@dataclass(frozen=True, slots=True)
class Case:
    """An alert that changed: its series (`row`, `labels`), since when, its score, what is left to learn, words to say."""

    row: int
    labels: Labels
    since: float
    score: float
    left: float = 0.0
    words: tuple[str, ...] = ()


def gather(view: View, probe: Probe, case: Case) -> tuple[Evidence, float]:
    """Return the evidence, and the metric's natural value over its window, which begins at the change point.

    The window is at least the detector's own and at most a day. A count is told as counts in that window.
    """
    rule, streams = probe.rule, view.streams
    seconds = span(view.end, case.since, probe)
    row = np.array([case.row], dtype=np.int64)
    seen = probe.observe(view, (seconds,), row)
    observed = float(natural(seen)[0, 0])
    scale = float(seen.n[0, 0]) if seen.form is Form.COUNT else 1.0
    expected, low, high = _expected(view, probe, row, seconds)
    if not probe.calibrated:  # its bounds are a line to come back from, no interval that 95 % would keep to
        low = high = math.nan
    live = len(view.rows(rule.projection))
    evidence = Evidence(
        metric=rule.metric.word,
        unit="" if seen.form is Form.COUNT else rule.metric.unit,
        observed=observed * scale,
        expected=expected,
        low=low,
        high=high,
        n=float(behind(seen)[0, 0]),
        seconds=seconds,
        since=case.since,
        odds=odds(probe, case.score),
        learning_left=case.left,
        promised=promised(rule, live),
        live=live,
        parts=streams.parts(rule.metric, rule.projection, case.row, view.end, seconds),
        changes=streams.changes(case.labels, case.since - LOOKBACK, view.end),
        quotes=streams.quotes(rule.projection, case.row),
        text=", ".join([*case.words, *_known(view, probe, seconds)]),
        detector=probe.detector.name,
    )
    return evidence, observed


def _expected(view: View, probe: Probe, row: Ints, seconds: float) -> tuple[float, float, float]:
    """Return what was expected, and the interval; over a known day by its word, its least and its most."""
    found = []
    known = probe.lean is not None and not view.learns(seconds)
    for lean in (Direction.NONE, Direction.FALLS, Direction.RISES) if known else (None,):
        seen = view.observe(probe.rule.metric, probe.rule.projection, (seconds,), row, lean)
        usual, scale = probe.expect(row, seen, view.end), float(seen.n[0, 0]) if seen.form is Form.COUNT else 1.0
        found.append([float(value[0]) * scale for value in (usual.expected, usual.low, usual.high)])
    return found[0][0], found[len(found) // 2][1], found[-1][2]


def _known(view: View, probe: Probe, seconds: float) -> list[str]:
    if probe.rule.metric.form is not Form.COUNT or probe.lean is None:
        return []
    return words(view.events, view.end - seconds, view.end)


def span(end: float, since: float, probe: Probe) -> float:
    """Return how long a window of evidence is, in seconds."""
    shortest = max(probe.rule.every, probe.windows[0])
    if math.isnan(since):
        return shortest
    return min(max(end - since, shortest), max(DAY, shortest))


def odds(probe: Probe, score: float) -> float:
    """Return the seconds between two such findings by chance; 0 where the detector does not know."""
    if not probe.calibrated or not math.isfinite(score):
        return 0.0
    return min(math.exp(min(score, 60.0)) * probe.rule.every, RAREST)


def excess(probe: Probe, seen: Observation, expected: Floats) -> Floats:
    """Return how far each series is from what was expected, (m,), towards where the test looks.

    In the metric's natural value (a count: per second); or, `relative`, as a share of what was expected.
    """
    gap = natural(seen)[:, 0] - expected
    sign = {"rises": gap, "falls": -gap}.get(probe.test.direction.value, np.abs(gap))
    if not probe.test.relative:
        return sign
    share: Floats = np.divide(sign, np.abs(expected), out=np.full(len(sign), np.inf), where=expected != 0)
    return share
