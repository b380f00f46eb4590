"""What every log does, asked of each."""

from __future__ import annotations

import asyncio
import time

import msgspec
import pytest
from redis.asyncio import Redis

from andon.errors import Conflict
from andon.log.base import Log
from andon.log.memory import MemoryLog
from andon.log.redis import RedisLog
from andon.model import Entry, Letter


@pytest.fixture(params=["memory", "redis"])
def log(request: pytest.FixtureRequest) -> Log:
    if request.param == "memory":
        return MemoryLog()
    client: Redis = request.getfixturevalue("client")
    return RedisLog(client)


def letter(position: int) -> Letter:
    return Letter(at=5.0, position=position, reason="不行", raw=b"\xff\x00\n", sender="app")


async def test_an_empty_log_has_nothing(log: Log) -> None:
    assert (await log.read(""), await log.last(), await log.letters()) == ([], "", [])


async def test_what_is_appended_is_read(log: Log) -> None:
    position = await log.append(1.25, b"\x00\xff\r\n", "a key 键")
    assert await log.read("") == [Entry(position=position, at=1.25, batch=b"\x00\xff\r\n", key="a key 键")]
    assert await log.last() == position


async def test_the_newest_entry_is_the_last_that_was_appended(log: Log) -> None:
    assert await log.newest() is None
    await log.append(1.0, b"a")
    position = await log.append(2.0, b"b", "key")
    assert await log.newest() == Entry(position=position, at=2.0, batch=b"b", key="key")


async def test_an_empty_batch_is_a_batch_and_none_is_a_tick(log: Log) -> None:
    await log.append(1.0, b"")
    await log.append(2.0, None)
    assert [entry.batch for entry in await log.read("")] == [b"", None]


async def test_a_time_comes_back_to_the_last_bit(log: Log) -> None:
    at = 1_772_370_000.123456
    await log.append(at, None)
    assert (await log.read(""))[0].at == at


async def test_positions_sort_as_the_log_does(log: Log) -> None:
    positions = [await log.append(float(i), None) for i in range(120)]
    assert positions == sorted(set(positions))
    assert [entry.position for entry in await log.read("", most=200)] == positions
    assert positions[0] > ""


async def test_reading_goes_on_after_a_position(log: Log) -> None:
    positions = [await log.append(float(i), None) for i in range(5)]
    assert [entry.at for entry in await log.read(positions[1], most=2)] == [2.0, 3.0]
    assert await log.read(positions[-1]) == []


async def test_a_reader_waits_for_what_comes(log: Log) -> None:
    await log.append(1.0, None)
    after = await log.last()
    reading = asyncio.create_task(log.read(after, wait=5.0))
    await asyncio.sleep(0.05)
    began = time.monotonic()
    await log.append(2.0, None)
    assert [entry.at for entry in await reading] == [2.0]
    assert time.monotonic() - began < 1.0


async def test_a_reader_waits_no_longer_than_it_was_told(log: Log) -> None:
    began = time.monotonic()
    assert await log.read("", wait=0.2) == []
    assert 0.15 < time.monotonic() - began < 1.0


async def test_two_readers_are_both_woken(log: Log) -> None:
    reading = [asyncio.create_task(log.read("", wait=3.0)) for _ in range(2)]
    await asyncio.sleep(0.05)
    await log.append(1.0, None)
    assert [len(found) for found in await asyncio.gather(*reading)] == [1, 1]


async def test_a_key_writes_once(log: Log) -> None:
    first = await log.append(1.0, b"a", "key", [letter(1)])
    between = await log.append(2.0, b"b")
    assert await log.append(3.0, b"a", "key", [letter(1)]) == first
    assert [entry.position for entry in await log.read("")] == [first, between]
    assert len(await log.letters()) == 1


async def test_a_key_sent_at_once_many_times_writes_once(log: Log) -> None:
    positions = await asyncio.gather(*[log.append(1.0, b"a", "key") for _ in range(20)])
    assert len(set(positions)) == len(await log.read("")) == 1


