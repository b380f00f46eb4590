"""What every channel must do, as checks that a plugin's author runs with one line.

    async def test_it_conforms() -> None:
        await conforms(Rig(Pager, settings={"PAGER_TOKEN": "invented"}, address="room-1", refused="room-0"))

Each check is also on its own, in `CHECKS`, for those who want one test a check. No test framework is needed: a check that
fails raises AssertionError, and says what the channel did and what it should have done.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import chain

import msgspec

from andon.channel import Channel, Closes, Recognises, Updates
from andon.errors import NotSetUp
from andon.model import Page, Receipt, Sending
from andon.testing.pages import NOON, odd_pages, page

LONGEST = 15.0
"""True seconds that one call may take: a try's deadline is ten."""

GONE = frozenset({Sending.SENT, Sending.DELIVERED, Sending.READ})
FAILED = frozenset({Sending.FAILED_FOR_NOW, Sending.FAILED_FOR_GOOD})


@dataclass(frozen=True)
class Rig:
    """A channel and the stand-in of its provider that it is tried against.

    `settings`: all it may be set up with. `address`: one that the provider takes. `refused`: one that it says no to ("":
    there is none). `arrived`: returns, in order, the key by which the provider tells each message it has taken from the
    others (None: it cannot be asked). The stand-in must enforce the provider's limits: odd pages are sent to it, and it is
    expected to take every one of them.
    """

    channel: type[Channel]
    settings: Mapping[str, str] = field(default_factory=dict)
    address: str = "someone"
    refused: str = ""
    arrived: Callable[[], list[str]] | None = None


async def conforms(rig: Rig) -> None:
    """Run every check; AssertionError tells the first that does not hold."""
    for check in CHECKS:
        await check(rig)


async def has_a_name(rig: Rig) -> None:
    """Its name is a plain word, as people's addresses and `by` in the rulebook use it."""
    name = rig.channel.name
    must(name.isidentifier(), f"name is {name!r}; it must be a plain word")
    must(name == name.lower(), f"name is {name!r}; it must be in lower case")


async def names_what_is_missing(rig: Rig) -> None:
    """Without any one setting it opens or raises NotSetUp, which names that setting; nothing else is raised."""
    for missing in rig.settings:
        less = {name: value for name, value in rig.settings.items() if name != missing}
        for settings in (less, {**less, missing: ""}):
            try:
                await _close(rig.channel.open(settings))
            except NotSetUp as error:
                must(missing in str(error), f"without {missing}, NotSetUp says {str(error)!r}, which does not name it")


async def receipts_are_for_their_page(rig: Rig) -> None:
    """Send a page to a good address: it is gone, and its receipt says so, for this page, now."""
    async with _opened(rig) as channel:
        receipt = await _send(rig, channel, _page(rig))
    must(receipt.status in GONE, f"a page to a good address is {receipt.status}: {receipt.reason}")


async def pages_at_once_stay_apart(rig: Rig) -> None:
    """Twenty pages sent at once get each their own receipt."""
    async with _opened(rig) as channel:
        pages = [_page(rig, id=f"at-once/{n}") for n in range(20)]
        receipts = await asyncio.gather(*(_send(rig, channel, each) for each in pages))
    lost = [receipt.page for receipt in receipts if receipt.status not in GONE]
    must(not lost, f"of twenty pages sent at once, {lost} were not sent")


async def a_no_is_a_receipt(rig: Rig) -> None:
    """Addresses that the provider refuses, or that are none at all, give a receipt with the reason, never an exception."""
    rubbish = ("", " ", "\x00", "x" * 5_000, "💥", "http://", "http://[", "#", "..", "http://127.0.0.1:99999/")
    async with _opened(rig) as channel:
        for address in rubbish:
            await _send(rig, channel, _page(rig, address=address))
        if rig.refused:
            receipt = await _send(rig, channel, _page(rig, address=rig.refused))
            must(receipt.status in FAILED, f"the provider refused, and the receipt says {receipt.status}")


async def odd_pages_are_set(rig: Rig) -> None:
    """Pages without evidence, without end, with control characters, NaN or 200 segments are taken by the provider."""
    async with _opened(rig) as channel:
        for name, odd in odd_pages():
            for lang in ("en", "zh"):
                sent = msgspec.structs.replace(odd, address=rig.address, lang=lang)
                receipt = await _send(rig, channel, sent)
                must(receipt.status in GONE, f"a page with {name} ({lang}) is {receipt.status}: {receipt.reason}")


