"""What the store on a server keeps, as bytes, and what goes wrong with a server, as andon's errors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeAlias, TypeVar

import msgspec
from redis.asyncio.client import Pipeline
from redis.exceptions import ConnectionError as ServerGone
from redis.exceptions import OutOfMemoryError, RedisError, WatchError
from redis.exceptions import TimeoutError as NoAnswer

from andon.errors import Conflict, Unavailable
from andon.model import Light
from andon.store.connect import Client, text_of

T = TypeVar("T")
Raw: TypeAlias = bytes | str


class NoRoom(Unavailable):
    """The server has reached its memory's limit."""


class Versioned(msgspec.Struct, frozen=True):
    """All that a commit reads of an incident, which may have hundreds of alerts."""

    version: int = 0


class Board(msgspec.Struct, frozen=True):
    """What the board shows, as it is kept."""

    lights: list[Light]
    facts: dict[str, float]


def pack(value: object) -> bytes:
    """Return a value of the model as bytes."""
    return msgspec.msgpack.encode(value)


def unpack(raw: Raw | None, kind: type[T]) -> T | None:
    """Return a value from its bytes, None from none."""
    return None if raw is None else msgspec.msgpack.decode(raw_of(raw), type=kind)


def raw_of(raw: Raw) -> bytes:
    """Return bytes, whether the client decodes or not."""
    return raw if isinstance(raw, bytes) else raw.encode()


def scored(found: Any) -> list[tuple[str, float]]:
    """Return a sorted set's members, each with its score."""
    return [(text_of(name), float(score)) for name, score in found]


@asynccontextmanager
async def asking() -> AsyncIterator[None]:
    """Turn what the server or the line to it says into andon's errors."""
    try:
        yield
    except WatchError as error:
        raise Conflict("somebody else wrote first") from error
    except (ServerGone, NoAnswer, TimeoutError, OSError) as error:
        raise Unavailable(f"the store does not answer: {error}") from error
    except OutOfMemoryError as error:
        raise NoRoom("the store refuses: its memory is full; give it more, or make room") from error
    except RedisError as error:
        raise Unavailable(f"the store refuses: {error}") from error


@asynccontextmanager
async def transaction(client: Client) -> AsyncIterator[Pipeline]:
    """Yield a transaction. One that is cancelled drops its line: giving it back would wait for a server that may hang."""
    async with client.pipeline(transaction=True) as pipe:
        try:
            yield pipe
        except asyncio.CancelledError:
            if pipe.connection:
                await pipe.connection.disconnect(nowait=True)
            pipe.watching = False
            raise
