"""The suite shipped to authors catches what it is there to catch: each channel here is wrong in one way."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import ClassVar

import msgspec
import pytest

from andon.channel import Channel
from andon.errors import NotSetUp
from andon.model import Page, Receipt, Sending
from andon.testing import channels as suite
from andon.testing.channels import CHECKS, Rig, conforms

SETTINGS = {"PAGER_TOKEN": "invented-token"}


class Pager:
    """As it should be."""

    name: ClassVar[str] = "pager"

    def __init__(self) -> None:
        self.taken: dict[str, Page] = {}

    @classmethod
    def open(cls, settings: Mapping[str, str]) -> Channel:
        if not settings.get("PAGER_TOKEN"):
            raise NotSetUp("The pager needs PAGER_TOKEN.")
        return cls()

    async def send(self, page: Page, now: float) -> Receipt:
        if page.address == "nobody":
            return Receipt(page=page.id, status=Sending.FAILED_FOR_GOOD, at=now, reason="no such address")
        self.taken[page.id] = page
        return Receipt(page=page.id, status=Sending.SENT, at=now, reference=page.id)

    async def update(self, page: Page, reference: str, now: float) -> Receipt:
        status = Sending.SENT if reference in self.taken else Sending.FAILED_FOR_GOOD
        return Receipt(page=page.id, status=status, at=now, reason="" if reference in self.taken else "no such message")

    def key(self, page: Page) -> str:
        return page.id

    async def close(self) -> None:
        self.taken.clear()


class Shouting(Pager):
    name = "Pager Pro"


class Mute(Pager):
    @classmethod
    def open(cls, settings: Mapping[str, str]) -> Channel:
        if not settings.get("PAGER_TOKEN"):
            raise NotSetUp("Something is missing.")
        return cls()


class Raising(Pager):
    async def send(self, page: Page, now: float) -> Receipt:
        if page.address == "nobody":
            raise ConnectionError
        return await super().send(page, now)


class Optimist(Pager):
    async def send(self, page: Page, now: float) -> Receipt:
        return Receipt(page=page.id, status=Sending.SENT, at=now, reference="1")


class Mixing(Pager):
    last = ""

    async def send(self, page: Page, now: float) -> Receipt:
        self.last = page.id
        await asyncio.sleep(0)
        return Receipt(page=self.last, status=Sending.SENT, at=now)


class Silent(Pager):
    async def send(self, page: Page, now: float) -> Receipt:
        return msgspec.structs.replace(await super().send(page, now), reason="")


class Telling(Pager):
    async def send(self, page: Page, now: float) -> Receipt:
        receipt = await super().send(page, now)
        return msgspec.structs.replace(receipt, reason=f"token {SETTINGS['PAGER_TOKEN']} said: {receipt.status}")


class Narrow(Pager):
    async def send(self, page: Page, now: float) -> Receipt:
        if page.evidence is None:
            return Receipt(page=page.id, status=Sending.FAILED_FOR_GOOD, at=now, reason="no evidence")
        return await super().send(page, now)


class Fickle(Pager):
    tries = 0

    def key(self, page: Page) -> str:
        self.tries += 1
        return f"{page.id}{self.tries}"


class Blind(Pager):
    def key(self, page: Page) -> str:
        return page.channel


class Lost(Pager):
    async def update(self, page: Page, reference: str, now: float) -> Receipt:
        return Receipt(page=page.id, status=Sending.SENT, at=now, reference=reference)


class Clinging(Pager):
    closed = False

    async def close(self) -> None:
        if self.closed:
            raise RuntimeError("closed already")
        self.closed = True


class Early(Pager):
    async def send(self, page: Page, now: float) -> Receipt:
        return msgspec.structs.replace(await super().send(page, now), at=0.0)


class Hanging(Pager):
    async def send(self, page: Page, now: float) -> Receipt:
        await asyncio.sleep(60)
        return await super().send(page, now)


def rig(channel: type[Channel]) -> Rig:
    return Rig(channel, SETTINGS, refused="nobody")


async def test_a_channel_as_it_should_be_conforms() -> None:
    await conforms(rig(Pager))


@pytest.mark.parametrize(
    ("channel", "why"),
    [
        (Shouting, "plain word"),
        (Mute, "does not name it"),
        (Optimist, "the provider refused"),
        (Mixing, "the receipt is for"),
        (Silent, "without a reason"),
        (Telling, "gives away"),
        (Narrow, "a page with no evidence"),
        (Fickle, "different keys"),
        (Blind, "the same key"),
        (Lost, "an update of the message"),
        (Early, "`now` was"),
    ],
)
async def test_a_channel_that_is_wrong_in_one_way_is_told_so(channel: type[Channel], why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        await conforms(rig(channel))


async def test_a_channel_that_raises_a_providers_no_does_not_conform() -> None:
    with pytest.raises(ConnectionError):
        await conforms(rig(Raising))


async def test_a_channel_that_cannot_be_closed_twice_does_not_conform() -> None:
    with pytest.raises(RuntimeError):
        await conforms(rig(Clinging))


async def test_a_channel_that_hangs_does_not_conform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "LONGEST", 0.05)
    with pytest.raises(TimeoutError):
        await conforms(rig(Hanging))


async def test_a_provider_that_got_two_messages_of_one_page_is_noticed() -> None:
    arrived: list[str] = []

    class Doubling(Pager):
        async def send(self, page: Page, now: float) -> Receipt:
            arrived.append(f"{page.id}/{len(arrived)}")
            return await super().send(page, now)

    with pytest.raises(AssertionError, match="one page sent twice"):
        await suite.repeats_aim_at_one_message(Rig(Doubling, SETTINGS, arrived=lambda: list(arrived)))


def test_every_check_is_listed() -> None:
    written = {name for name, value in vars(suite).items() if asyncio.iscoroutinefunction(value) and name[0] != "_"}
    assert {check.__name__ for check in CHECKS} == written - {"conforms"}
