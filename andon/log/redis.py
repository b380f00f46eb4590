"""The log on one machine: a Redis stream, one entry a batch, its dead letters written in the same transaction."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.exceptions import NoPermissionError, RedisError, ResponseError

from andon.errors import ConfigError, Unavailable
from andon.log.base import KEY_KEPT, MOST_KEYS, MOST_LETTER_BYTES, MOST_LETTERS, forget_letters, reused
from andon.log.room import Room
from andon.log.scripts import APPEND, DROP, FORGET, TRIM
from andon.model import Entry, Letter

_SLICE = 1.0  # true seconds of one blocking read, shorter than any sensible socket timeout
_APPENDS_WITHIN = 5.0  # true seconds, however often the client connects anew
_REPEATED_WITHIN = 60  # true seconds in which the client itself may send a command again
_MOST_REPEATED = 20_000


class RedisLog:
    """Implements the Log protocol on a stream `name`, with the dead letters in the stream `letters`.

    Beside them: `NAME:keys` and `NAME:keys:old`, the senders' keys (`NAME:once` our own); `LETTERS:bytes`, how many there are;
    `NAME:held`, while somebody copies the log.

    A position is the stream's id with both halves padded by zeros (0001772370000000-00000000000000000000), so that
    positions sort as strings. How durable an append is, is the server's setting (`appendfsync always`). ConfigError for a
    client that decodes responses (batches are bytes), and for a server that does not let us or holds something else there.
    """

    def __init__(
        self, client: Redis, name: str = "andon:log", letters: str = "andon:letters", room: Room | None = None
    ) -> None:
        if client.connection_pool.connection_kwargs.get("decode_responses"):
            raise ConfigError("the log's Redis client decodes responses, batches are bytes: set decode_responses=False")
        self._client, self._name, self._letters = client, name, letters
        self._append, self._drop, self._trim = map(client.register_script, (APPEND, DROP, TRIM))
        self._forget = client.register_script(FORGET)
        self._room = room or Room(client)

    async def append(
        self,
        at: float,
        batch: bytes | None,
        key: str = "",
        letters: Sequence[Letter] = (),
        *,
        mark: str = "",
        urgent: bool = False,
    ) -> str:
        """Write a batch and what it had refused; a key of the last 24 h writes nothing and returns its first position.

        Unavailable when the server does not answer, or is 80 % full; a tick, and what is `urgent`, is taken even then.
        """
        known, kept, most, among = key, KEY_KEPT, MOST_KEYS, "keys"
        if not key and (batch is not None or letters):
            # The client sends again when a connection breaks: even without a sender's key that must write once.
            known, kept, most, among = secrets.token_hex(12), _REPEATED_WITHIN, _MOST_REPEATED, "once"
        young = f"{self._name}:{among}"
        keys = [self._name, self._letters, f"{self._letters}:bytes", young, f"{young}:old"]
        args: list[Any] = [known, kept * 1000, most // 2, key, repr(float(at)), int(batch is not None), batch or b""]
        args += [MOST_LETTERS, MOST_LETTER_BYTES, mark, *map(msgspec.msgpack.encode, letters)]
        async with asking(), asyncio.timeout(_APPENDS_WITHIN):
            if urgent or (batch is None and not letters):
                await self._room.look()  # time goes on in a full log, too: what is known of must be judged
            else:
                await self._room.take(len(batch or b"") + sum(len(letter.raw) for letter in letters))
            found = await self._append(keys, args)
        if not found:
            raise reused()
        return position_of(found)

    async def read(self, after: str, most: int = 64, wait: float = 0.0) -> list[Entry]:
        """Return up to `most` entries after a position, waiting up to `wait` true seconds for the first."""
        now = asyncio.get_running_loop().time
        until = now() + wait
        start = stream_id(after)
        async with asking():
            while (left := min(until - now(), _SLICE)) > 0:  # a block of 0 would be for ever
                block = max(1, int(left * 1000))
                if found := _rows(await self._client.xread({self._name: start}, count=most, block=block)):
                    return [entry_of(*row) for row in found]
            at_once: Any = await self._client.xrange(self._name, min=f"({start}", count=most)
            return [entry_of(*row) for row in at_once]

    async def last(self) -> str:
        """Return the newest position, "" when the log is empty."""
        found = await self.newest()
        return found.position if found else ""

    async def newest(self) -> Entry | None:
        """Return the newest entry, None when the log is empty."""
        async with asking():
            found: Any = await self._client.xrevrange(self._name, count=1)
        return entry_of(*found[0]) if found else None

    async def trim(self, before: str) -> None:
        """Forget entries before a position."""
        if before:
            async with asking():
                await self._trim([self._name, f"{self._name}:held"], [stream_id(before)])

    async def letters(self, most: int = 1000) -> list[Letter]:
        """Return the oldest dead letters, oldest first; their `id` is set."""
        async with asking():
            found: Any = await self._client.xrange(self._letters, count=most)
        return [letter_of(*row) for row in found]

    async def drop_letters(self, ids: Sequence[str]) -> None:
        """Forget dead letters that were sent again."""
        if ids:
            async with asking():
                await self._drop([self._letters, f"{self._letters}:bytes"], ids)

    async def purge(self, before: float) -> None:
        """Forget dead letters that came before a time, and keys that have had theirs, by the server's clock."""
        await forget_letters(self, before)
        async with asking():
            for among, kept in (("keys", KEY_KEPT), ("once", _REPEATED_WITHIN)):
                await self._forget([f"{self._name}:{among}", f"{self._name}:{among}:old"], [kept * 1000])

    async def held(self) -> dict[str, float]:
        """Return how much is kept; without the log's bytes where the server does not let us ask for them."""
        hashes = [f"{self._name}:{among}{age}" for among in ("keys", "once") for age in ("", ":old")]
        async with asking(), self._client.pipeline(transaction=False) as pipe:
            pipe.memory_usage(self._name)
            pipe.xlen(self._name)
            pipe.xlen(self._letters)
            pipe.get(f"{self._letters}:bytes")
            for name in hashes:
                pipe.hlen(name)
            size, *counts = await pipe.execute(raise_on_error=False)
            if wrong := next((one for one in counts if isinstance(one, RedisError)), None):
                raise wrong
        entries, letters, weight, *keys = (float(count or 0) for count in counts)
        told = {"log.entries": entries, "letters": letters, "letters.bytes": weight, "keys": sum(keys)}
        return told if isinstance(size, RedisError) else told | {"log.bytes": float(size or 0)}


