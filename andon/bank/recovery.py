"""Is it good again? Judged by what had been learnt when the alert fired, and by data that came after.

Good is an observation inside the 95 % predictive interval of the baseline, which stands still while an alert fires, on
the side the rule looks at. It is judged over the shortest of `clear_after`, twice, four times ... that since the firing
brings the minimum n and would have shown what fired: whose interval leaves out the value that was seen then, or that is
as long as the firing itself took to be noticed. So a slow trickle is not called good for want of data. Bad again is an
observation outside the interval made half as wide again; between the two nothing changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from andon.bank.condition import Condition
from andon.bank.phases import Verdict
from andon.bank.probe import Probe, Reading
from andon.bank.view import DAY, View, natural, pick
from andon.detector import State
from andon.model import Bools, Direction, Floats, Form, Ints, Observation
from andon.rulebook.model import Rule

LONGEST = 14 * DAY
WIDER = 1.5

Verdicts = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """What was found of m alerts, each (m,).

    `verdict`; `silent`: there was nothing to judge by; `renewed`: there has been something since the first good look.
    """

    verdict: Verdicts
    silent: Bools
    renewed: Bools


def outlook(view: View, condition: Condition, readings: Sequence[Reading], alerts: State, places: Ints) -> Outlook:
    """Judge alerts by the tests that fired them: of `any`, all must be good again; of `all`, one is enough.

    `alerts` (k,) are those at `places` (k,) among the series that the view shows and `readings` tell of.
    """
    rule = condition.probes[0].rule
    rows = view.rows(rule.projection)[places]
    lives = rule.metric.form is not Form.COUNT or view.lives(rule.projection, max(rule.clear_after, 3 * rule.every))
    tests = []
    for probe, reading in zip(condition.probes, readings, strict=True):
        found = _of_test(view, probe, alerts, rows, lives=lives)
        tests.append(found if probe.calibrated else _by_line(found, reading.score[places]))
    verdicts, silent = np.stack([test[0] for test in tests]), np.stack([test[1] for test in tests])
    bits = alerts["tests"] >> np.arange(len(tests), dtype=np.uint32)[:, np.newaxis] & 1
    fired = (alerts["tests"] == 0) | (bits == 1)
    if condition.op == "any":
        verdict = np.min(np.where(fired, verdicts, Verdict.GOOD), axis=0)
    else:
        verdict = np.max(np.where(fired, verdicts, Verdict.BAD), axis=0)
    return Outlook(
        verdict.astype(np.int8), np.any(fired & silent, axis=0), _renewed(view, rule, rows, alerts, lives=lives)
    )


def _renewed(view: View, rule: Rule, rows: Ints, alerts: State, *, lives: bool) -> Bools:
    if rule.metric.form is Form.COUNT:
        return np.full(len(rows), lives)
    renewed: Bools = view.streams.last(rule.projection, rows) > alerts["good"]
    return renewed


def _by_line(found: tuple[Verdicts, Bools], score: Floats) -> tuple[Verdicts, Bools]:
    """Hold the verdict to a detector's own line: beyond it is bad, whatever a longer window says."""
    verdict, silent = found
    return np.where(score > 0, Verdict.BAD, verdict).astype(np.int8), silent


def _of_test(view: View, probe: Probe, alerts: State, rows: Ints, *, lives: bool) -> tuple[Verdicts, Bools]:
    """Return a test's verdict and where it had nothing to judge by, each (k,)."""
    rule = probe.rule
    verdict = np.full(len(rows), Verdict.HOLD, dtype=np.int8)
    spans = _spans(max(rule.clear_after, probe.windows[0]), float(view.end - np.min(alerts["fired"])))
    if not spans:
        return verdict, np.zeros(len(rows), dtype=np.bool_)
    seen = view.observe(rule.metric, rule.projection, spans, rows)
    silent = (view.end - alerts["fired"] >= spans[0]) & (np.all(seen.n <= 0, axis=1) | (not lives))
    pending = np.full(len(rows), lives)
    for place in range(len(spans)):
        some = np.flatnonzero(pending & _may_judge(view, probe, seen, alerts, place))
        if len(some):
            told, settled = _window(view, probe, pick(seen, some, place), alerts, rows, some)
            verdict[some[settled]] = told[settled]
            pending[some[settled]] = False
    return verdict, silent


def _spans(shortest: float, since: float) -> tuple[float, ...]:
    spans = []
    while shortest <= min(since, LONGEST):
        spans.append(shortest)
        shortest *= 2.0
    return tuple(spans)


def _may_judge(view: View, probe: Probe, seen: Observation, alerts: State, place: int) -> Bools:
    after: Bools = view.end - alerts["fired"] >= seen.seconds[place]
    if seen.form is Form.COUNT:
        return after
    return after & (seen.n[:, place] >= max(probe.test.min_n, 1.0))


def _window(
    view: View, probe: Probe, seen: Observation, alerts: State, rows: Ints, some: Ints
) -> tuple[Verdicts, Bools]:
    """Judge one window of `some` series; the second tells where this is settled, and no longer window is needed."""
    usual = probe.expect(rows[some], seen, view.end)
    value, was, span = natural(seen)[:, 0], alerts["was"][some], alerts["span"][some]
    direction = probe.test.direction
    inside = _beyond(value, usual.low, usual.high, direction) <= 0
    wide = WIDER - 1.0
    with np.errstate(over="ignore"):  # a detector may put an open side at the end of all numbers
        low = usual.low - wide * (usual.expected - usual.low)
        high = usual.high + wide * (usual.high - usual.expected)
    outside = _beyond(value, low, high, direction) > 0
    if not probe.calibrated:
        inside |= np.isnan(usual.low) & np.isnan(usual.high)
    verdict = np.where(inside, Verdict.GOOD, np.where(outside, Verdict.BAD, Verdict.HOLD)).astype(np.int8)
    seconds = float(seen.seconds[0])
    shown = np.isnan(was) | (_beyond(was, usual.low, usual.high, direction) > 0)
    settled = ~inside | shown | (seconds >= span) | (2.0 * seconds > LONGEST) | (not probe.calibrated)
    return verdict, settled


def _beyond(value: Floats, low: Floats, high: Floats, direction: Direction) -> Floats:
    """Return how far a value lies outside an interval on the side that matters; NaN where that side is not known."""
    if direction is Direction.RISES:
        return value - high
    if direction is Direction.FALLS:
        return low - value
    return np.maximum(value - high, low - value)
