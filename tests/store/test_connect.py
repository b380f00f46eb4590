from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from redis.asyncio import Redis
from redis.exceptions import TimeoutError as NoAnswer

from andon.errors import ConfigError, Unavailable
from andon.store.connect import connect, doubts


@pytest.fixture
def deaf() -> Iterator[str]:
    """The address of a server that lets itself be called and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}"


async def test_a_server_of_ours_leaves_no_doubts(client: Redis) -> None:
    assert await doubts(client) == []


async def test_each_setting_by_which_a_server_could_lose_what_it_answered_for_is_named(client: Redis) -> None:
    await client.config_set("appendfsync", "everysec")
    await client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        found = await doubts(client)
    finally:
        await client.config_set("appendfsync", "always")
        await client.config_set("maxmemory-policy", "noeviction")
    assert [line.partition(":")[0] for line in found] == [
        "appendfsync is everysec, not always",
        "maxmemory-policy is allkeys-lru, not noeviction",
    ]


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    client = connect("redis://127.0.0.1:9")
    with pytest.raises(Unavailable, match="does not answer"):
        await doubts(client)
    await client.aclose()


async def test_a_server_that_hangs_is_given_up_once_the_url_says(deaf: str) -> None:
    client, began = connect(f"{deaf}?socket_timeout=0.2"), time.monotonic()
    with pytest.raises(NoAnswer):
        await client.get("key")
    assert time.monotonic() - began < 1.0
    await client.aclose()


async def test_without_a_word_in_the_url_a_hanging_server_has_five_seconds() -> None:
    client = connect("redis://127.0.0.1:9")
    assert client.connection_pool.connection_kwargs["socket_timeout"] == 5.0
    await client.aclose()


def test_another_url_is_refused_without_its_password() -> None:
    with pytest.raises(ConfigError) as error:
        connect("http://me:an-invented-secret@example")
    assert "an-invented-secret" not in str(error.value)
