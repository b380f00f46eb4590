"""Works through the outbox: claims what is due, drops what has lost its reason, tries each page, says what became of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence

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
        deadline: float = DEADLINE,
    ) -> None:
        self.faults: Counter[str] = Counter()
        self._store, self._channels, self._clock, self._on_receipt = store, channels, clock, on_receipt
        self._room, self._deadline = asyncio.Semaphore(at_once), deadline

    async def run_once(self, now: float) -> int:
        """Try every page that is due by `now`, and return how many were tried. Unavailable when the store is away."""
        outbox = await self._store.outbox(now)
        ready = [delivery for delivery in outbox if await self._guarded(delivery, self._looked_at(delivery, now))]
        groups = [(group[0], self._alone(group, now)) for group in bundles(ready)]
        return sum(await asyncio.gather(*(self._guarded(head, sending) for head, sending in groups)))

    async def _guarded(self, delivery: Delivery, work: Awaitable[bool]) -> bool:
        """Do something about one page; what the store or the desk cannot do now stays with it, and is done later."""
        try:
            return await work
        except AndonError as error:
            page = delivery.page
            log.warning("page.unsettled", incident=page.incident, page=page.id, error=str(error))
            return False

    async def _looked_at(self, delivery: Delivery, now: float) -> bool:
        """Tell whether a page is to be sent; say what became of one that has ended."""
        if delivery.status not in _ENDED:
            return await self._wanted(delivery, now)
        await self._report(delivery, now)
        return False

    async def _alone(self, group: Sequence[Delivery], now: float) -> bool:
        """Send one page, with those it carries, when there is room for one more try."""
        async with self._room:
            return await self._send(group[0], group[1:], now)

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

    async def _send(self, head: Delivery, others: Sequence[Delivery], now: float) -> bool:
        mine = claimed(carrying(head, others), now + self._claim)
        if not await self._settle(mine):
            return False
        for one in others:
            await self._settle(_ended(one, Sending.BUNDLED, mine.page.id, None))
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

    async def _report(self, delivery: Delivery, now: float) -> None:
        """Say what became of a page and of those it carried, then leave it for good."""
        for name in delivery.page.bundled:
            carried = await self._store.delivery(name)
            if carried is not None and carried.status is Sending.BUNDLED:
                await self._report_carried(carried, delivery, now)
        await self._on_receipt(delivery.page.incident, receipt_of(delivery, now))
        await self._settle(replace(delivery, next_try=None, version=delivery.version + 1))

    async def _report_carried(self, one: Delivery, head: Delivery, now: float) -> None:
        """Let a page fare as the one that carried it; it goes by itself if that one was not needed any more."""
        if head.status is Sending.DROPPED:
            await self._settle(_ended(one, Sending.QUEUED, "", now))
        elif head.status is Sending.FAILED_FOR_GOOD:
            await self._settle(_ended(one, head.status, head.reason, now))
        else:
            await self._on_receipt(one.page.incident, receipt_of(replace(one, status=head.status), now))

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


def _ended(delivery: Delivery, status: Sending, reason: str, look: float | None) -> Delivery:
    return replace(delivery, status=status, reason=reason, next_try=look, version=delivery.version + 1)
