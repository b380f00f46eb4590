"""Carries a whole store into a backup's file, also while it is written to, and a backup into a store, all of it or nothing.

What is taken, in this order, while nothing is cut off the log: the snapshot and its position; every incident with its ledger and
pages, each as of one moment; dead letters; senders' keys; the log behind the snapshot; the letters that came meanwhile. So the
log knows of all that the incidents know of, and the incidents of all that the snapshot knows of: a service that takes it up
reads on from the position as it does after a crash.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

from redis.asyncio import Redis

from andon.errors import ConfigError
from andon.incidents.timers import wake
from andon.log.copying import Copy, Hold, entries, keys, letters
from andon.log.redis import RedisLog, asking
from andon.store.backup import PIECE, Case, Dead, Logged, Piece, Record, Secret, Stand, Used, Writer
from andon.store.formats import written
from andon.store.redis import RedisStore

PREFIX = "andon:"
STAGE = "andon~restored:"
"""Where a backup is put until it is whole; what is left there by one that was ended is cleared by the next."""
_TOGETHER = 64
_LED = "a service has begun to work on this store meanwhile: stop it first, and restore again."

# Every key of ours makes room for what was put aside, in one step, also for the append-only file.
_SWAP = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
for _, key in ipairs(redis.call('KEYS', ARGV[1] .. '*')) do redis.call('UNLINK', key) end
for _, key in ipairs(redis.call('KEYS', ARGV[2] .. '*')) do
  redis.call('RENAME', key, ARGV[1] .. string.sub(key, #ARGV[2] + 1))
end
return 1
"""


async def carry_out(client: Redis, writer: Writer) -> None:
    """Write all that a store and its log hold. Unavailable when it does not answer, or stood still for too long."""
    async with Hold(client) as hold:
        count = 0
        async for record in _records(client):
            writer.write(record)
            count += 1
            if count % _TOGETHER == 0:
                await hold.renew()


async def _records(client: Redis) -> AsyncIterator[Record]:
    store, log = RedisStore(client), RedisLog(client)
    state, position = await store.saved() or (b"", "")
    for begin in range(0, len(state), PIECE):
        yield Piece(state[begin : begin + PIECE])
    del state
    for name in await store.names():
        if case := await _case(store, name):
            yield case
    newest = ""
    async for letter in letters(client):
        yield Dead(letter)
        newest = letter.id
    async for key, at in keys(client):
        yield Used(key, at)
    last = await log.last()
    async for entry in entries(log, position, last):
        yield Logged(entry)
    async for letter in letters(client, newest):
        yield Dead(letter)
    yield Stand(position, max(position, last))


async def _case(store: RedisStore, name: str) -> Case | None:
    """Return an incident with all that belongs to it, as of one moment; None when it has been forgotten meanwhile."""
    while found := await store.find(name):
        rows, pages = await store.ledger(name), await store.pages(name)
        again = await store.find(name)
        if again is not None and again.version == found.version:
            return Case(found, rows, pages)
    return None


async def empty(client: Redis) -> bool:
    """Tell whether nothing of andon's is on a server."""
    async with asking():
        return not [key async for key in client.scan_iter(f"{PREFIX}*", count=1000)]


async def carry_in(client: Redis, records: Iterable[Record], keep: Callable[[list[Secret]], None]) -> None:
    """Put what a backup holds in the place of all that a store holds; `keep` takes the secrets among it just before.

    A fault of the file or of the store, or a service that leads on it, leaves the store as it was.
    """
    await _clear(client)
    try:
        stage = _Stage(client)
        await stage.fill(records)
        async with asking():
            if await client.exists(f"{PREFIX}lease"):
                raise ConfigError(_LED)
            keep(
                stage.secrets
            )  # first: one that is ended in between is restored again, as the store is still what it was
            swapped = await client.eval(_SWAP, 1, f"{PREFIX}lease", PREFIX, STAGE)
        if not swapped:
            raise ConfigError(_LED)
    finally:
        await _clear(client)


async def _clear(client: Redis) -> None:
    async with asking():
        async for key in client.scan_iter(f"{STAGE}*", count=1000):
            await client.unlink(key)


class _Stage:
    """A store and a log in the making; `secrets` are no part of them."""

    def __init__(self, client: Redis) -> None:
        self.secrets: list[Secret] = []
        self._store, self._log = RedisStore(client, STAGE), Copy(client, f"{STAGE}log", f"{STAGE}letters")
        self._state = bytearray()

    async def fill(self, records: Iterable[Record]) -> None:
        """Write everything; records of one sort that come together are written together."""
        for sort, some in groupby(records, type):
            for found in _several(some):
                await self._write(sort, found)
        await self._store.mark(written())

    async def _write(self, sort: type[Record], found: list[Any]) -> None:
        if sort is Case:
            for one in found:
                await self._store.put(one.incident, one.rows, one.pages, wake(one.incident))
        elif sort is Logged:
            await self._log.enter([one.entry for one in found])
        elif sort is Dead:
            await self._log.bury([one.letter for one in found])
        elif sort is Used:
            await self._log.remember([(one.key, one.position) for one in found])
        elif sort is Piece:
            self._state += b"".join(one.data for one in found)
        elif sort is Secret:
            self.secrets += found
        else:
            await self._stand(found[0])

    async def _stand(self, stand: Stand) -> None:
        await self._log.stand(stand.last)
        if self._state:
            await self._store.save(bytes(self._state), stand.position)


def _several(records: Iterator[Any]) -> Iterator[list[Any]]:
    """Yield records together, few enough to be held at once."""
    found: list[Any] = []
    size = 0
    for one in records:
        found.append(one)
        size += len(one.entry.batch or b"") if isinstance(one, Logged) else 0
        if len(found) >= _TOGETHER or size >= PIECE:
            yield found
            found, size = [], 0
    if found:
        yield found
