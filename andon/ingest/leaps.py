"""The clock of events, guarded: one signal with a far-off time must not carry it where everything after is too old."""

from __future__ import annotations

import math

import numpy as np

from andon.model import Bools, Floats

LEAP = 7 * 86_400.0
"""Seconds by which one signal may always carry the clock of events on."""
GAPS = 30.0
"""So many usual gaps it may carry it on in any case: a feed of a few signals a month pauses for longer than a week."""
AGREES = 90 * 86_400.0
"""Seconds within which the next signal may agree with a doubted one, at most: they tell of the same time."""


class Leaps:
    """Tells which times are believed, signal by signal, so that it does not matter where batches were cut.

    The first signal starts the clock, wherever it stands. After that a time more than 7 days, and more than 30 usual gaps,
    past the newest so far is doubted and refused, until the very next signal that has a time agrees with it: then the feed
    really goes on there, and costs a gap one letter, which can be sent again. It agrees when it lies no farther from the
    doubted time than that lay ahead, and within 90 days.
    """

    def __init__(self) -> None:
        self._doubted = self._first = math.nan
        self._moves = 0

    def clock(self, time: Floats, now: float) -> tuple[Floats, Bools]:
        """Return the clock after each signal (n,), and which times are doubted (n,).

        `time`: -inf where a signal has none, or is refused already. `now` is the clock before them, at most 0 before it started.
        """
        if math.isnan(self._first) and now > 0:
            self._first = now
        before = np.maximum.accumulate(np.concatenate([[now], time]))
        if ((time > before[:-1] + LEAP) & (before[:-1] > 0)).any():
            return self._one_by_one(time, now)
        if len(told := time[np.isfinite(time)]):
            self._doubted = math.nan
            if math.isnan(self._first):
                self._first = float(told[0])
        self._moves += int(np.count_nonzero((np.diff(before) > 0) & (before[:-1] > 0)))
        return before[1:], np.zeros(len(time), np.bool_)

    def _one_by_one(self, time: Floats, now: float) -> tuple[Floats, Bools]:
        clock, doubted = np.empty(len(time)), np.zeros(len(time), np.bool_)
        for row, at in enumerate(time.tolist()):
            if at > -math.inf and not self._believed(at, now):
                doubted[row], self._doubted = True, at
            elif at > -math.inf:
                self._moves += 0 < now < at
                self._first = at if math.isnan(self._first) else self._first
                now, self._doubted = max(now, at), math.nan
            clock[row] = now
        return clock, doubted

    def _believed(self, at: float, now: float) -> bool:
        usual = (now - self._first) / self._moves if self._moves else 0.0
        if now <= 0 or at - now <= max(LEAP, GAPS * usual):
            return True
        return abs(at - self._doubted) <= min(max(LEAP, self._doubted - now), AGREES)
