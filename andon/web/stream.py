"""The stream of changes: the state is computed once for all who watch, however many they are."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec

from andon.errors import Unavailable
from andon.runners.running import Running
from andon.web.health import standing

LOOKS_EVERY = 0.5
"""Seconds between two looks at the state."""
PATIENCE = 2.0
"""Seconds in which the store has to answer; then watchers hear that it does not."""
BEATS_EVERY = 2.0
"""Seconds after which a watcher is told the time even though nothing has changed, so that it knows it is connected."""


class Stream:
    """Hands the newest state to every watcher; `look` computes it, `clock` tells the service's time."""

    def __init__(self, running: Running, look: Callable[[Running], Awaitable[dict[str, Any]]]) -> None:
        self._running, self._look = running, look
        self._lock = asyncio.Lock()
        self._looked = -LOOKS_EVERY
        self._last = b""
        self._event = b""
        self.number = 0
        self.looks = 0

    async def newest(self) -> tuple[int, bytes]:
        """Return the newest event and its number, looking anew if the last look is old."""
        async with self._lock:
            if time.monotonic() - self._looked >= LOOKS_EVERY:
                await self._look_anew()
                self._looked = time.monotonic()
        return self.number, self._event

    async def events(self) -> AsyncIterator[bytes]:
        """Yield the state now and whenever it changes, and the time now and then, until the service stops."""
        seen, said = 0, 0.0
        while not self._running.stopping.is_set():
            number, event = await self.newest()
            if number != seen:
                seen, said = number, time.monotonic()
                yield event
            elif time.monotonic() - said >= BEATS_EVERY:
                said = time.monotonic()
                yield _event("clock", {"now": self._running.andon.outside.clock.now()})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._running.stopping.wait(), LOOKS_EVERY)

    async def _look_anew(self) -> None:
        self.looks += 1
        now = self._running.andon.outside.clock.now()
        try:
            state = await asyncio.wait_for(self._look(self._running), PATIENCE)
        except TimeoutError:
            state = self._away(f"the store has not answered for {PATIENCE:g} s")
        except Unavailable as error:
            state = self._away(str(error))
        changed = msgspec.json.encode(state)
        if changed != self._last:
            self._last = changed
            self.number += 1
            self._event = _event("state", state | {"now": now})

    def _away(self, why: str) -> dict[str, Any]:
        return {"away": why, **standing(self._running)}


def _event(name: str, data: object) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + msgspec.json.encode(data) + b"\n\n"
