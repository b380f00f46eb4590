"""How far the log runs ahead of who reads it, by what this process has written itself."""

from __future__ import annotations

import time


class Ahead:
    """Entries that were written here and not passed on yet; times are monotonic seconds.

    What other processes wrote, or this one before it was started, is not counted: what is written now waits behind it.
    `followed` false: nobody reads here, so nothing waits. `passed`: the position up to which all was passed on before.
    """

    def __init__(self, *, followed: bool = True, passed: str = "") -> None:
        self._followed = followed
        self._waiting: dict[str, float] = {}
        self._passed = passed

    def __len__(self) -> int:
        """Return how many entries wait."""
        return len(self._waiting)

    def wrote(self, position: str) -> None:
        """Note an entry that is in the log; one that has been passed on already, as a repeat has, does not wait."""
        if self._followed and position > self._passed:
            self._waiting.setdefault(position, time.monotonic())

    def passed(self, position: str) -> None:
        """Note that an entry, and so all before it, was passed on."""
        self._passed = position
        self._waiting = {one: since for one, since in self._waiting.items() if one > position}

    def seconds(self) -> float:
        """Return for how long the oldest entry has waited, 0 when none does."""
        oldest = next(iter(self._waiting.values()), None)
        return 0.0 if oldest is None else time.monotonic() - oldest
