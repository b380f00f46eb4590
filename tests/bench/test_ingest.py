from __future__ import annotations

import asyncio

from tests.bench import ingest


async def test_every_hand_takes_the_next_as_soon_as_it_is_free_and_each_goes_once() -> None:
    done: dict[str, list[bytes]] = {"quick": [], "slow": []}
    gone = asyncio.Event()

    async def quick(body: bytes) -> None:
        done["quick"].append(body)
        if len(done["quick"]) == 4:
            gone.set()

    async def slow(body: bytes) -> None:
        await gone.wait()
        done["slow"].append(body)

    given = [bytes([number]) for number in range(5)]
    await ingest._shared(given, [slow, quick])
    assert sorted(done["quick"] + done["slow"]) == given
    assert len(done["quick"]) == 4


def test_less_than_four_tenths_of_bare_xadd_does_not_hold() -> None:
    assert ingest._row(4, 40.0, 100.0).holds
    assert not ingest._row(4, 39.0, 100.0).holds
