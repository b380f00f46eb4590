"""The new normal: what an alert told of becomes what is usual, since somebody accepted it, or it has lasted long enough."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from andon.bank.probe import Probe
from andon.bank.view import DAY, View
from andon.detector import Accepts
from andon.model import Ints

LONGEST = 14 * DAY
"""Seconds; so far back frames are kept fine, and what is older is not looked at."""
MOST = 500
"""Pieces, or a few more, in which a detector learns anew: enough for any that forgets over 1,000 looks."""
PIECES = (60.0, 300.0, 3_600.0)


def adapts(probe: Probe) -> bool:
    """Tell whether a test has a baseline that can be made anew; one with a line of its own has none, unless it says so."""
    return probe.calibrated or isinstance(probe.detector, Accepts)


def adapt(view: View, probe: Probe, row: int, since: float) -> None:
    """Make what a series has shown since its change point the baseline of a test; its evidence is nothing again.

    A test that has no baseline is left alone.
    """
    if not adapts(probe):
        return
    rows = np.array([row], dtype=np.int64)
    span = _span(view.end, since, probe)
    if isinstance(probe.detector, Accepts):
        seen = probe.observe(view, (span,), rows)
        probe.detector.accept(probe.table.arrays, rows, seen, view.end)
    else:
        probe.table.reset(rows)
        _learn_anew(view, probe, rows, span)
    probe.table.forgive(rows)


def _learn_anew(view: View, probe: Probe, rows: Ints, span: float) -> None:
    """Step a detector that has forgotten a series through the looks, or coarser pieces, of the last `span` seconds."""
    for end, seconds in pieces(view.end, span, probe.rule.every):
        past = view.before(end)
        windows = tuple(max(seconds, window) for window in probe.windows)
        seen = probe.observe(past, windows, rows)
        probe.detector.step(probe.table.arrays, rows, seen, end, np.full(len(rows), past.learns(seconds)))


def pieces(end: float, span: float, every: float) -> Iterator[tuple[float, float]]:
    """Yield (end, seconds) of the pieces that a stretch falls into, oldest first: whole looks, not many more than `MOST`."""
    fine = [every, *(size for size in PIECES if size > every)]
    seconds = next((size for size in fine if span <= size * MOST), fine[-1])
    count = max(math.floor(span / seconds + 1e-9), 1)
    for left in range(count - 1, -1, -1):
        yield end - left * seconds, seconds


def _span(end: float, since: float, probe: Probe) -> float:
    shortest = max(probe.rule.every, probe.windows[0])
    return shortest if math.isnan(since) else min(max(end - since, shortest), LONGEST)
