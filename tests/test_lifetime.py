"""Months in little time: nothing is kept longer than retention but what is open, and nothing grows."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis

from andon.config import RETENTION
from andon.log.memory import MemoryLog
from andon.log.redis import RedisLog
from andon.model import Delivery, Incident, Letter, Row, State
from andon.rulebook.load import load
from andon.rulebook.model import Rulebook
from andon.store import embedded
from andon.store.memory import MemoryStore
from andon.store.redis import RedisStore
from tests.lifetime import BOOK, DAY, START, Life, sizes

BY_TABLE = re.compile(r"(door\._interner|segments|_of_segment|feeds\.sample|_changes|evidence\.changes)")
"""What grows up to a bound in number that months of so small a company do not reach: see the bounds' own tests."""


@pytest.fixture
def book(tmp_path: Path) -> Rulebook:
    (tmp_path / "book.yml").write_text(BOOK)
    return load(tmp_path, {})


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Redis]:
    """A server of our own, which need not wait for the disk."""
    child = embedded.start(tmp_path / "store")
    one = Redis.from_url(child.url)
    await one.config_set("appendfsync", "no")
    yield one
    await one.aclose()
    child.stop()


@pytest.mark.long
async def test_after_a_hundred_days_nothing_on_the_server_is_older_than_retention_but_what_is_open(
    book: Rulebook, client: Redis
) -> None:
    life = Life(book, RedisStore(client), RedisLog(client))
    await life.live(RETENTION / DAY + 12)
    before = life.clock.time - RETENTION
    contents = await everything(client)
    kept, ours = _incidents(contents), {one.id for one in _incidents(contents)}
    assert len(kept) > 80  # there was a life, and there is something to keep
    assert {one.title for one in kept if one.called < before and one.state is not State.CLOSED} == {"broken for ever"}
    assert [one.id for one in kept if one.state is State.CLOSED and one.milestones["closed"] < before] == []
    assert strangers(contents, ours, before) == []


async def everything(client: Redis) -> dict[str, Any]:
    """All keys of a server with what they hold."""
    reads: dict[bytes, Any] = {
        b"string": client.get,
        b"hash": client.hgetall,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"zset": lambda key: client.zrange(key, 0, -1, withscores=True),
        b"stream": client.xrange,
    }
    found: dict[str, Any] = {}
    async for key in client.scan_iter("*"):
        name: Any = key
        kind: Any = await client.type(name)
        found[name.decode()] = await reads[kind](name)
    return found


def _incidents(contents: dict[str, Any]) -> list[Incident]:
    return [msgspec.msgpack.decode(one, type=Incident) for key, one in contents.items() if ":incident:" in key]


@dataclass(frozen=True)
class Kept:
    """What may be there: these incidents, these keys, nothing before a time."""

    ours: set[str]
    keys: set[str]
    before: float


FITS: Mapping[str, Callable[[Kept, str, Any], bool]] = {
    "incident": lambda kept, name, _: name in kept.ours,
    "ledger": lambda kept, name, rows: {name} == {_row(one).incident for one in rows} and name in kept.ours,
    "page": lambda kept, _, page: msgspec.msgpack.decode(page, type=Delivery).page.incident in kept.ours,
    "key": lambda kept, _, name: name.decode() in kept.ours,
    "all": lambda kept, _, found: {name.decode() for name, _ in found} == kept.ours,
    "open": lambda kept, _, found: {name.decode() for name, _ in found} <= kept.ours,
    "wake": lambda kept, _, found: {name.decode() for name, _ in found} <= kept.ours,
    "codes": lambda kept, _, found: {name.decode() for name in found.values()} <= kept.ours,
    "pages": lambda kept, name, found: name in kept.ours if name else _paged(kept, found),
    "outbox": lambda kept, _, found: _paged(kept, found),
    "sent": lambda kept, _, found: all(at >= kept.before for _, at in found),
    "letters": lambda kept, name, found: name == "bytes" or all(_letter(one).at >= kept.before for _, one in found),
    "log": lambda kept, name, found: (
        name in {"keys", "once"} or all(float(one[b"at"]) >= kept.before for _, one in found)
    ),
    "snapshot": lambda _kept, _name, _found: True,  # one, and bounded by what the engine holds
    "board": lambda _kept, _name, _found: True,
    "formats": lambda _kept, _name, _found: True,
}


def _row(raw: bytes) -> Row:
    return msgspec.msgpack.decode(raw, type=Row)


def _letter(fields: Mapping[bytes, bytes]) -> Letter:
    return msgspec.msgpack.decode(fields[b"letter"], type=Letter)


def _paged(kept: Kept, found: Any) -> bool:
    return {f"andon:page:{name.decode()}" for name, _ in found} <= kept.keys


def strangers(contents: dict[str, Any], ours: set[str], before: float) -> list[str]:
    """Return what belongs to no incident that is kept, and what is older than it may be."""
    kept = Kept(ours, set(contents), before)
    named = [(key, *key.removeprefix("andon:").partition(":")) for key in contents]
    return [key for key, room, _, name in named if room not in FITS or not FITS[room](kept, name, contents[key])]


@pytest.mark.long
async def test_after_retention_a_service_that_lives_on_holds_no_more(book: Rulebook) -> None:
    life = Life(book, MemoryStore(), MemoryLog())
    await life.live(RETENTION / DAY + 10)
    before = sizes(life.andon)
    await life.live(20)
    after = sizes(life.andon)
    grown = {path: (before[path], size) for path, size in after.items() if size > 1.1 * before[path] + 50}
    assert {path: sizes for path, sizes in grown.items() if not BY_TABLE.search(path)} == {}
    assert life.clock.time - START > RETENTION
