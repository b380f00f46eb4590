from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from andon.errors import ConfigError, Unavailable
from andon.log import redis as module
from andon.log.base import KEY_KEPT
from andon.log.redis import RedisLog
from andon.model import Letter
from tests.log.conftest import serving
from tests.runners.service import free_port

LETTER = Letter(at=0.0, position=1, reason="", raw=b"")


async def test_what_was_answered_survives_the_servers_sudden_end(tmp_path: Path) -> None:
    port = free_port()
    with serving(tmp_path, port) as server:
        async with Redis(port=port) as client:
            position = await RedisLog(client).append(1.0, b"durable", "key", [LETTER])
            server.kill()
    with serving(tmp_path, port):
        async with Redis(port=port) as client:
            log = RedisLog(client)
            assert [entry.batch for entry in await log.read("")] == [b"durable"]
            assert len(await log.letters()) == 1
            assert await log.append(2.0, b"durable", "key") == position


async def test_a_key_is_kept_for_a_day(client: Redis) -> None:
    log = RedisLog(client)
    for aged, entries in ((0, 1), (KEY_KEPT - 60, 1), (120, 2)):
        await _age(client, "andon:log:keys", aged)
        await log.append(1.0, b"a", "key")
        assert len(await log.read("")) == entries


async def test_keys_that_had_their_day_take_no_room(client: Redis) -> None:
    log = RedisLog(client)
    for day in range(3):
        await log.append(1.0, b"a", f"key {day}")
        await _age(client, "andon:log:keys", KEY_KEPT + 60)
    await log.append(1.0, b"a", "today")
    assert await client.hexists("andon:log:keys", "today")
    assert not await client.hexists("andon:log:keys:old", "key 0")


async def test_however_many_keys_come_the_memory_of_them_is_bounded(
    client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_KEYS", 20)
    log = RedisLog(client)
    positions = [await log.append(1.0, b"a", f"key {number}") for number in range(100)]
    assert await client.hlen("andon:log:keys") + await client.hlen("andon:log:keys:old") <= 24
    assert [await log.append(1.0, b"a", f"key {number}") for number in range(90, 100)] == positions[90:]


async def test_without_a_senders_key_little_is_kept_and_no_senders_keys_room_is_taken(client: Redis) -> None:
    log = RedisLog(client)
    await log.append(1.0, None)
    assert sorted(await client.keys("*")) == [b"andon:log"]
    await log.append(1.0, b"a")
    assert sorted(await client.keys("*")) == [b"andon:log", b"andon:log:once"]


async def _age(client: Redis, name: str, seconds: float) -> None:
    """Let what a hash of keys remembers be older: its times are the server's, which no test can move."""
    found: dict[Any, Any] = await client.hgetall(name)
    for field, value in found.items():
        milliseconds, dash, rest = value.decode().partition("-")
        await client.hset(name, field, f"{int(milliseconds) - round(seconds * 1000)}{dash}{rest}")


@asynccontextmanager
async def losing_one_answer(port: int) -> AsyncIterator[int]:
    """Stand between client and server, and break the line once after an append was carried out, before it is answered."""
    armed = asyncio.Event()
    lost = asyncio.Event()

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, up: bool) -> None:
        while data := await source.read(65_536):
            if up and b"EVALSHA" in data:
                armed.set()
            if not up and armed.is_set() and not lost.is_set():
                lost.set()
                break
            sink.write(data)
            await sink.drain()
        sink.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pump(reader, far_writer, up=True), pump(far_reader, writer, up=False))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield int(server.sockets[0].getsockname()[1])
        assert lost.is_set()


