"""Cuts batches where the clock of events passes the end of a look."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from andon.model import Batch, Ints


def split(
    batch: Batch, now: float, lateness: float, tick: float, stops: Sequence[float] = ()
) -> Iterator[tuple[float, Batch]]:
    """Yield (clock, piece): looks that the clock has passed are to be judged before the piece is folded.

    The clock is the running maximum of event time, `now` before the batch. A piece begins wherever clock - lateness passes
    a multiple of `tick`, or the clock one of `stops` (ascending), so the same signals in the same order meet the same looks, wherever the batches were cut.
    """
    if not len(batch):
        return
    peak = np.maximum.accumulate(np.maximum(batch.time, now))
    look = (peak - lateness) // tick
    before = -math.inf if math.isinf(now) else (now - lateness) // tick
    halt, halted = np.searchsorted(stops, peak), np.searchsorted(stops, now)
    passed = np.flatnonzero((np.diff(look, prepend=before) > 0) | (np.diff(halt, prepend=halted) > 0))
    edges = [0, *(int(i) for i in passed if i), len(batch)]
    for begin, end in pairwise(edges):
        piece = batch if end - begin == len(batch) else pick(batch, np.arange(begin, end))
        yield float(peak[begin]), replace(piece, arrived=float(peak[begin]))


def pick(batch: Batch, positions: Ints) -> Batch:
    """Return the signals at `positions`, in that order, as a batch of their own."""
    notes = {}
    if batch.notes:
        notes = {new: batch.notes[old] for new, old in enumerate(positions.tolist()) if old in batch.notes}
    return replace(
        batch,
        kind=batch.kind[positions],
        segment=batch.segment[positions],
        name=batch.name[positions],
        value=batch.value[positions],
        of=batch.of[positions],
        time=batch.time[positions],
        ahead=batch.ahead[positions],
        notes=notes,
    )
