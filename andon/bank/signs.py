"""From scores to signs: whether it is over the threshold, enough is behind it, and a rule's tests agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from andon.bank.evidence import excess
from andon.bank.probe import Probe, Reading
from andon.bank.view import View, behind
from andon.model import Bools, Floats, Ints

PATIENCE = 14 * 86_400.0
"""Seconds; evidence is counted no further back than frames are kept fine."""


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """What a condition's k tests say of m series together.

    `over`, `ready`, `crossing` (m,) as in `phases.Signs`; `tests` (k, m): which were over with enough behind them.
    """

    over: Bools
    ready: Bools
    crossing: Bools
    tests: Bools


def call(view: View, op: str, probes: Sequence[Probe], readings: Sequence[Reading], among: Bools) -> Call:
    """Join the tests of a condition by `op`, for the series that are `among` those it may call for, (m,).

    A crossing needs data from one of the tests that are ready.
    """
    beyond = [reading.over & among for reading in readings]
    if not any(one.any() for one in beyond):  # as at nearly every look
        nothing = np.zeros(len(among), dtype=np.bool_)
        return Call(nothing, nothing, nothing, np.zeros((len(beyond), len(among)), dtype=np.bool_))
    over = np.stack(beyond)
    pairs = zip(probes, readings, over, strict=True)
    tests = np.stack([_ready(view, probe, reading, one) for probe, reading, one in pairs])
    fresh = np.stack([reading.fresh for reading in readings])
    join = np.any if op == "any" else np.all
    ready = join(tests, axis=0)
    return Call(join(over, axis=0), ready, ready & np.any(tests & fresh, axis=0), tests)


def lead(readings: Sequence[Reading], tests: Bools) -> Ints:
    """Return which of the tests that are ready, (k, m), is furthest over its threshold, (m,)."""
    margin = np.stack([reading.score - reading.bar for reading in readings])
    furthest: Ints = np.argmax(np.where(tests, margin, -np.inf), axis=0)
    return furthest


def learnt(op: str, readings: Sequence[Reading], tests: Bools) -> Bools:
    """Tell where a call may be loud, (m,): a test that is ready, or with `all` every one, has learnt what is usual."""
    young = np.stack([reading.left > 0 for reading in readings])
    loud: Bools = np.any(tests & ~young, axis=0) if op == "any" else ~np.any(tests & young, axis=0)
    return loud


def since(view: View, probe: Probe, reading: Reading) -> Floats:
    """Return the change points that a test tells, (m,); where it tells none, its window's beginning."""
    known = np.where(np.isfinite(reading.since), reading.since, view.end - probe.windows[0])
    return np.minimum(known, view.end)


def _ready(view: View, probe: Probe, reading: Reading, over: Bools) -> Bools:
    """Tell where a score over its threshold has the `at_least` behind it, counted since the change point."""
    test, ready = probe.test, over.copy()
    if not ready.any() or (test.min_n <= 0 and test.min_change <= 0):
        return ready
    some = np.flatnonzero(ready)
    rows = view.rows(probe.rule.projection)[some]
    begin = since(view, probe, reading)[some]
    spans = np.clip(view.end - begin, probe.windows[0], max(PATIENCE, probe.windows[0]))
    for length in np.unique(spans):
        same = spans == length
        ready[some[same]] = _enough(view, probe, rows[same], float(length))
    return ready


def _enough(view: View, probe: Probe, rows: Ints, span: float) -> Bools:
    test = probe.test
    seen = probe.observe(view, (span,), rows)
    enough: Bools = behind(seen)[:, 0] >= test.min_n
    if test.min_change > 0:
        expected = probe.expect(rows, seen, view.end).expected
        enough &= excess(probe, seen, expected) >= test.min_change
    return enough
