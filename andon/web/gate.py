"""The gate before the door: how many batches are taken in at a time, and none while the engine cannot follow."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from andon.app import Andon
from andon.errors import Unavailable
from andon.ingest.inflate import MOST_SENT

AT_ONCE = 32
"""Batches that are read at the same time."""
MOST_HELD = 6 * MOST_SENT
"""Bytes of bodies that are held at the same time."""
BEHIND = 1.0
"""Seconds by which the engine may be behind what was taken; then senders wait, and are sent away after that."""
SMALL = 16_384
"""Bytes of a body that is still taken when the engine is three times as far behind: a few signals cost little."""
PATIENCE = 0.5
"""Seconds for which a sender is held before it is sent away."""
LOOKS_EVERY = 0.02


class Busy(Unavailable):
    """More is sent than can be taken; nothing of this was. Come again later."""


class Gate:
    """Lets batches in; `shed` counts those that were sent away."""

    def __init__(self, andon: Andon) -> None:
        self._andon = andon
        self._taking = 0
        self._held = 0

    @contextlib.asynccontextmanager
    async def entered(self, size: int) -> AsyncIterator[None]:
        """Hold room for a body of `size` bytes once the engine follows. Busy when there is none, or when it does not."""
        if self._taking >= AT_ONCE or self._held + size > MOST_HELD:
            self._andon.shed += 1
            raise Busy("too many batches at once; send it again")
        self._taking += 1
        self._held += size
        try:
            await self._followed(BEHIND if size > SMALL else 3 * BEHIND)
            yield
        finally:
            self._taking -= 1
            self._held -= size

    async def _followed(self, most: float) -> None:
        """Return once the engine is no further behind than `most` seconds."""
        ahead = self._andon.ahead
        for _ in range(round(PATIENCE / LOOKS_EVERY)):
            if ahead.seconds() <= most:
                return
            await asyncio.sleep(LOOKS_EVERY)
        if ahead.seconds() > most:
            self._andon.shed += 1
            raise Busy(
                f"what was taken waits for {ahead.seconds():.1f} s already, {most:g} s are allowed; send it again"
            )
