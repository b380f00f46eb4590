"""One try of one page: bounded in time, in number at once, and in what it may raise, whatever its channel does."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import structlog

from andon.channel import Channel
from andon.model import Delivery, Page, Receipt, Sending
from andon.respond.attempt import GAPS

DEADLINE = 10.0
"""True seconds a try may take."""
AT_ONCE = 64
"""Tries of one channel at once: one that hangs takes up its own room, and no other's."""
TO_ONE = 8
"""Tries to one reader on one channel at once: whose address hangs takes up their own room, and nobody else's."""

log = structlog.get_logger()


class Trying:
    """Tries pages on their channels. `faults` counts, by channel, what a channel should never have raised."""

    def __init__(self, channels: Mapping[str, Channel], deadline: float = DEADLINE, at_once: int = AT_ONCE) -> None:
        self.faults: Counter[str] = Counter()
        self._channels, self._deadline = channels, deadline
        self._channel: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(at_once))
        self._reader: defaultdict[tuple[str, str], asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(TO_ONE))

    @asynccontextmanager
    async def room(self, page: Page) -> AsyncIterator[None]:
        """Wait until a page may be tried, first for its reader's sake, then for its channel's."""
        async with self._reader[page.channel, page.person], self._channel[page.channel]:
            yield

    async def once(self, delivery: Delivery, now: float) -> Receipt:
        """Try once; a channel that hangs, or raises what it never should, has failed for now."""
        page = delivery.page
        channel = self._channels.get(page.channel)
        if channel is None:
            return Receipt(page=page.id, status=Sending.FAILED_FOR_GOOD, at=now, reason=f"{page.channel} is not set up")
        if delivery.tries > len(GAPS) + 1:
            return Receipt(page=page.id, status=Sending.FAILED_FOR_GOOD, at=now, reason="senders died over it")
        try:
            async with asyncio.timeout(self._deadline):
                return await channel.send(page, now)
        except TimeoutError:
            reason = f"no answer within {self._deadline:g} s"
        except Exception as error:  # noqa: BLE001  the outermost loop around foreign code: counted, logged, tried again
            reason = self._fault(page, error)
        return Receipt(page=page.id, status=Sending.FAILED_FOR_NOW, at=now, reason=reason)

    def _fault(self, page: Page, error: Exception) -> str:
        self.faults[page.channel] += 1
        kind = type(error).__name__
        log.error("channel.raised", incident=page.incident, page=page.id, channel=page.channel, kind=kind)
        return f"{page.channel} raised {kind}"