async def test_a_line_that_breaks_before_the_answer_does_not_write_twice(client: Redis, port: int) -> None:
    await RedisLog(client).append(1.0, None)  # the server knows the script now
    async with losing_one_answer(port) as broken:
        shaky = Redis(port=broken, retry=Retry(NoBackoff(), 3))
        await RedisLog(shaky).append(2.0, b"once", letters=[LETTER])
        await shaky.aclose()
    log = RedisLog(client)
    assert [entry.batch for entry in await log.read("")] == [None, b"once"]
    assert len(await log.letters()) == 1


VERBS: list[Callable[[RedisLog], Awaitable[object]]] = [
    lambda log: log.append(1.0, b"a"),
    lambda log: log.read(""),
    lambda log: log.read("", wait=0.1),
    lambda log: log.last(),
    lambda log: log.trim("1-0"),
    lambda log: log.letters(),
    lambda log: log.drop_letters(["1-0"]),
]


@pytest.mark.parametrize("verb", VERBS)
async def test_a_server_that_is_away_is_unavailable(verb: Callable[[RedisLog], Awaitable[object]]) -> None:
    async with Redis(port=free_port(), retry=Retry(NoBackoff(), 0)) as nobody:
        with pytest.raises(Unavailable, match="does not answer"):
            await verb(RedisLog(nobody))


@pytest.mark.parametrize("verb", VERBS)
async def test_a_server_that_never_answers_is_unavailable(verb: Callable[[RedisLog], Awaitable[object]]) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        deaf = Redis(port=server.sockets[0].getsockname()[1], socket_timeout=0.1, retry=Retry(NoBackoff(), 0))
        with pytest.raises(Unavailable, match="does not answer"):
            await verb(RedisLog(deaf))
        await deaf.aclose()


async def test_a_wait_longer_than_the_sockets_patience_is_no_error(port: int, client: Redis) -> None:
    del client
    async with Redis(port=port, socket_timeout=1.5, retry=Retry(NoBackoff(), 0)) as hasty:
        assert await RedisLog(hasty).read("", wait=1.8) == []


async def test_a_server_that_is_80_percent_full_is_unavailable_until_it_has_room(client: Redis) -> None:
    used = (await client.info("memory"))["used_memory"]
    await client.config_set("maxmemory", int(used * 1.2))
    with pytest.raises(Unavailable, match=r"8\d% full"):
        await RedisLog(client).append(1.0, b"a")
    await client.config_set("maxmemory", int(used * 10))
    assert await RedisLog(client).append(1.0, b"a")


async def test_memory_that_ran_out_is_unavailable_and_nothing_is_half_written(client: Redis) -> None:
    log = RedisLog(client)
    await log.append(1.0, None)  # it has looked, and looks again in a second
    await client.config_set("maxmemory", 1)
    with pytest.raises(Unavailable, match="refuses"):
        await log.append(2.0, b"a", "key", [LETTER])
    await client.config_set("maxmemory", 0)
    assert [entry.at for entry in await log.read("")] == [1.0]
    assert await log.letters() == []
    assert await log.append(3.0, b"a", "key") == await log.last()


async def test_a_replica_is_unavailable(client: Redis) -> None:
    await client.replicaof("127.0.0.1", str(free_port()))
    try:
        with pytest.raises(Unavailable, match="refuses"):
            await RedisLog(client).append(1.0, b"a")
    finally:
        await client.replicaof("NO", "ONE")


async def test_something_else_under_the_name_is_the_operators_to_mend(client: Redis) -> None:
    await client.set("andon:log", "mine")
    with pytest.raises(ConfigError, match="something else"):
        await RedisLog(client).read("")
    with pytest.raises(ConfigError, match="something else"):
        await RedisLog(client).append(1.0, b"a")


async def test_a_server_that_does_not_let_us_is_the_operators_to_mend(client: Redis, port: int) -> None:
    await client.acl_setuser("guest", enabled=True, nopass=True, keys=["nothing"], commands=["+@all"])
    async with Redis(port=port, username="guest", password="invented") as guest:
        with pytest.raises(ConfigError, match="does not let"):
            await RedisLog(guest).read("")