async def test_a_key_that_stood_for_something_else_is_refused_and_nothing_is_written(log: Log) -> None:
    first = await log.append(1.0, b"a", "key", mark="print of a")
    with pytest.raises(Conflict, match="a key of its own"):
        await log.append(2.0, b"b", "key", [letter(1)], mark="print of b")
    assert [entry.batch for entry in await log.read("")] == [b"a"]
    assert await log.letters() == []
    assert [await log.append(3.0, b"a", "key", mark=mark) for mark in ("print of a", "")] == [first, first]


async def test_a_key_that_was_kept_without_a_mark_stands_for_all(log: Log) -> None:
    first = await log.append(1.0, b"a", "key")
    assert await log.append(2.0, b"b", "key", mark="print of b") == first


async def test_another_key_is_another_batch(log: Log) -> None:
    assert await log.append(1.0, b"a", "one") != await log.append(1.0, b"a", "two")
    assert await log.append(1.0, b"a") != await log.append(1.0, b"a")


async def test_a_key_is_known_after_its_entry_was_trimmed(log: Log) -> None:
    first = await log.append(1.0, b"a", "key")
    await log.trim(await log.append(2.0, None))
    assert await log.append(3.0, b"a", "key") == first
    assert len(await log.read("")) == 1


async def test_trimming_forgets_what_is_before(log: Log) -> None:
    positions = [await log.append(float(i), None) for i in range(250)]
    await log.trim(positions[199])
    assert [entry.position for entry in await log.read("", most=300)] == positions[199:]
    await log.trim("")
    await log.trim(positions[3])
    assert len(await log.read("", most=300)) == 51


async def test_positions_go_on_after_everything_was_trimmed(log: Log) -> None:
    first = await log.append(1.0, None)
    second = await log.append(2.0, None)
    await log.trim(second)
    assert first < second < await log.append(3.0, None)


async def test_letters_come_with_the_batch_oldest_first(log: Log) -> None:
    await log.append(1.0, b"a", letters=[letter(1), letter(2)])
    await log.append(1.0, None, letters=[letter(3)])
    found = await log.letters()
    assert [(one.position, one.raw, one.reason, one.sender) for one in found] == [
        (position, b"\xff\x00\n", "不行", "app") for position in (1, 2, 3)
    ]
    assert [one.position for one in await log.letters(most=2)] == [1, 2]
    assert len({one.id for one in found} - {""}) == 3


async def test_letters_that_were_sent_again_are_dropped_and_others_stay(log: Log) -> None:
    await log.append(1.0, b"a", letters=[letter(1), letter(2), letter(3)])
    found = await log.letters()
    await log.drop_letters([found[0].id, found[2].id])
    await log.drop_letters([found[0].id])
    await log.drop_letters([])
    assert await log.letters() == [found[1]]


async def test_a_batch_of_many_megabytes_goes_through(log: Log) -> None:
    await log.append(1.0, bytes(8_000_000), letters=[letter(i) for i in range(5_000)])
    assert len((await log.read(""))[0].batch or b"") == 8_000_000
    assert len(await log.letters(most=10_000)) == 5_000


async def test_letters_past_retention_are_forgotten_by_their_own_time(log: Log) -> None:
    for at in range(150):
        told = msgspec.structs.replace(letter(1), at=float(at))
        await log.append(1e9, None, letters=[told])
    await log.purge(100.0)
    assert [one.at for one in await log.letters()] == [float(at) for at in range(100, 150)]


async def test_it_tells_how_much_is_kept(log: Log) -> None:
    assert (await log.held())["letters.bytes"] == 0
    await log.append(1.0, b"x" * 1000, "key", [letter(1), letter(2)])
    held = await log.held()
    assert (held["log.entries"], held["letters"]) == (1, 2)
    assert held["log.bytes"] >= 1000
    assert held["letters.bytes"] > 0
    assert held["keys"] >= 1
