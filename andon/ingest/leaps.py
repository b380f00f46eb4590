"""The clock of events, guarded: one signal with a far-off time must not carry it where everything after is too old."""

from __future__ import annotations

import math

import numpy as np

from andon.model import Bools, Floats

LEAP = 7 * 86_400.0
"""Seconds by which one signal may carry the clock of events on."""


class Leaps:
    """Tells which times are believed, signal by signal, so that it does not matter where batches were cut.

    The first signal starts the clock, wherever it stands. After that a time more than 7 days past the newest so far is
    doubted and refused, until the very next signal that has a time agrees with it to 7 days: then the feed really goes on
    there, and costs a gap one letter, which can be sent again.
    """

    def __init__(self) -> None:
        self._doubted = math.nan

    def clock(self, time: Floats, now: float) -> tuple[Floats, Bools]:
        """Return the clock after each signal (n,), and which times are doubted (n,).

        `time`: -inf where a signal has none, or is refused already. `now` is the clock before them, at most 0 before it started.
        """
        before = np.maximum.accumulate(np.concatenate([[now], time]))
        doubted = (time > before[:-1] + LEAP) & (before[:-1] > 0)
        if not doubted.any():
            if np.isfinite(time).any():
                self._doubted = math.nan
            return before[1:], doubted
        return self._one_by_one(time, now)

    def _one_by_one(self, time: Floats, now: float) -> tuple[Floats, Bools]:
        clock, doubted = np.empty(len(time)), np.zeros(len(time), np.bool_)
        for row, at in enumerate(time.tolist()):
            leaps = now > 0 and at > now + LEAP
            if leaps and not abs(at - self._doubted) <= LEAP:
                doubted[row], self._doubted = True, at
            elif at > -math.inf:
                now, self._doubted = max(now, at), math.nan
            clock[row] = now
        return clock, doubted
