"""Is it good again? Judged by what had been learnt when the alert fired, and by data that came after.

Good is an observation inside the 95 % predictive interval of the baseline, which stands still while an alert fires, on
the side the rule looks at. It is judged over the shortest of `clear_after`, twice, four times ... that since the firing
(when recovering: since the first good window) brings the minimum n and would have shown what fired: whose interval
lies well apart from the value that was seen then, or that is as long as the firing itself took to be noticed. So a slow trickle
is not called good for want of data. Bad again is an observation outside the interval made half as wide again; between
the two, and at a look that brought no data, nothing changes. A count of a living feed has data at every look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from andon.bank.condition import Condition
from andon.bank.phases import RECOVERING, Verdict
from andon.bank.probe import Probe, Reading
from andon.bank.view import DAY, View, natural, pick
from andon.detector import Expectation, State
from andon.model import Bools, Direction, Floats, Form, Ints, Observation
from andon.rulebook.model import Rule

LONGEST = 14 * DAY
WIDER = 1.5

Verdicts = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """What was found of m alerts, each (m,).

    `verdict`; `silent`: nothing came in `clear_after`; `renewed`: something came since the first good look; `clean`:
    the beginning of the window that was judged.
    """

    verdict: Verdicts
    silent: Bools
    renewed: Bools
    clean: Floats


def outlook(view: View, condition: Condition, readings: Sequence[Reading], alerts: State, places: Ints) -> Outlook:
    """Judge alerts by the tests that fired them: of `any`, all must be good again; of `all`, one is enough.

    `alerts` (k,) are those at `places` (k,) among the series that the view shows and `readings` tell of.
    """
    rule = condition.probes[0].rule
    rows = view.rows(rule.projection)[places]
    fresh = _fresh(view, rule, rows)
    tests = [
        _of_test(view, probe, reading.score[places], alerts, rows, fresh)
        for probe, reading in zip(condition.probes, readings, strict=True)
    ]
    verdicts, silent, clean = (np.stack([test[part] for test in tests]) for part in range(3))
    bits = alerts["tests"] >> np.arange(len(tests), dtype=np.uint32)[:, np.newaxis] & 1
    fired = (alerts["tests"] == 0) | (bits == 1)
    if condition.op == "any":
        verdict = np.min(np.where(fired, verdicts, Verdict.GOOD), axis=0)
    else:
        verdict = np.max(np.where(fired, verdicts, Verdict.BAD), axis=0)
    renewed = fresh if rule.metric.form is Form.COUNT else view.streams.last(rule.projection, rows) > alerts["good"]
    return Outlook(verdict.astype(np.int8), np.any(fired & silent, axis=0), renewed, np.min(clean, axis=0))


def _fresh(view: View, rule: Rule, rows: Ints) -> Bools:
    """Tell to which series this look brought something to judge by, (k,)."""
    if rule.metric.form is Form.COUNT:
        return np.full(len(rows), view.lives(rule.projection, max(rule.clear_after, 3 * rule.every)))
    fresh: Bools = view.streams.last(rule.projection, rows) >= view.end - rule.every
    return fresh


def _of_test(
    view: View, probe: Probe, score: Floats, alerts: State, rows: Ints, fresh: Bools
) -> tuple[Verdicts, Bools, Floats]:
    """Return a test's verdict, where nothing came in `clear_after`, and where the window judged began, each (k,)."""
    rule, count = probe.rule, probe.rule.metric.form is Form.COUNT
    after = view.end - np.where(alerts["state"] == RECOVERING, alerts["clean"], alerts["fired"])
    spans = _spans(max(rule.clear_after, probe.windows[0]), float(np.max(after)))
    verdict, clean = np.full(len(rows), Verdict.HOLD, dtype=np.int8), np.full(len(rows), view.end)
    silent = np.zeros(len(rows), dtype=np.bool_)
    if spans:
        seen = probe.observe(view, spans[:1], rows)
        silent = (after >= spans[0]) & (~fresh if count else seen.n[:, 0] <= 0)
        untold = fresh.copy()
        for place, span in enumerate(spans):
            if not untold.any():
                break
            if place == 1:  # the longer ones are not looked at where the shortest tells, as it mostly does
                seen = probe.observe(view, spans, rows)
            enough = count | (seen.n[:, place] >= max(probe.test.min_n, 1.0))
            some = np.flatnonzero(untold & (after >= span) & enough)
            if len(some):
                told, settled = _window(view, probe, pick(seen, some, place), alerts, rows, some)
                done = some[settled]
                verdict[done], clean[done], untold[done] = told[settled], view.end - span, False
    if not probe.calibrated:  # beyond its own line it is bad, whatever a longer window says
        verdict[(score > 0) & (fresh | count)] = Verdict.BAD
    return verdict, silent, clean


def _spans(shortest: float, since: float) -> tuple[float, ...]:
    spans = []
    while shortest <= min(since, LONGEST):
        spans.append(shortest)
        shortest *= 2.0
    return tuple(spans)


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
    shown = np.isnan(was) | (not probe.calibrated) | _shows(seen.form, was, usual, direction)
    settled = ~inside | shown | (seconds >= span) | (2.0 * seconds > LONGEST)
    return verdict, settled


def _shows(form: Form, was: Floats, usual: Expectation, direction: Direction) -> Bools:
    """Tell where a window is long enough that what fired would hardly look good in it, (k,).

    The value seen then must lie as far outside the interval as chance might bring it back: half the interval, wider by
    `WIDER`, and for shares and counts by the root of how many times the usual it was, as their spread grows.
    """
    scale = np.ones(len(was))
    if form in {Form.PROPORTION, Form.COUNT}:
        scale = np.sqrt(np.divide(was, usual.expected, out=scale.copy(), where=usual.expected > 0))
    with np.errstate(over="ignore"):
        low = usual.low - WIDER * scale * (usual.expected - usual.low)
        high = usual.high + WIDER * scale * (usual.high - usual.expected)
    return _beyond(was, low, high, direction) >= 0


def _beyond(value: Floats, low: Floats, high: Floats, direction: Direction) -> Floats:
    """Return how far a value lies outside an interval on the side that matters; NaN where that side is not known."""
    if direction is Direction.RISES:
        return value - high
    if direction is Direction.FALLS:
        return low - value
    return np.maximum(value - high, low - value)