async def test_a_client_that_decodes_is_refused_at_once(port: int) -> None:
    async with Redis(port=port, decode_responses=True) as client:
        with pytest.raises(ConfigError, match="decode_responses=False"):
            RedisLog(client)


@pytest.mark.parametrize("protocol", [2, 3])
async def test_both_protocols_read_alike(client: Redis, port: int, protocol: int) -> None:
    del client
    async with Redis(port=port, protocol=protocol) as other:
        log = RedisLog(other)
        position = await log.append(1.0, b"a")
        assert [entry.batch for entry in await log.read("", wait=0.1)] == [b"a"]
        assert await log.read(position, wait=0.01) == []


async def test_the_oldest_letters_make_room(client: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_LETTERS", 100)
    log = RedisLog(client)
    letters = [Letter(at=0.0, position=i, reason="", raw=b"") for i in range(1_000)]
    await log.append(1.0, None, letters=letters)
    found = await log.letters()
    assert [one.position for one in found] == list(range(900, 1000))


async def test_letters_are_bounded_in_bytes_too_and_what_is_sent_again_makes_room(
    client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_LETTER_BYTES", 10_000)
    log = RedisLog(client)
    for number in range(30):
        await log.append(1.0, None, letters=[Letter(at=0.0, position=number, reason="", raw=bytes(1000))])
    found = await log.letters()
    assert [one.position for one in found] == list(range(21, 30))
    await log.drop_letters([one.id for one in found] + ["1-1"])
    assert await client.get("andon:letters:bytes") == b"0"


async def test_while_somebody_copies_it_nothing_is_cut_off_the_log(client: Redis) -> None:
    log = RedisLog(client)
    position = [await log.append(1.0, b"a") for _ in range(3)][-1]
    await client.set("andon:log:held", "1")
    await log.trim(position)
    assert len(await log.read("")) == 3
    await client.delete("andon:log:held")
    await log.trim(position)
    assert len(await log.read("")) == 1


async def test_logs_of_two_names_do_not_meet(client: Redis) -> None:
    one, two = RedisLog(client, "a:log", "a:letters"), RedisLog(client, "b:log", "b:letters")
    await one.append(1.0, b"a", "key", [LETTER])
    assert (await two.read(""), await two.letters()) == ([], [])
    await two.append(1.0, b"b", "key")
    assert [entry.batch for entry in await two.read("")] == [b"b"]


async def test_time_and_a_persons_pull_go_on_in_a_log_that_is_nearly_full(client: Redis) -> None:
    used = (await client.info("memory"))["used_memory"]
    await client.config_set("maxmemory", int(used * 1.2))
    log = RedisLog(client)
    tick = await log.append(1.0, None)
    assert await log.append(2.0, b"help", urgent=True) > tick
    with pytest.raises(Unavailable, match=r"8\d% full"):
        await log.append(3.0, b"a")


async def test_keys_that_had_their_day_go_though_no_batch_comes_any_more(client: Redis) -> None:
    log = RedisLog(client)
    await log.append(1.0, b"a", "key")
    await _age(client, "andon:log:keys", KEY_KEPT + 60)
    await log.append(1.0, b"a", "another")  # the first key is an old one now
    await log.purge(0.0)
    assert await client.exists("andon:log:keys", "andon:log:keys:old") == 2
    await _age(client, "andon:log:keys:old", KEY_KEPT + 60)
    await log.purge(0.0)
    assert await client.exists("andon:log:keys", "andon:log:keys:old") == 1


async def test_a_server_that_does_not_tell_a_keys_size_tells_the_rest(client: Redis, port: int) -> None:
    await RedisLog(client).append(1.0, b"a")
    await client.acl_setuser("guest", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-memory"])
    async with Redis(port=port, username="guest", password="invented") as guest:
        held = await RedisLog(guest).held()
    assert held["log.entries"] == 1
    assert "log.bytes" not in held
