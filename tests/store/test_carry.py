"""A store carried into a file and back, on a real server, also while it is written to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis

from andon.errors import ConfigError, Unavailable
from andon.incidents.timers import wake
from andon.log.copying import Hold
from andon.log.redis import RedisLog
from andon.model import Letter, Outcome, Sending, State
from andon.store import embedded
from andon.store.backup import Head, reading, writing
from andon.store.carry import STAGE, carry_in, carry_out, empty
from andon.store.formats import written
from andon.store.lease import Lease, myself
from andon.store.redis import RedisStore
from tests.store.made import incident, later, outcome, page, row

HEAD = Head(version="0", at=0.0, formats={})
OWN = {b"andon:board", b"andon:log:once", b"andon:log:once:old", b"andon:term", b"andon:lease", b"andon:standby"}
"""What a backup leaves out: what the board shows is told anew, who leads is a matter of this server's."""


@pytest.fixture
async def other(child: embedded.Child) -> AsyncIterator[Redis]:
    """Another server, as far as andon can tell."""
    one = Redis.from_url(child.url, db=1)
    await one.flushdb()
    yield one
    await one.aclose()


async def contents(client: Redis) -> dict[bytes, Any]:
    """Everything a server holds, but what a backup leaves out."""
    found: dict[bytes, Any] = {}
    reads: dict[bytes, Any] = {
        b"string": client.get,
        b"hash": client.hgetall,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"zset": lambda key: client.zrange(key, 0, -1, withscores=True),
        b"stream": client.xrange,
    }
    keys: list[Any] = await client.keys("*")
    for key in keys:
        if key not in OWN:
            kind: Any = await client.type(key)
            found[key] = await reads[kind](key)
    return found


async def out(client: Redis, path: Path) -> Path:
    with writing(path, HEAD) as writer:
        await carry_out(client, writer)
    return path


async def back(client: Redis, path: Path) -> None:
    with reading(path) as (_, records):
        await carry_in(client, records, lambda _: None)


async def fill(client: Redis) -> None:
    """A life in short: open and closed incidents, pages sent and waiting, letters, keys, a snapshot, a log behind it."""
    store, log = RedisStore(client), RedisLog(client)
    await store.mark(written())
    first = incident()
    await store.commit(outcome(first, page("p1"), page("p2", due=300.0), rows=3), 50.0)
    (ready, _) = await store.pages("i1")
    await store.settle(msgspec.structs.replace(ready, status=Sending.SENT, next_try=None, version=1))
    await store.commit(outcome(later(first, state=State.CLOSED)), None)
    second = msgspec.structs.replace(incident("i2", code="9Q", called=500.0), later_at=900.0)
    await store.commit(outcome(second, page("p3", incident_id="i2", due=500.0)), wake(second))
    for number in range(30):
        await log.append(1.0, b"%d" % number, f"key {number}", [Letter(at=1.0, position=number, reason="", raw=b"x")])
    position = (await log.read("", most=15))[-1].position
    await store.save(b"what was learnt" * 70_000, position)
    await log.trim(position)


async def test_what_is_carried_back_is_all_there_was(client: Redis, other: Redis, tmp_path: Path) -> None:
    await fill(client)
    before = await contents(client)
    await back(other, await out(client, tmp_path / "b"))
    after = await contents(other)
    kept = after[b"andon:log"]
    # The entry that the snapshot stands for is known already; keys that grew old and young ones are together again.
    assert kept == before[b"andon:log"][1:]
    assert {key for key in after if after[key] != before.get(key)} <= {b"andon:log", b"andon:log:keys"}
    young, old = before[b"andon:log:keys"], before.get(b"andon:log:keys:old", {})
    assert after[b"andon:log:keys"] == {key: at for key, at in (old | young).items() if key}
    assert before.keys() == after.keys()


async def test_a_store_that_was_never_used_can_be_carried(client: Redis, other: Redis, tmp_path: Path) -> None:
    await back(other, await out(client, tmp_path / "b"))
    assert set(await contents(other)) == {b"andon:formats"}


async def test_positions_go_on_after_the_old_ones_though_the_new_machines_clock_is_behind(
    client: Redis, other: Redis, tmp_path: Path
) -> None:
    ahead = "9999999999999-0"
    await client.xadd("andon:log", {"at": "1.0", "key": ""}, ahead)
    position = await RedisLog(client).last()
    await RedisStore(client).save(b"learnt", position)
    await back(other, await out(client, tmp_path / "b"))
    assert await RedisLog(other).last() == ""
    assert await RedisLog(other).append(2.0, b"new") > position


async def test_a_repeat_of_what_was_acknowledged_before_the_backup_counts_once_after_it(
    client: Redis, other: Redis, tmp_path: Path
) -> None:
    await fill(client)
    await back(other, await out(client, tmp_path / "b"))
    before = len(await RedisLog(other).read("", most=1000))
    for number in (0, 20, 29):
        await RedisLog(other).append(9.0, b"again", f"key {number}")
    assert len(await RedisLog(other).read("", most=1000)) == before


