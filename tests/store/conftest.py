from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from andon.store import embedded
from andon.store.base import Store
from andon.store.memory import MemoryStore
from andon.store.redis import RedisStore


@pytest.fixture(scope="session")
def child(tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded.Child]:
    started = embedded.start(tmp_path_factory.mktemp("store"))
    yield started
    started.stop()


@pytest.fixture
async def client(child: embedded.Child) -> AsyncIterator[Redis]:
    one = Redis.from_url(child.url)
    await one.flushall()
    yield one
    await one.aclose()


@pytest.fixture(params=["memory", "redis"])
async def store(request: pytest.FixtureRequest, child: embedded.Child) -> AsyncIterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    one = Redis.from_url(child.url)
    await one.flushall()
    yield RedisStore(one)
    await one.aclose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"
