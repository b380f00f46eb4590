"""What only the store on a server has to stand."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from andon.errors import Unavailable
from andon.store.redis import RedisStore
from tests.store.made import incident, outcome


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    client = Redis.from_url("redis://127.0.0.1:1")
    with pytest.raises(Unavailable):
        await RedisStore(client).find("i1")
    await client.aclose()


async def test_a_server_with_no_room_is_unavailable_and_nothing_is_half_written(client: Redis) -> None:
    store = RedisStore(client)
    await client.config_set("maxmemory", "1")
    try:
        with pytest.raises(Unavailable):
            await store.commit(outcome(incident()), 1.0)
    finally:
        await client.config_set("maxmemory", "0")
    assert await client.dbsize() == 0


async def test_two_prefixes_share_a_server_and_nothing_else(client: Redis) -> None:
    one, two = RedisStore(client, "one:"), RedisStore(client, "two:")
    await one.commit(outcome(incident()), None)
    assert await two.find("i1") is None
