"""The gate before the door: how many batches are taken in at a time, and none while the engine cannot follow."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from andon.app import Andon
from andon.errors import Unavailable
from andon.ingest.inflate import MOST_SENT
from andon.web.pacing import Pacing

AT_ONCE = 32
"""Batches that are read at the same time, large ones and small ones each."""
MOST_HELD = 6 * MOST_SENT
"""Bytes of bodies that are held at the same time."""
BEHIND = 0.25
"""Seconds by which the engine may be behind what was taken; then senders are held until it has come up."""
MOST_BEHIND = 1.0
"""Seconds by which it may be behind when a sender has been held for long enough; otherwise that one is sent away."""
SMALL = 16_384
"""Bytes of a body for which it may be `SMALLER` times as far behind, and which finds room where large ones have taken up theirs:
a few signals cost little, and may be what calls somebody."""
SMALLER = 4.0
PACKED = 20
"""Times as many bytes as a body that is in an encoding is taken for, here: it says little of how many signals are in it."""
PATIENCE = 3.0
"""Seconds for which a sender is held: the engine stands still for longer than a moment while a large state is saved."""
LOOKS_EVERY = 0.01
WORKING = 4
"""Batches that are opened and written at the same time: enough to share the disk's flushes, and to leave others their turn."""


def weight(size: int, encoding: str) -> int:
    """Return how many bytes a body of `size` counts for."""
    return min(size * PACKED, MOST_SENT) if encoding else size


class Gate:
    """Lets batches in; `pacing` sends away those that it does not.

    Once `stopping` is set nobody is held any more: who waits for a service that ends would hear nothing at all.
    """

    def __init__(self, andon: Andon, stopping: asyncio.Event) -> None:
        self._andon, self._stopping = andon, stopping
        self.pacing = Pacing(stopping)
        self._taking = {True: 0, False: 0}
        self._held = 0
        self._working = {small: asyncio.Semaphore(WORKING) for small in (True, False)}

    @contextlib.asynccontextmanager
    async def entered(self, size: int) -> AsyncIterator[None]:
        """Hold room for a body of `size` bytes while it comes in. Busy when there is none."""
        small = size <= SMALL
        if self._taking[small] >= AT_ONCE or (self._held + size > MOST_HELD and not small):
            await self.pacing.send_away("too many batches at once; send it again")
        self._taking[small] += 1
        self._held += size
        try:
            yield
        finally:
            self._taking[small] -= 1
            self._held -= size

    @contextlib.asynccontextmanager
    async def turn(self, size: int) -> AsyncIterator[None]:
        """Hold one of the few turns to be worked on, once the engine follows. Busy when it does not for too long."""
        small = size <= SMALL
        until = asyncio.get_running_loop().time() + PATIENCE
        async with self._working[small]:
            behind = await self._followed(SMALLER * BEHIND if small else BEHIND, until)
            if behind <= (most := SMALLER * MOST_BEHIND if small else MOST_BEHIND):
                yield
                return
        await self.pacing.send_away(
            f"what was taken waits for {behind:.1f} s already, {most:g} s are allowed; send it again"
        )

    async def _followed(self, most: float, until: float) -> float:
        """Wait until the engine is no further behind than `most` seconds, but not for ever; return how far it is."""
        ahead = self._andon.ahead
        while (found := ahead.seconds()) > most and (left := until - asyncio.get_running_loop().time()) > 0:
            if self._stopping.is_set():
                raise Unavailable("the service is being stopped; send it again")
            await asyncio.sleep(min(left, LOOKS_EVERY))
        return found
