"""Copying a log that goes on being written: nothing is cut off it meanwhile, and its copy stands at the same positions."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Sequence
from typing import Any, Self

import msgspec
from redis.asyncio import Redis

from andon.errors import Unavailable
from andon.log.redis import RedisLog, asking, letter_of, position_of, stream_id
from andon.log.scripts import RELEASE
from andon.model import Entry, Letter

HELD = 60
"""True seconds for which nothing is cut off after whoever copies has said so last; should he die, that is all."""
_MOST = 16
_MANY = 1000


class Hold:
    """Keeps a log from being cut while it is copied; `renew` it often. One at a time."""

    def __init__(self, client: Redis, name: str = "andon:log") -> None:
        self._client, self._key, self._mine = client, f"{name}:held", secrets.token_hex(8)
        self._release = client.register_script(RELEASE)

    async def __aenter__(self) -> Self:
        """Begin. Unavailable: somebody else copies it."""
        async with asking():
            if not await self._client.set(self._key, self._mine, nx=True, ex=HELD):
                raise Unavailable(f"somebody else copies this log, or stopped doing so within {HELD} s: try again then")
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """End; what was copied without a fault was held to the end, or it is Unavailable."""
        if kind is None:
            await self.renew()
        async with asking():
            await self._release([self._key], [self._mine])

    async def renew(self) -> None:
        """Go on. Unavailable: it was away for so long that something may have been cut off."""
        async with asking():
            held = await self._client.get(self._key)
            if held != self._mine.encode():
                raise Unavailable(f"the copy stood still for more than {HELD} s, and is not whole: make it again")
            await self._client.expire(self._key, HELD)


async def keys(client: Redis, name: str = "andon:log") -> AsyncIterator[tuple[str, str]]:
    """Yield every key that senders gave their batches, with its entry's position; one may come twice.

    The young ones first: those that grow old meanwhile are found among the old ones.
    """
    for hashed in (f"{name}:keys", f"{name}:keys:old"):
        async with asking():
            async for field, value in client.hscan_iter(hashed, count=_MANY):
                if field:
                    yield field.decode(), position_of(value.partition(b" ")[0])


async def entries(log: RedisLog, after: str, last: str) -> AsyncIterator[Entry]:
    """Yield the log's entries after a position, up to another."""
    while after < last and (found := await log.read(after, most=_MOST)):
        for entry in found:
            if entry.position > last:
                return
            yield entry
        after = found[-1].position


async def letters(client: Redis, after: str = "", name: str = "andon:letters") -> AsyncIterator[Letter]:
    """Yield the dead letters after the one with an id ("": all of them), oldest first."""
    while True:
        async with asking():
            found: Any = await client.xrange(name, min=f"({after or '0-0'}", count=_MOST)
        if not found:
            return
        for row in found:
            yield letter_of(*row)
        after = found[-1][0].decode()


class Copy:
    """Writes a log's copy, under names nobody uses yet; entries and letters in their order."""

    def __init__(self, client: Redis, name: str, letters: str) -> None:
        self._client, self._name, self._letters = client, name, letters
        self._last = ""

    async def enter(self, found: Sequence[Entry]) -> None:
        """Write entries, and remember their keys."""
        async with asking(), self._client.pipeline(transaction=False) as pipe:
            for one in found:
                fields: dict[Any, Any] = {"at": repr(one.at), "key": one.key}
                pipe.xadd(
                    self._name, fields if one.batch is None else fields | {"batch": one.batch}, stream_id(one.position)
                )
                if one.key:
                    pipe.hset(f"{self._name}:keys", one.key, stream_id(one.position))
                self._last = one.position
            await pipe.execute()

    async def remember(self, found: Sequence[tuple[str, str]]) -> None:
        """Write senders' keys."""
        async with asking(), self._client.pipeline(transaction=False) as pipe:
            for key, position in found:
                pipe.hset(f"{self._name}:keys", key, stream_id(position))
            await pipe.execute()

    async def bury(self, found: Sequence[Letter]) -> None:
        """Write dead letters; one that is there already is left alone."""
        async with asking(), self._client.pipeline(transaction=False) as pipe:
            for one in found:
                data = msgspec.msgpack.encode(msgspec.structs.replace(one, id=""))
                pipe.xadd(self._letters, {"letter": data}, one.id)
                pipe.incrby(f"{self._letters}:bytes", len(data))
            await pipe.execute()

    async def stand(self, last: str) -> None:
        """Have what is appended from now on come after `last`, whatever this machine's clock says."""
        if last > self._last:
            async with asking():
                await self._client.xadd(self._name, {"at": "0", "key": ""}, stream_id(last))
                await self._client.xdel(self._name, stream_id(last))
