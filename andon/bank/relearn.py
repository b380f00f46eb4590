"""What is usual, learnt again from the frames that are kept: what a person accepted, or what a new version laid out otherwise."""

from __future__ import annotations

import numpy as np

from andon.bank.probe import Probe
from andon.bank.view import DAY, View
from andon.model import Floats, Ints

LONGEST = 14 * DAY
"""Seconds; so far back frames are kept fine, and what is older is not looked at."""
MOST = 500
"""Pieces, or a few more, in which a detector learns anew: enough for any that forgets over 1,000 looks."""
PIECES = (60.0, 300.0, 3_600.0)


def learn_anew(
    view: View, probe: Probe, rows: Ints, spans: Floats | float = LONGEST, *, all_of_it: bool = False
) -> None:
    """Step a detector through the looks, or coarser pieces, of the last `spans` seconds of each row, as if it saw them anew.

    What came on known days is left out, unless `all_of_it` is to be learnt.

    A series is seen from its first signal on: before it was there, nothing came that would be usual. All rows take each step
    together: thousands of alerts that end at one look must not hold up the next ones.
    """
    probe.table.reset(rows)
    first = view.streams.first(probe.rule.projection, rows)
    there = first < view.end
    seconds, counts = pieces(
        np.where(there, np.minimum(np.minimum(spans, LONGEST), view.end - first), 0.0), probe.rule.every
    )
    for size in np.unique(seconds[there]).tolist():
        alike = there & (seconds == size)
        for left in range(int(counts[alike].max()) - 1, -1, -1):
            _learn(view.before(view.end - left * size), probe, rows[alike & (counts > left)], size, all_of_it=all_of_it)
    probe.table.forgive(rows)


def _learn(past: View, probe: Probe, rows: Ints, seconds: float, *, all_of_it: bool) -> None:
    windows = tuple(max(seconds, window) for window in probe.windows)
    seen = probe.observe(past, windows, rows)
    learn = np.full(len(rows), all_of_it or past.learns(seconds))
    probe.detector.step(probe.table.arrays, rows, seen, past.end, learn)


def pieces(spans: Floats, every: float) -> tuple[Floats, Ints]:
    """Return how long the pieces are that each stretch falls into, (m,) seconds, and how many: not many more than `MOST`.

    They are whole looks, one at least.
    """
    fine = np.array([every, *(size for size in PIECES if size > every)])
    seconds = fine[np.minimum(np.searchsorted(fine * MOST, spans), len(fine) - 1)]
    return seconds, np.maximum(np.floor(spans / seconds + 1e-9), 1.0).astype(np.int64)
