"""Works through the outbox: claims what is due, drops what has lost its reason, tries each page, says what became of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

import structlog
from msgspec.structs import replace

from andon.channel import Channel
from andon.clock import Clock
from andon.errors import AndonError, Conflict
from andon.model import Delivery, Page, Reason, Receipt, Sending
from andon.respond.attempt import DONE, GAPS, claimed, receipt_of, settled
from andon.respond.bundle import bundles, carrying
from andon.respond.stale import Fate, judge
from andon.store.base import Store

DEADLINE = 10.0
"""True seconds a try may take."""
CLAIM = 30.0
"""True seconds after which a page that a sender claimed and did not settle is anybody's again."""
_ENDED = DONE | {Sending.DROPPED, Sending.BUNDLED}

log = structlog.get_logger()


class Sender:
    """Sends what lies ready. Several may run on one store: a page belongs to whoever claims it first.

    `on_receipt` (incident's id, receipt) hears of every page that was sent, failed for good or was dropped; if this process
    ends before it has heard, it hears on a later run. `faults` counts, by channel, what a channel should never have raised.
    """

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        clock: Clock,
        on_receipt: Callable[[str, Receipt], Awaitable[None]],
        *,
        at_once: int = 16,
    ) -> None:
        self.faults: Counter[str] = Counter()
        self._store, self._channels, self._clock, self._on_receipt = store, channels, clock, on_receipt
        self._room = asyncio.Semaphore(at_once)

    async def run_once(self, now: float) -> int:
        """Try every page that is due by `now`, and return how many were tried. Unavailable when the store is away."""
        ready = []
        for delivery in await self._store.outbox(now):
            if delivery.status in _ENDED:
                await self._report(delivery, now)
            elif await self._wanted(delivery, now):
                ready.append(delivery)
        tried = await asyncio.gather(*(self._guarded(group, now) for group in bundles(ready)))
        return sum(tried)

    async def _wanted(self, delivery: Delivery, now: float) -> bool:
        """Drop a page that has lost its reason, put off one that is to wait; tell whether to send it."""
        page = delivery.page
        others = await self._store.pages(page.incident) if page.reason is Reason.RECOVERED else []
        verdict = judge(page, await self._store.find(page.incident), others, now)
        if verdict.fate is Fate.SEND:
            return True
        dropped = verdict.fate is Fate.DROP
        changed = replace(
            delivery,
            status=Sending.DROPPED if dropped else delivery.status,
            next_try=now + self._claim if dropped else verdict.until,
            reason=verdict.why,
            version=delivery.version + 1,
        )
        if await self._settle(changed) and dropped:
            await self._report(changed, now)
        return False

    async def _guarded(self, group: Sequence[Delivery], now: float) -> bool:
        """Send one page, with those it carries; whatever goes wrong stays with it."""
        async with self._room:
            try:
                return await self._send(group[0], group[1:], now)
            except AndonError as error:
                log.warning("page.unsettled", incident=group[0].page.incident, page=group[0].page.id, error=str(error))
                return False

    async def _send(self, head: Delivery, others: Sequence[Delivery], now: float) -> bool:
        mine = claimed(carrying(head, others), now + self._claim)
        if not await self._settle(mine):
            return False
        for one in others:
            await self._settle(_ended(one, Sending.BUNDLED, mine.page.id))
        receipt = await self._try(mine, now)
        done = settled(mine, receipt, now, self._speed)
        if await self._settle(done) and done.status in DONE:
            await self._report(done, now)
        return True

    async def _try(self, delivery: Delivery, now: float) -> Receipt:
        """Try once; a channel that hangs, or raises what it never should, has failed for now."""
        page = delivery.page
        channel = self._channels.get(page.channel)
        if channel is None:
            return Receipt(page=page.id, status=Sending.FAILED_FOR_GOOD, at=now, reason=f"{page.channel} is not set up")
        if delivery.tries > len(GAPS) + 1:
            return Receipt(page=page.id, status=Sending.FAILED_FOR_GOOD, at=now, reason="senders died over it")
        try:
            async with asyncio.timeout(DEADLINE):
                return await channel.send(page, now)
        except TimeoutError:
            reason = f"no answer within {DEADLINE:g} s"
        except Exception as error:  # noqa: BLE001  the outermost loop around foreign code: counted, logged, tried again
            reason = self._fault(page, error)
        return Receipt(page=page.id, status=Sending.FAILED_FOR_NOW, at=now, reason=reason)

    def _fault(self, page: Page, error: Exception) -> str:
        self.faults[page.channel] += 1
        kind = type(error).__name__
        log.error("channel.raised", incident=page.incident, page=page.id, channel=page.channel, kind=kind)
        return f"{page.channel} raised {kind}"

    async def _report(self, delivery: Delivery, now: float) -> None:
        """Say what became of a page and of those it carried, then leave it for good."""
        for one in await self._carried(delivery):
            await self._on_receipt(one.page.incident, receipt_of(one, now))
        if delivery.status is not Sending.BUNDLED:
            await self._on_receipt(delivery.page.incident, receipt_of(delivery, now))
        await self._settle(replace(delivery, next_try=None, version=delivery.version + 1))

    async def _carried(self, head: Delivery) -> Iterable[Delivery]:
        """Return the pages that another carried, as they have fared: as it has; or free, if it was not needed any more."""
        found = [await self._store.delivery(name) for name in head.page.bundled]
        fared = []
        for one in found:
            if one is None or one.status is not Sending.BUNDLED:
                continue
            if head.status is Sending.DROPPED:
                await self._settle(replace(one, status=Sending.QUEUED, next_try=one.page.due, version=one.version + 1))
            elif head.status is Sending.FAILED_FOR_GOOD:
                failed = _ended(one, head.status, head.reason)
                await self._settle(failed)
                fared.append(failed)
            else:
                fared.append(replace(one, status=head.status, reason=head.page.id))
        return fared

    async def _settle(self, delivery: Delivery) -> bool:
        """Write a delivery; tell whether it was still ours to write."""
        try:
            await self._store.settle(delivery)
        except Conflict:
            return False
        return True

    @property
    def _speed(self) -> float:
        """How many seconds the service's clock goes in a true one; 1 where it does not go by itself."""
        return 1.0 / (self._clock.real(1.0) or 1.0)

    @property
    def _claim(self) -> float:
        return max(CLAIM, CLAIM * self._speed)


def _ended(delivery: Delivery, status: Sending, reason: str) -> Delivery:
    return replace(delivery, status=status, reason=reason, next_try=None, version=delivery.version + 1)
