"""The one clock that is handed in; nothing else in andon asks what time it is."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the service's time; windows, timers, ladders, promises, limits and retention all follow it."""

    def now(self) -> float:
        """Return the time in epoch seconds."""
        ...

    def real(self, seconds: float) -> float:
        """Return how many true seconds go by while this clock goes `seconds`."""
        ...


class WallClock:
    """The true time."""

    def now(self) -> float:
        """Return the time in epoch seconds."""
        return time.time()

    def real(self, seconds: float) -> float:
        """Return `seconds`: this clock goes at the true speed."""
        return seconds


class EventClock:
    """Goes as the signals' time goes: history through the living service."""

    def __init__(self, start: float = 0.0) -> None:
        self._now = start

    def now(self) -> float:
        """Return the latest event time seen, in epoch seconds."""
        return self._now

    def move(self, to: float) -> None:
        """Go forward to `to`; an earlier time changes nothing."""
        self._now = max(self._now, to)

    def real(self, seconds: float) -> float:
        """Return 0: event time does not wait."""
        del seconds
        return 0.0


class FastClock:
    """Goes `speed` times as fast as true time, and never past `horizon`, which the engine moves on.

    So a fast clock waits for the engine, never the other way round.
    """

    def __init__(self, start: float, speed: float) -> None:
        self.speed = speed
        self.horizon = start
        self._start = start
        self._began = time.monotonic()

    def now(self) -> float:
        """Return the time in epoch seconds."""
        wanted = self._start + (time.monotonic() - self._began) * self.speed
        if wanted > self.horizon:
            self._start, self._began = self.horizon, time.monotonic()
            return self.horizon
        return wanted

    def allow(self, to: float) -> None:
        """Let the clock go on as far as `to`: everything before has been judged."""
        self.now()
        self.horizon = max(self.horizon, to)

    def slow(self, speed: float) -> None:
        """Go on at another speed from now."""
        self._start, self._began = self.now(), time.monotonic()
        self.speed = speed

    def real(self, seconds: float) -> float:
        """Return how many true seconds `seconds` of this clock take at its speed."""
        return seconds / self.speed
