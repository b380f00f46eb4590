from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from redis.exceptions import TimeoutError as NoAnswer

from andon.errors import ConfigError
from andon.store.connect import connect


@pytest.fixture
def deaf() -> Iterator[str]:
    """The address of a server that lets itself be called and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}"


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
