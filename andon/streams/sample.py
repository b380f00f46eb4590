"""The newest signals of a kind, kept with a bound, so that evidence can say who carries a change."""

from __future__ import annotations

import numpy as np

from andon.model import Floats, Ints


class Sample:
    """The newest `most` signals: segment's number, event time, value and weight, in the order of the log."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._parts: list[tuple[Ints, Floats, Floats, Floats]] = []
        self._held = 0

    def add(self, segment: Ints, time: Floats, value: Floats, weight: Floats) -> None:
        """Keep some signals, and forget the oldest for them."""
        self._parts.append((segment, time, value, weight))
        self._held += len(segment)
        if self._held > 2 * self._most:
            self._settle()

    def columns(self) -> tuple[Ints, Floats, Floats, Floats]:
        """Return segment, time, value and weight of the signals kept, oldest first."""
        self._settle()
        if not self._parts:
            return np.empty(0, np.int64), np.empty(0), np.empty(0), np.empty(0)
        return self._parts[0]

    def renumber(self, new: Ints) -> None:
        """Give segments their new numbers."""
        segment, time, value, weight = self.columns()
        self._set((new[segment], time, value, weight))

    def forget(self, before: float) -> None:
        """Forget signals from before a time."""
        segment, time, value, weight = self.columns()
        if len(time) and time.min() < before:
            stays = time >= before
            self._set((segment[stays], time[stays], value[stays], weight[stays]))

    def _set(self, columns: tuple[Ints, Floats, Floats, Floats]) -> None:
        self._parts, self._held = [columns], len(columns[0])

    def _settle(self) -> None:
        if len(self._parts) > 1 or self._held > self._most:
            segment, time, value, weight = (
                np.concatenate(column)[-self._most :] for column in zip(*self._parts, strict=True)
            )
            self._set((segment, time, value, weight))
