"""Works through the outbox: claims what is due, drops what has lost its reason, tries each page, says what became of it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable, Sequence

import structlog
from msgspec.structs import replace

from andon.clock import Clock
from andon.errors import AndonError, Conflict
from andon.model import Delivery, Reason, Receipt, Sending
from andon.respond.attempt import DONE, claimed, receipt_of, settled
from andon.respond.bundle import bundles, carrying
from andon.respond.stale import Fate, judge
from andon.respond.trying import Trying
from andon.store.base import Store

CLAIM = 30.0
"""True seconds after which a page that a sender claimed and did not settle is anybody's again."""
_ENDED = DONE | {Sending.DROPPED, Sending.BUNDLED}

log = structlog.get_logger()


class Sender:
    """Sends what lies ready. Several may run on one store: a page belongs to whoever claims it first.

    `on_receipt` (incident's id, receipt) hears of every page that was sent, failed for good or was dropped; if this process
    ends before it has heard, it hears on a later run. `under_way` are the tries that `start` began and that go on.
    """

    def __init__(
        self,
        store: Store,
        trying: Trying,
        clock: Clock,
        on_receipt: Callable[[str, Receipt], Awaitable[None]],
    ) -> None:
        self.trying = trying
        self.under_way: dict[asyncio.Task[bool], set[str]] = {}
        self._store, self._clock, self._on_receipt = store, clock, on_receipt

    async def run_once(self, now: float) -> int:
        """Try every page that is due by `now`, and return how many were tried. Unavailable when the store is away."""
        begun = await self.start(now)
        try:
            return sum(await asyncio.gather(*begun))
        finally:
            self._forget(begun)

    async def start(self, now: float) -> list[asyncio.Task[bool]]:
        """Begin to try every page that is due by `now`; one that hangs holds up no other. Unavailable: the store is away.

        A fault of ours in a try that has ended since is raised here, after which the others go on.
        """
        ended = [task for task in self.under_way if task.done()]
        self._forget(ended)
        for task in ended:
            task.result()
        taken: set[str] = set().union(*self.under_way.values())
        outbox = [delivery for delivery in await self._store.outbox(now) if delivery.page.id not in taken]
        begun = {
            asyncio.create_task(self._fare(group, now)): {one.page.id for one in group} for group in bundles(outbox)
        }
        self.under_way |= begun
        return list(begun)

    async def release(self, now: float) -> None:
        """Have what a sender that is no more had in its hands looked at now, or when it is due, if the clock stands before that.

        Only for who is the only one on the store.
        """
        for delivery in await self._store.outbox(math.inf):
            if delivery.status in _ENDED | {Sending.SENDING}:
                again = max(now, delivery.page.due)
                await self._settle(replace(delivery, next_try=again, version=delivery.version + 1))

    def _forget(self, tasks: Iterable[asyncio.Task[bool]]) -> None:
        for task in tasks:
            self.under_way.pop(task, None)

    async def _fare(self, group: Sequence[Delivery], now: float) -> bool:
        """Send one page, with those it carries; tell whether there was anything left to send.

        What the store or the desk cannot do now stays with the page, and is done later.
        """
        try:
            async with self.trying.room(group[0].page):
                now = self._by_now(now)
                ready = [one for one in group if await self._looked_at(one, now)]
                return bool(ready) and await self._send(ready[0], ready[1:], now)
        except AndonError as error:
            page = group[0].page
            log.warning("page.unsettled", incident=page.incident, page=page.id, error=str(error))
            return False

    async def _looked_at(self, delivery: Delivery, now: float) -> bool:
        """Tell whether a page is to be sent; say what became of one that has ended."""
        if delivery.status not in _ENDED:
            return await self._wanted(delivery, now)
        await self._report(delivery, now)
        return False

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
        receipt = await self.trying.once(mine, now)
        now = self._by_now(now)
        done = settled(mine, receipt, now, self._speed)
        if await self._settle(done) and done.status in DONE:
            await self._report(done, now)
        return True

    async def _report(self, delivery: Delivery, now: float) -> None:
        """Say what became of a page and of those it carried, then leave it for good."""
        for name in delivery.page.bundled:
            carried = await self._store.delivery(name)
            by = carried.reason if carried and carried.status is Sending.BUNDLED else ""
            if carried and by == delivery.page.id:  # another may have carried it since, if a sender died in between
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

    def _by_now(self, began: float) -> float:
        """Return the time, where the clock is the true one; any other stands still until its turn is over."""
        return max(began, self._clock.now()) if self._clock.real(1.0) == 1.0 else began

    @property
    def _speed(self) -> float:
        """How many seconds the service's clock goes in a true one; 1 where it does not go by itself."""
        return 1.0 / (self._clock.real(1.0) or 1.0)

    @property
    def _claim(self) -> float:
        return max(CLAIM, CLAIM * self._speed)


def _ended(delivery: Delivery, status: Sending, reason: str, look: float | None) -> Delivery:
    return replace(delivery, status=status, reason=reason, next_try=look, version=delivery.version + 1)
