"""What is usual, learnt again from the frames that are kept: what a person accepted, or what a new version laid out otherwise."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from andon.bank.probe import Probe
from andon.bank.view import DAY, View
from andon.model import Ints

LONGEST = 14 * DAY
"""Seconds; so far back frames are kept fine, and what is older is not looked at."""
MOST = 500
"""Pieces, or a few more, in which a detector learns anew: enough for any that forgets over 1,000 looks."""
PIECES = (60.0, 300.0, 3_600.0)


def learn_anew(view: View, probe: Probe, rows: Ints, span: float = LONGEST) -> None:
    """Step a detector through the looks, or coarser pieces, of the last `span` seconds, as if it saw some series anew.

    A series is seen from its first signal on: before it was there, nothing came that would be usual.
    """
    probe.table.reset(rows)
    first = view.streams.first(probe.rule.projection, rows)
    span = min(span, LONGEST, view.end - float(first.min()))
    for end, seconds in pieces(view.end, span, probe.rule.every):
        past, there = view.before(end), rows[first < end]
        if not len(there):
            continue
        windows = tuple(max(seconds, window) for window in probe.windows)
        seen = probe.observe(past, windows, there)
        probe.detector.step(probe.table.arrays, there, seen, end, np.full(len(there), past.learns(seconds)))
    probe.table.forgive(rows)


def pieces(end: float, span: float, every: float) -> Iterator[tuple[float, float]]:
    """Yield (end, seconds) of the pieces that a stretch falls into, oldest first: whole looks, not many more than `MOST`."""
    fine = [every, *(size for size in PIECES if size > every)]
    seconds = next((size for size in fine if span <= size * MOST), fine[-1])
    count = max(math.floor(span / seconds + 1e-9), 1)
    for left in range(count - 1, -1, -1):
        yield end - left * seconds, seconds
