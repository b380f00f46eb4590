from __future__ import annotations

import asyncio
from pathlib import Path

from andon.figures import bounds, show, tidy
from tests.acceptance.timeline import HandClock
from tests.kitchen import HEAD, HOT, NOW, book, feed, heat, made


async def test_faults_of_loops_and_channels_are_among_the_facts(tmp_path: Path) -> None:
    andon = made(book(HEAD, tmp_path))
    andon.faults["faults.engine"] = 2.0
    andon.sender.trying.faults["slack"] += 1
    await show(andon)
    _, facts = await andon.outside.store.shown()
    assert (facts["faults.engine"], facts["faults.channel.slack"]) == (2.0, 1.0)
    assert facts["signals"] == 0.0


async def test_tidying_up_goes_by_the_services_clock_and_tells_what_is_kept(tmp_path: Path) -> None:
    andon = made(book(HEAD, tmp_path))
    await andon.receive(b"{broken", "application/x-ndjson", "", "")
    clock = andon.outside.clock
    assert isinstance(clock, HandClock)
    for days, letters in ((89, 1), (91, 0)):
        clock.time = NOW + days * 86_400
        await tidy(andon)
        await show(andon)
        _, facts = await andon.outside.store.shown()
        assert (facts["letters"], facts["incidents"]) == (letters, 0)
    assert bounds(andon)["letters"] == 50_000


async def test_a_snapshot_tells_as_of_when_it_is(tmp_path: Path) -> None:
    andon = made(book(HEAD, tmp_path))
    await feed(andon, 3, heat(2.9, 200.0))
    await andon.save()
    await show(andon)
    assert (await andon.outside.store.shown())[1]["snapshot.at"] == NOW + 180


async def test_what_the_board_shows_is_gathered_a_rule_at_a_time(tmp_path: Path) -> None:
    andon = made(book(HOT, tmp_path))
    await feed(andon, 0, heat(-0.01, 200.0))
    turns = []

    async def somebody_else() -> None:
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    other = asyncio.create_task(somebody_else())
    await show(andon)
    other.cancel()
    assert len(turns) >= len(andon.engine.bank.judges) > 1
