"""What only the store on a server has to stand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import BusyLoadingError, WatchError

from andon.errors import ConfigError, Conflict, Unavailable
from andon.model import Sending
from andon.store.redis import RedisStore
from tests.store.made import incident, outcome, page


@asynccontextmanager
async def full(client: Redis) -> AsyncIterator[None]:
    """Leave a server no room for anything."""
    before = str((await client.config_get("maxmemory"))["maxmemory"])
    await client.config_set("maxmemory", 1)
    yield
    await client.config_set("maxmemory", before)


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    client = Redis.from_url("redis://127.0.0.1:1")
    with pytest.raises(Unavailable):
        await RedisStore(client).find("i1")
    await client.aclose()


async def test_a_server_with_no_room_is_unavailable_and_nothing_is_half_written(client: Redis) -> None:
    store = RedisStore(client)
    async with full(client):
        with pytest.raises(Unavailable, match="memory is full"):
            await store.commit(outcome(incident()), 1.0)
    assert await client.dbsize() == 0


async def test_a_line_that_broke_while_the_lease_was_watched_is_unavailable_and_no_conflict(
    client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        error = WatchError("while watching one or more keys")
        error.__context__ = BusyLoadingError("loading the dataset")
        raise error

    monkeypatch.setattr(Pipeline, "watch", broken)
    with pytest.raises(Unavailable, match="loading"):
        await RedisStore(client).show([], {})


async def test_a_page_that_was_written_though_the_line_broke_before_the_answer_is_ours(
    client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = RedisStore(client)
    await store.commit(outcome(incident(), page()), None)
    (lies,) = await store.outbox(1e12)
    execute = Pipeline.execute

    async def unheard(pipe: Pipeline, **options: bool) -> None:
        monkeypatch.setattr(Pipeline, "execute", execute)
        await pipe.execute(**options)
        raise WatchError("the line broke")

    monkeypatch.setattr(Pipeline, "execute", unheard)
    claimed = replace(lies, status=Sending.SENDING, version=lies.version + 1)
    await store.settle(claimed)
    assert (await store.outbox(1e12))[0].status is Sending.SENDING
    monkeypatch.setattr(Pipeline, "execute", unheard)
    with pytest.raises(Conflict):
        await store.settle(replace(claimed, tries=9))


async def test_two_prefixes_share_a_server_and_nothing_else(client: Redis) -> None:
    one, two = RedisStore(client, "one:"), RedisStore(client, "two:")
    await one.commit(outcome(incident()), None)
    assert await two.find("i1") is None


async def test_where_there_is_no_room_the_state_is_kept_all_the_same_as_the_log_behind_it_can_go_then(
    client: Redis,
) -> None:
    store = RedisStore(client)
    await store.save(b"before", "1")
    async with full(client):
        await store.save(b"after" * 10_000, "2")
    assert await store.saved() == (b"after" * 10_000, "2")


async def test_where_there_is_no_room_the_board_stays_as_it_is(client: Redis) -> None:
    store = RedisStore(client)
    await store.show([], {"signals": 1.0})
    async with full(client):
        await store.show([], {"signals": 2.0})
    assert await store.shown() == ([], {"signals": 1.0})


async def test_what_the_board_shows_does_not_go_to_the_disk(client: Redis) -> None:
    store = RedisStore(client)
    await store.show([], {"signals": 1.0})
    before = (await client.info("persistence"))["aof_current_size"]
    await store.show([], {"signals": 2.0})
    assert (await client.info("persistence"))["aof_current_size"] == before
    assert await store.shown() == ([], {"signals": 2.0})


async def test_a_saved_state_that_was_damaged_is_the_operators_to_mend(client: Redis) -> None:
    store = RedisStore(client)
    await store.save(b"state" * 100, "1")
    await client.hset("andon:snapshot", "state", b"not a state")
    with pytest.raises(ConfigError, match="andon restore"):
        await store.saved()