async def test_what_is_there_makes_room_at_once_and_whole(client: Redis, other: Redis, tmp_path: Path) -> None:
    await fill(client)
    await RedisStore(other).commit(outcome(incident("old", "other key")), 1.0)
    await other.set("somebody:else", "stays")
    await back(other, await out(client, tmp_path / "b"))
    assert await RedisStore(other).find("old") is None
    assert [name for _, name in await RedisStore(other).due(1e12)] == ["i2"]
    assert await other.get("somebody:else") == b"stays"


async def test_a_file_that_turns_out_to_be_cut_short_leaves_the_store_as_it_was(
    client: Redis, other: Redis, tmp_path: Path
) -> None:
    await fill(client)
    path = await out(client, tmp_path / "b")
    path.write_bytes(path.read_bytes()[:-40])
    await RedisStore(other).commit(outcome(incident("old", "other key")), 1.0)
    before = await contents(other)
    with pytest.raises(ConfigError, match="cut short"):
        await back(other, path)
    assert await contents(other) == before


async def test_a_server_that_fills_up_on_the_way_is_as_it_was(client: Redis, other: Redis, tmp_path: Path) -> None:
    await fill(client)
    path = await out(client, tmp_path / "b")
    await client.flushdb()
    before = await contents(other)
    told = await client.info("memory")
    await client.config_set("maxmemory", told["used_memory"] + 20_000)
    try:
        with pytest.raises(Unavailable, match="refuses"):
            await back(other, path)
    finally:
        await client.config_set("maxmemory", told["maxmemory"])
    assert await contents(other) == before


async def test_where_a_service_has_begun_to_lead_meanwhile_nothing_changes(
    client: Redis, other: Redis, tmp_path: Path
) -> None:
    await fill(client)
    path = await out(client, tmp_path / "b")
    await Lease(other, myself("http://somewhere", "rules", bytes(32))).hold()
    with pytest.raises(ConfigError, match="a service has begun to work on this store"):
        await back(other, path)
    assert await contents(other) == {}


async def test_what_one_that_was_killed_had_put_aside_is_cleared_by_the_next(
    client: Redis, other: Redis, tmp_path: Path
) -> None:
    await fill(client)
    path = await out(client, tmp_path / "b")
    await other.set(f"{STAGE}incident:half", "x")
    assert await empty(other)
    await back(other, path)
    assert [key async for key in other.scan_iter(f"{STAGE}*")] == []
    assert await other.exists("andon:incident:half") == 0


# ---------------------------------------------------------------- while the service runs


@asynccontextmanager
async def living(client: Redis) -> AsyncIterator[None]:
    """A service in short: signal n comes into the log, then incident `n // 50` knows of it, then at times the snapshot does.

    The log is cut behind each snapshot. So whatever is carried out, each must know of all that the next one does.
    """
    store, log = RedisStore(client), RedisLog(client)
    stop = asyncio.Event()

    async def live() -> None:
        count, found = 0, incident()
        while not stop.is_set():
            position = await log.append(1.0, b"%d" % count, f"key {count}")
            name = f"i{count // 50}"
            found = later(found) if found.id == name else incident(name, f"k{count // 50}", called=float(count))
            found = msgspec.structs.replace(found, rows=found.version, notes=[str(count)])
            pages = (page(f"p{count}", incident_id=name),)
            await store.commit(Outcome(found, (row(found.version - 1, name),), pages), None)
            count += 1
            if count % 3 == 0:
                await store.save(b"%d" % count, position)
                await log.trim(position)

    task = asyncio.create_task(live())
    while (await client.xlen("andon:log")) == 0 or not await store.saved():  # noqa: ASYNC110 - the server tells nobody
        await asyncio.sleep(0)
    try:
        yield
    finally:
        stop.set()
        await task


async def test_a_backup_of_a_store_that_is_written_to_is_as_of_one_moment(
    client: Redis, other: Redis, tmp_path: Path
) -> None:
    async with living(client):
        for number in range(3):
            await asyncio.sleep(0.02)
            await back(other, await out(client, tmp_path / "b"))
            store, log = RedisStore(other), RedisLog(other)
            state, position = await store.saved() or (b"0", "")
            behind = [int(entry.batch or b"-1") for entry in await log.read(position, most=100_000)]
            assert behind == list(range(int(state), int(state) + len(behind))), number
            incidents = await store.incidents(most=10_000)
            known = max(int(one.notes[0]) for one in incidents)
            assert int(state) - 1 <= known < int(state) + len(behind)
            for one in incidents:
                rows, pages = await store.ledger(one.id), await store.pages(one.id)
                assert len(rows) == len(pages) == one.rows == one.version
            keys = await other.hkeys("andon:log:keys")
            assert {b"key %d" % count for count in range(int(state) + len(behind))} <= set(keys)


async def test_a_copy_that_stood_still_for_so_long_that_something_may_be_cut_off_is_none(client: Redis) -> None:
    hold = Hold(client)
    await hold.__aenter__()
    await client.delete("andon:log:held")  # a minute passes, and nobody renews
    with pytest.raises(Unavailable, match="not whole"):
        await hold.renew()
    with pytest.raises(Unavailable, match="not whole"):
        await hold.__aexit__(None)


async def test_two_copies_at_once_are_one_too_many_and_the_first_goes_on(client: Redis) -> None:
    async with Hold(client) as first:
        with pytest.raises(Unavailable, match="somebody else copies"):
            async with Hold(client):
                pass
        await first.renew()
    assert await client.keys("*held*") == []
