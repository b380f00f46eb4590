"""The one clock that is handed in; nothing else in andon asks what time it is."""

from __future__ import annotations

import asyncio
import math
import time
from enum import Enum, auto
from typing import Protocol

TOLD_FROM = 60.0
"""Seconds behind what has been judged from which on a machine's clock is told of."""
UNREADY_FROM = 86_400.0
"""Seconds from which on a service is not ready."""


class Clock(Protocol):
    """Tells the service's time; windows, timers, ladders, promises, limits and retention all follow it."""

    def now(self) -> float:
        """Return the time in epoch seconds."""
        ...

    def real(self, seconds: float) -> float:
        """Return how many true seconds go by while this clock goes `seconds`."""
        ...


class WallClock:
    """The true time, and never back: where the machine's clock was set back, half as fast until the true time has come up.

    So no timer waits for an hour to come round again, and nothing is decided twice. `ahead` is how far it is in front.
    """

    def __init__(self) -> None:
        self._now, self._seen = -math.inf, time.monotonic()

    def now(self) -> float:
        """Return the time in epoch seconds."""
        before, self._seen = self._seen, time.monotonic()
        self._now = max(time.time(), self._now + (self._seen - before) / 2)
        return self._now

    def move(self, to: float) -> None:
        """Go on from `to`, where a service has stood already."""
        self._now = max(self.now(), to)

    def ahead(self) -> float:
        """Return by how many seconds it is in front of the machine's clock; 0 where that is less than a second."""
        ahead = self.now() - time.time()
        return ahead if ahead >= 1.0 else 0.0

    def real(self, seconds: float) -> float:
        """Return `seconds`: this clock goes at the true speed."""
        return seconds


class EventClock:
    """Goes as the signals' time goes: history through the living service.

    The door guards it (`ingest/leaps.py`): a single signal that leaps too far past the newest so far is refused, so that one
    phone with a broken clock does not make all that comes after it too old.
    """

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
    """Goes `speed` times as fast as true time, and never past the least of its gates, which others move on.

    So a fast clock waits for the engine (and for whoever feeds it), never the other way round.
    """

    def __init__(self, start: float, speed: float) -> None:
        self.speed = speed
        self.gates: dict[str, float] = {}
        self._start = start
        self._began = time.monotonic()

    def now(self) -> float:
        """Return the time in epoch seconds."""
        wanted = self._start + (time.monotonic() - self._began) * self.speed
        held = min(self.gates.values(), default=math.inf)
        if wanted <= held:
            return wanted
        self._start, self._began = max(held, self._start), time.monotonic()
        return self._start

    def allow(self, gate: str, to: float) -> None:
        """Let the clock go on as far as `to`, for all that `gate` minds."""
        self.now()
        self.gates[gate] = to

    def go(self, speed: float) -> None:
        """Go on at another speed from now."""
        self._start, self._began = self.now(), time.monotonic()
        self.speed = speed

    def real(self, seconds: float) -> float:
        """Return how many true seconds `seconds` of this clock take at its speed."""
        return seconds / self.speed


def set_back(clock: Clock) -> float:
    """Return by how many seconds the machine's clock stands behind a service's; only the true time can be set back."""
    return clock.ahead() if isinstance(clock, WallClock) else 0.0


class Behind(Enum):
    """What a machine's clock that stands behind what has been judged comes to: the same to the service and to `andon doctor`.

    NO: nothing to say. TOLD: time goes half as fast until it has come up; all goes on, ladders climb. UNREADY: that would take
    days, and a service is not ready, though ladders climb on.
    """

    NO = auto()
    TOLD = auto()
    UNREADY = auto()


def behind(seconds: float) -> Behind:
    """Return what it comes to that the machine's clock stands so many seconds behind."""
    if seconds < TOLD_FROM:
        return Behind.NO
    return Behind.TOLD if seconds < UNREADY_FROM else Behind.UNREADY


async def reach(clock: Clock, when: float) -> None:
    """Return once `clock` shows `when`."""
    while (left := when - clock.now()) > 0:  # noqa: ASYNC110 - a clock tells nobody that its time has come
        await asyncio.sleep(min(max(clock.real(left), 0.0005), 0.2))


SLICE = 0.005
"""True seconds of work between two turns of the others."""


class Pace:
    """Lets others have their turn now and then while long work goes on, and not at each of its steps, which may be shorter."""

    def __init__(self) -> None:
        self._since = -math.inf

    async def breathe(self) -> None:
        """Let the others have their turn, if the last is long enough ago."""
        if time.monotonic() - self._since >= SLICE:
            await asyncio.sleep(0)
            self._since = time.monotonic()