@asynccontextmanager
async def asking() -> AsyncIterator[None]:
    """Turn what the server, or the line to it, says into andon's errors."""
    try:
        yield
    except NoPermissionError as error:
        raise ConfigError(f"the log's server does not let andon in: {error}") from error
    except ResponseError as error:
        if str(error).startswith("WRONGTYPE"):
            raise ConfigError(f"something else is kept under the log's name: {error}") from error
        raise Unavailable(f"the log refuses: {error}") from error
    except (RedisError, TimeoutError, OSError) as error:
        raise Unavailable(f"the log does not answer: {str(error) or 'it took too long'}") from error


def _rows(found: Any) -> list[Any]:
    """Return what XREAD found in its one stream, as one version of the protocol and as the next says it."""
    if not found:
        return []
    rows: list[Any] = next(iter(found.values()))[0] if isinstance(found, dict) else found[0][1]
    return rows


def position_of(raw: bytes) -> str:
    """Return a stream's id as a position."""
    milliseconds, _, sequence = raw.decode().partition("-")
    return f"{int(milliseconds):016d}-{int(sequence):020d}"


def stream_id(position: str) -> str:
    """Return a position as a stream's id."""
    if not position:
        return "0-0"
    milliseconds, _, sequence = position.partition("-")
    return f"{int(milliseconds)}-{int(sequence)}"


def entry_of(raw: bytes, fields: dict[bytes, bytes]) -> Entry:
    """Return an item of the stream as an entry."""
    return Entry(
        position=position_of(raw),
        at=float(fields[b"at"]),
        batch=fields.get(b"batch"),
        key=fields[b"key"].decode(),
    )


def letter_of(raw: bytes, fields: dict[bytes, bytes]) -> Letter:
    """Return an item of the letters' stream as a letter."""
    return msgspec.structs.replace(msgspec.msgpack.decode(fields[b"letter"], type=Letter), id=raw.decode())