async def repeats_aim_at_one_message(rig: Rig) -> None:
    """Where the provider recognises pages, the same id has the same key, whatever else the page says, and each id its own."""
    async with _opened(rig) as channel:
        if not isinstance(channel, Recognises):
            return
        first, again, other = (_page(rig, id="again"), _page(rig, id="again", text="later"), _page(rig, id="other"))
        must(channel.key(first) == channel.key(again), "two tries of one page have different keys")
        must(channel.key(first) != channel.key(other), "two pages have the same key")
        before = len(rig.arrived()) if rig.arrived else 0
        await _send(rig, channel, first)
        await _send(rig, channel, again)
        if rig.arrived:
            keys = rig.arrived()[before:]
            must(len(set(keys)) == 1, f"one page sent twice reached the provider as {keys}")


async def an_update_changes_one_message(rig: Rig) -> None:
    """Where it updates, it changes the message that the receipt's reference names, adds none, and survives a wrong one."""
    async with _opened(rig) as channel:
        if not isinstance(channel, Updates):
            return
        sent = await _send(rig, channel, _page(rig))
        must(sent.reference, "a channel that updates must put a reference into its receipts")
        before = rig.arrived() if rig.arrived else []
        receipt = await _timed(channel.update(_page(rig, id="changed"), sent.reference, NOON))
        must(receipt.page == "changed", f"an update's receipt is for {receipt.page!r}; the page was 'changed'")
        must(receipt.status in GONE, f"an update of a message that is there is {receipt.status}: {receipt.reason}")
        must(not rig.arrived or rig.arrived() == before, "an update made another message")
        for wrong in ("", ":", "nothing", "no:such"):
            receipt = await _timed(channel.update(_page(rig), wrong, NOON))
            must(receipt.status in FAILED, f"an update of the message {wrong!r} is {receipt.status}")


async def closes_twice(rig: Rig) -> None:
    """Close it again, and without having sent anything: that does no harm."""
    async with _opened(rig) as channel:
        await _close(channel)


Check = Callable[[Rig], Awaitable[None]]

CHECKS: tuple[Check, ...] = (
    has_a_name,
    names_what_is_missing,
    receipts_are_for_their_page,
    pages_at_once_stay_apart,
    a_no_is_a_receipt,
    odd_pages_are_set,
    repeats_aim_at_one_message,
    an_update_changes_one_message,
    closes_twice,
)


def must(fact: object, otherwise: str) -> None:
    """Raise AssertionError with `otherwise` unless the fact holds; it holds under `python -O`, too."""
    if not fact:
        raise AssertionError(otherwise)


def _page(rig: Rig, **changes: object) -> Page:
    return page(**{"address": rig.address, "channel": rig.channel.name, **changes})


async def _send(rig: Rig, channel: Channel, sent: Page) -> Receipt:
    """Send, and check what holds of every receipt."""
    receipt = await _timed(channel.send(sent, NOON))
    must(receipt.page == sent.id, f"the receipt is for {receipt.page!r}; the page was {sent.id!r}")
    must(receipt.at == NOON, f"the receipt is of {receipt.at}; `now` was {NOON}")
    must(receipt.status in GONE | FAILED, f"send answered {receipt.status}; it may say {sorted(GONE | FAILED)}")
    must(receipt.status in GONE or receipt.reason, f"{receipt.status} without a reason")
    must(receipt.retry_after >= 0, f"retry_after is {receipt.retry_after}")
    for secret in chain(rig.settings.values(), [sent.address] if len(sent.address) > 20 else []):
        told = len(secret) >= 8 and secret in receipt.reason
        must(not told, f"the reason {receipt.reason!r} gives away a setting or an address")
    return receipt


async def _timed(call: Awaitable[Receipt]) -> Receipt:
    async with asyncio.timeout(LONGEST):
        return await call


@asynccontextmanager
async def _opened(rig: Rig) -> AsyncIterator[Channel]:
    channel = rig.channel.open(rig.settings)
    try:
        yield channel
    finally:
        await _close(channel)


async def _close(channel: Channel) -> None:
    if isinstance(channel, Closes):
        await channel.close()
