from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from redis.asyncio import Redis

from andon.clock import EventClock, WallClock
from andon.config import Settings
from andon.errors import ConfigError
from andon.runners import loops
from andon.runners.leading import suits
from andon.runners.running import Running
from andon.store.lease import Lease, myself
from tests.acceptance.timeline import Story
from tests.kitchen import HEAD
from tests.runners.alone import Untended

[ENGINE] = [one for one in loops.LOOPS if one.name == "engine"]
KEY, OTHER = b"k" * 32, b"o" * 32


@pytest.fixture
async def lease() -> AsyncIterator[Lease]:
    """A lease that no server was asked for; another service leads."""
    client = Redis()
    one = Lease(client, myself("http://here", "", KEY))
    one.leader = myself("http://there", "", KEY)
    yield one
    await client.aclose()


@pytest.fixture
def running(tmp_path: Path, lease: Lease, monkeypatch: pytest.MonkeyPatch) -> Running:
    """A service in memory that stands by; its loops wait for milliseconds."""
    monkeypatch.setattr(loops, "RESTS_FOR", 0.01)
    return Running(Story(HEAD).andon, Settings(rules=tmp_path, data=tmp_path), lease, Untended(), save_every=0.05)


@asynccontextmanager
async def kept(running: Running) -> AsyncIterator[asyncio.Queue[str]]:
    """Keep the engine's loop going for a moment; yield the terms in which it worked, a round each."""
    seen: asyncio.Queue[str] = asyncio.Queue()

    async def work(one: Running) -> None:
        seen.put_nowait(one.lease.fence.term)
        await asyncio.sleep(0.001)

    task = asyncio.create_task(loops.keep(running, replace(ENGINE, round=work)))
    await asyncio.sleep(0.05)
    yield seen
    running.stopping.set()
    await asyncio.wait_for(task, 5.0)


async def test_one_that_stands_by_does_none_of_the_work_and_is_ready(running: Running) -> None:
    async with kept(running) as worked:
        assert running.late() == []
        assert "http://there" in running.standing_by
    assert worked.empty()


async def test_one_that_takes_over_takes_the_work_up_in_its_own_term(running: Running, lease: Lease) -> None:
    async with kept(running) as worked:
        lease.term = "2 me"
        assert await asyncio.wait_for(worked.get(), 5.0) == "2 me"
    assert running.standing_by == ""


async def test_one_that_lost_the_lease_forgets_its_state_and_saves_none(running: Running, lease: Lease) -> None:
    lease.term = lease.fence.term = running.term = "1 me"
    andon = running.andon
    await andon.receive(b'{"kind":"latency","value":3}', "application/x-ndjson", "", "")
    for entry in await andon.outside.log.read(""):
        await andon.pass_on(entry)
    lease.term = ""
    async with kept(running):
        pass
    assert (lease.fence.term, andon.position, andon.engine.streams.counted["signals"]) == ("", "", 0)
    await andon.save()
    assert await andon.outside.store.saved() is None


def test_another_service_of_the_same_key_may_stand_by(lease: Lease) -> None:
    suits(lease, WallClock())


def test_a_service_with_another_key_is_told_to_copy_it_or_to_take_another_database(lease: Lease) -> None:
    lease.leader = myself("http://there", "", OTHER)
    with pytest.raises(ConfigError, match=r"copy the files key and ingest-token .* redis://HOST:PORT/1"):
        suits(lease, WallClock())


def test_where_the_signals_move_the_clock_nobody_stands_by(lease: Lease) -> None:
    with pytest.raises(ConfigError, match="--clock events"):
        suits(lease, EventClock())
