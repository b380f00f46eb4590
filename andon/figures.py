"""What a service tells of itself: its lights, its counts, its faults, and how much it keeps at the most."""

from __future__ import annotations

import asyncio

from andon.app import Andon
from andon.config import RETENTION
from andon.log.base import FULL, MOST_KEYS, MOST_LETTER_BYTES, MOST_LETTERS
from andon.model import Light


async def show(andon: Andon) -> None:
    """Publish the lights and the counts that the board shows. Unavailable."""
    facts = andon.engine.streams.facts() | andon.engine.bank.facts() | faulted(andon)
    facts |= andon.held | {"behind": andon.ahead.seconds()}
    lights: list[Light] = []
    for of_one_rule in andon.engine.bank.panels():
        lights += of_one_rule
        await asyncio.sleep(0)  # thousands of series must not keep the web server from answering
    await andon.outside.store.show(lights, facts)


def faulted(andon: Andon) -> dict[str, float]:
    """Return how often each loop (`faults.NAME`), channel (`faults.channel.NAME`) and incident failed as none should."""
    more = {"channel": andon.sender.trying.faults, "incident": andon.desk.faults}
    return andon.faults | {
        f"faults.{what}.{name}": float(count) for what, counts in more.items() for name, count in counts.items()
    }


async def tidy(andon: Andon) -> None:
    """Forget what is past retention by the service's clock, and look how much is kept. Unavailable."""
    before = andon.outside.clock.now() - RETENTION
    await andon.outside.store.purge(before)
    await andon.outside.log.purge(before)
    andon.held |= await andon.outside.log.held() | await andon.outside.store.held()


def bounds(andon: Andon) -> dict[str, float]:
    """Return the most that each fact may come to which would grow for ever without; what is over it makes room."""
    limits, projections = andon.engine.streams.limits, len(andon.engine.streams.streams)
    return {
        "series": float(limits.series * projections),
        "ids": float(limits.ids),
        "letters": float(MOST_LETTERS),
        "letters.bytes": float(MOST_LETTER_BYTES),
        "keys": float(MOST_KEYS),
        "store.bytes": FULL * andon.held.get("store.room", 0.0),
    }
