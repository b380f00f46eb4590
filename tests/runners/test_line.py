"""Connections that are slow on purpose, each to a protocol that serves a small application."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from andon.runners import line
from andon.runners.line import Line, make_room

ASKED = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Served:
    """What listens on a port, the lines to it, and the bodies that came, None for one that broke off."""

    port: int = 0
    bodies: list[bytes | None] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the size of the body."""
        try:
            self.bodies.append(await Request(scope, receive).body())
        except ClientDisconnect:
            self.bodies.append(None)
        else:
            await PlainTextResponse(str(len(self.bodies[-1] or b"")))(scope, receive, send)

    async def opened(self) -> Pair:
        self.pairs.append(await asyncio.open_connection("127.0.0.1", self.port))
        return self.pairs[-1]


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    one = Served()
    config = uvicorn.Config(one, http=Line, lifespan="off", log_config=None, access_log=False)
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(lambda: Line(config, state, {}), "127.0.0.1")
    one.port = server.sockets[0].getsockname()[1]
    yield one
    for _, writer in one.pairs:
        writer.transport.abort()
    server.close()
    await server.wait_closed()
    await asyncio.sleep(0)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "HEAD_WITHIN", 0.05)


@pytest.fixture
def hasty_for_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "BODY_WITHIN", 0.05)


async def _said(pair: Pair, what: bytes = ASKED) -> bytes:
    """Say something, and return the first line of the answer, b"" when there is none."""
    reader, writer = pair
    try:
        writer.write(what)
        await writer.drain()
        return await asyncio.wait_for(reader.readline(), 5)
    except ConnectionError:
        return b""


async def _hung_up(pair: Pair) -> bool:
    """Tell whether the other side ends the connection by itself, and says nothing."""
    try:
        return await asyncio.wait_for(pair[0].read(), 5) == b""
    except ConnectionError:
        return True


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("head", [b"", b"GET /he", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "])
async def test_who_does_not_finish_asking_is_hung_up_on(served: Served, head: bytes) -> None:
    pair = await served.opened()
    pair[1].write(head)
    assert await _hung_up(pair)


@pytest.mark.usefixtures("hasty")
async def test_who_asks_a_letter_at_a_time_is_hung_up_on_too(served: Served) -> None:
    pair = await served.opened()

    async def dribble() -> None:
        pair[1].write(b"GET /")
        for _ in range(200):
            pair[1].write(b"X")
            await asyncio.sleep(0.01)

    dribbling = asyncio.create_task(dribble())
    assert await _hung_up(pair)
    dribbling.cancel()


async def test_who_asks_again_slowly_is_hung_up_on_after_the_first_answer(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = await served.opened()
    assert b"200" in await _said(pair)
    await pair[0].readuntil(b"\r\n\r\n0")
    monkeypatch.setattr(line, "HEAD_WITHIN", 0.05)
    pair[1].write(b"GET /hea")
    assert await _hung_up(pair)


@pytest.mark.usefixtures("hasty_for_bodies")
async def test_a_body_that_does_not_come_gives_its_place_free(served: Served) -> None:
    pair = await served.opened()
    pair[1].write(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 99\r\n\r\nsome of it")
    assert await _hung_up(pair)
    await asyncio.sleep(0)
    assert served.bodies == [None]


@pytest.mark.usefixtures("hasty_for_bodies")
async def test_a_large_body_has_the_time_that_its_size_takes(served: Served) -> None:
    reader, writer = pair = await served.opened()
    writer.write(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 100000\r\n\r\n")
    await asyncio.sleep(0.2)
    assert b"200" in await _said(pair, b"x" * 100_000)
    assert not reader.at_eof()


async def test_a_head_of_any_length_is_not_read(served: Served) -> None:
    pair = await served.opened()
    assert b"400" in await _said(pair, b"GET / HTTP/1.1\r\nX: " + b"a" * (line.MOST_HEAD + 1))


async def test_a_large_body_that_comes_with_its_head_is_no_long_head(served: Served) -> None:
    head = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 200000\r\n\r\n"
    assert b"200" in await _said(await served.opened(), head + b"x" * 200_000)
    assert [len(body or b"") for body in served.bodies] == [200_000]


async def test_where_there_are_too_many_who_has_waited_longest_makes_room(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Line, "most", 5)
    idle = [await served.opened() for _ in range(5)]
    assert b"200" in await _said(await served.opened())
    assert await _hung_up(idle[0])
    assert b"200" in await _said(idle[4])


def test_there_is_room_for_as_many_lines_as_files_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = [(1024, 4096)]
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _, found: limits.append(found))
    assert make_room(2000) == 2000
    assert limits[-1] == (2256, 4096)
    limits[-1] = (1024, 1024)
    assert make_room(2000) == 768
