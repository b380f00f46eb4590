"""A sender and what is around it: a store with some pages, a desk that hears of them, a channel that says what it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import ClassVar

from msgspec.structs import replace

from andon.channel import Channel
from andon.clock import EventClock
from andon.errors import Unavailable
from andon.model import Delivery, Incident, Outcome, Page, Receipt, Sending
from andon.respond.sender import Sender
from andon.respond.trying import Trying
from andon.store.memory import MemoryStore
from tests.oncall.company import incident

FOR_NOW, FOR_GOOD, SENT = Sending.FAILED_FOR_NOW, Sending.FAILED_FOR_GOOD, Sending.SENT


class Fake:
    """A channel that notes what it sends and says what it is told to, `sent` at the end."""

    name: ClassVar[str] = "slack"

    def __init__(self, *says: Sending | Exception, retry_after: float = 0.0, hangs: bool = False) -> None:
        self.says, self.retry_after, self.hangs = list(says), retry_after, hangs
        self.pages: list[Page] = []

    @classmethod
    def open(cls, settings: Mapping[str, str]) -> Channel:
        del settings
        return cls()

    async def send(self, page: Page, now: float) -> Receipt:
        self.pages.append(page)
        await asyncio.sleep(30 if self.hangs else 0)
        said = self.says.pop(0) if self.says else SENT
        if isinstance(said, Exception):
            raise said
        return Receipt(page=page.id, status=said, at=now, reference="ref", reason="why", retry_after=self.retry_after)

    def ids(self) -> list[str]:
        return [one.id for one in self.pages]


class Desk:
    """Notes the receipts it hears; the first few times it is away."""

    def __init__(self, away: int = 0) -> None:
        self.away = away
        self.heard: list[tuple[str, Sending]] = []

    async def receive(self, name: str, receipt: Receipt) -> None:
        del name
        if self.away:
            self.away -= 1
            raise Unavailable("the store does not answer")
        self.heard.append((receipt.page, receipt.status))


class Post:
    """A store with one open incident and some pages, a desk, a channel, and a sender over them."""

    def __init__(self, fake: Fake | None = None, desk: Desk | None = None, deadline: float = 10.0) -> None:
        self.store, self.desk, self.fake = MemoryStore(), desk or Desk(), fake or Fake()
        self.sender = self.another(deadline)

    def another(self, deadline: float = 10.0) -> Sender:
        return Sender(self.store, Trying({"slack": self.fake}, deadline), EventClock(), self.desk.receive)

    async def lies(self, *pages: Page, one: Incident | None = None) -> Post:
        made = one or incident()
        await self.store.commit(Outcome(replace(made, version=1), (), pages), None)
        return self

    async def becomes(self, **changes: object) -> None:
        old = await self.store.find("inc-1")
        assert old is not None
        await self.store.commit(Outcome(replace(old, version=old.version + 1, **changes)), None)

    async def becomes_paged(self, more: Page) -> None:
        old = await self.store.find("inc-1")
        assert old is not None
        await self.store.commit(Outcome(replace(old, version=old.version + 1), (), (more,)), None)

    async def fared(self, name: str = "p1") -> Delivery:
        found = await self.store.delivery(name)
        assert found is not None
        return found

    async def status(self, name: str = "p1") -> Sending:
        return (await self.fared(name)).status
