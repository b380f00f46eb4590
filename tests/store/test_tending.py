"""The store is minded: started again, ever more slowly when that is of no use, and its fullness told."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
from redis.asyncio import Redis

from andon.errors import Unavailable
from andon.log import room
from andon.log.room import Room
from andon.store import embedded
from andon.store.tending import PATIENCE, Tending


@pytest.fixture
async def own(tmp_path: Path) -> AsyncIterator[tuple[Tending, embedded.Child]]:
    child = embedded.start(tmp_path)
    async with Redis.from_url(child.url) as client:
        yield Tending(client, Room(client, tmp_path), child), child
    child.stop()


def kill(child: embedded.Child) -> None:
    child.process.kill()
    child.process.wait()


async def test_it_is_started_again_at_once_the_first_time_and_ever_more_slowly_when_it_ends_at_once(
    own: tuple[Tending, embedded.Child], capsys: pytest.CaptureFixture[str]
) -> None:
    minder, child = own
    starts = []
    for now in range(60):
        kill(child)
        await minder.look(float(now))
        if not child.ended:
            starts.append(now)
    gaps = [later - one for one, later in pairwise(starts)]
    assert gaps[:4] == [1, 1, 2, 4]
    assert set(gaps[4:]) == {PATIENCE}
    assert minder.trouble == "ended"
    assert capsys.readouterr().out.count("store.trouble") == 1


async def test_a_server_whose_memory_is_nearly_full_is_told_and_so_is_that_it_is_well_again(client: Redis) -> None:
    minder = Tending(client, Room(client))
    told = await client.info("memory")
    await client.config_set("maxmemory", int(told["used_memory"] * 1.2))
    try:
        await minder.look(0.0)
        assert (minder.trouble, set(minder.facts())) == ("memory", {"store.memory"})
    finally:
        await client.config_set("maxmemory", told["maxmemory"])
    minder._room._looked = float("-inf")
    await minder.look(1.0)
    assert (minder.trouble, minder.why) == ("", "")


async def test_a_server_that_is_away_is_asked_once_a_second_and_everybody_else_hears_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(room, "ANSWERS_WITHIN", 0.2)
    async with Redis(port=9) as client:
        away = Room(client)
        for most in (1.0, 0.05, 0.05):
            began = time.monotonic()
            with pytest.raises(Unavailable, match="does not answer"):
                await away.take(1)
            assert time.monotonic() - began < most


def test_a_disk_counts_as_far_as_its_last_20_gigabytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "disk_free", lambda _: room.DISK // 4)
    monkeypatch.setattr(room, "disk_room", lambda _: room.DISK)
    assert room.disk_share(tmp_path) == 0.75
    monkeypatch.setattr(room, "disk_free", lambda _: 100 * room.DISK)
    assert room.disk_share(tmp_path) == 0.0


async def test_what_was_added_since_the_last_look_counts(client: Redis, tmp_path: Path) -> None:
    one = Room(client, tmp_path)
    await one.look()
    one.disk = 0.79
    await one.take(room.DISK // 90)
    with pytest.raises(Unavailable, match="the log's disk is 80% full"):
        await one.take(1)
