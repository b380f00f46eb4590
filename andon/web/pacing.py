"""How senders are sent away: no faster than can be afforded, and so that they do not all come back at once."""

from __future__ import annotations

import asyncio
import contextlib
import math
from typing import NoReturn

from andon.errors import Unavailable

REFUSALS = 200.0
"""Refusals a second: who gets more batches refused than that waits for the answers, and meanwhile sends nothing."""
MOST_HELD_OFF = 4.0
"""Seconds that a refusal is held back at the most."""
GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
"""Whose multiples, without their whole parts, lie evenly between 0 and 1 however many there are."""


class Busy(Unavailable):
    """More is sent than can be taken; nothing of this was. Come again later."""


class Pacing:
    """Sends away one after the other; `shed` is how many since the start. Once `stopping` is set nobody is held any more."""

    def __init__(self, stopping: asyncio.Event) -> None:
        self._stopping = stopping
        self._next = 0.0
        self.shed = 0

    async def send_away(self, why: str) -> NoReturn:
        """Raise Busy, no sooner than its turn comes: reading what is refused would take the time that the rest needs."""
        self.shed += 1
        now = asyncio.get_running_loop().time()
        self._next = min(max(now, self._next) + 1.0 / REFUSALS, now + MOST_HELD_OFF)
        held = self._next - now
        if held >= MOST_HELD_OFF - 1.0 / REFUSALS:  # as long as is allowed, and not so that all come back at once
            held *= 1.0 - self.shed * GOLDEN % 1.0 / 2.0
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), held)
        raise Busy(why)
