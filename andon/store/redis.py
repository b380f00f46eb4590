"""The store on a Redis protocol server: every outcome is one MULTI, guarded by WATCH on the incident's version.

Keys: `incident:ID`, `key:GROUPING` -> id, `open`, `all` and `wake` (sorted by time), `codes` (code -> id), `ledger:ID`,
`page:ID`, `pages` and `outbox` (sorted by time), `pages:INCIDENT`, `sent` (by time), `snapshot`, `board`.
Where several services share it, what the one that leads decides is written only in its own term (see `lease.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import WatchError

from andon.errors import ConfigError, Conflict, Unavailable
from andon.model import Delivery, Incident, Light, Outcome, Row, State
from andon.store import keeping
from andon.store.base import new_deliveries
from andon.store.connect import text_of
from andon.store.lease import DEPOSED, Fence
from andon.store.packing import Board, NoRoom, Versioned, asking, pack, raw_of, scored, transaction, unpack

SENT_KEPT = 86_400.0

# Shown twice a second and never read after a restart: it goes into the memory, and not into the append-only file.
_SHOW = """
redis.replicate_commands()
redis.set_repl(redis.REPL_NONE)
return redis.call('SET', KEYS[1], ARGV[1])
"""
# The one write that makes room, as the log behind it can go then, is allowed past the limit. Since Redis 7.
_KEEP = """#!lua flags=allow-oom
return redis.call('HSET', KEYS[1], 'state', ARGV[1], 'position', ARGV[2])
"""


class RedisStore:
    """Implements the Store protocol on one primary; `prefix` keeps several andons apart, `fence` who leads from who did."""

    def __init__(self, client: Redis, prefix: str = "andon:", fence: Fence | None = None) -> None:
        self._client, self._prefix = client, prefix
        self._fence = fence or Fence(f"{prefix}term")

    def _key(self, *parts: str) -> str:
        return self._prefix + ":".join(parts)

    @asynccontextmanager
    async def _leading(self) -> AsyncIterator[Pipeline]:
        """Yield a transaction that only the one that leads gets through; Unavailable for everybody else."""
        async with asking(), transaction(self._client) as pipe:
            try:
                await pipe.watch(self._fence.key)
                self._fence.check(await pipe.get(self._fence.key))
                pipe.multi()  # type: ignore[no-untyped-call] # redis-py leaves it untyped
                yield pipe
                await pipe.execute()
            except WatchError as error:  # redis-py says so, too, where the line broke while the key was watched
                raise Unavailable(f"{error.__context__ or DEPOSED}") from error

    async def incident(self, key: str) -> Incident | None:
        """Return the newest incident with a grouping key."""
        async with asking():
            name = await self._client.get(self._key("key", key))
            return None if name is None else await self._incident(text_of(name))

    async def _incident(self, name: str) -> Incident | None:
        return unpack(await self._client.get(self._key("incident", name)), Incident)

    async def find(self, name: str) -> Incident | None:
        """Return an incident by id, or an open one by code."""
        async with asking():
            found = await self._incident(name)
            if found is None and (known := await self._client.hget(self._key("codes"), name.upper())):
                found = await self._incident(text_of(known))
            return found

    async def _many(self, names: Sequence[Any]) -> list[Incident]:
        if not names:
            return []
        raw = await self._client.mget([self._key("incident", text_of(name)) for name in names])
        return [found for one in raw if (found := unpack(one, Incident)) is not None]

    async def open_incidents(self) -> list[Incident]:
        """Return what is not closed, oldest first."""
        async with asking():
            found = await self._many(await self._client.zrange(self._key("open"), 0, -1))
            return sorted(found, key=lambda one: (one.called, one.id))

    async def incidents(self, most: int = 200) -> list[Incident]:
        """Return the newest incidents."""
        async with asking():
            return await self._many(await self._client.zrevrange(self._key("all"), 0, most - 1))

    async def names(self) -> list[str]:
        """Return the ids of all incidents, oldest first."""
        async with asking():
            found: Any = await self._client.zrange(self._key("all"), 0, -1)
            return [text_of(name) for name in found]

    async def codes(self) -> set[str]:
        """Return the answer codes in use."""
        async with asking():
            return {text_of(code) for code in await self._client.hkeys(self._key("codes"))}

    async def commit(self, outcome: Outcome, wake: float | None) -> None:
        """Write one outcome, or raise Conflict."""
        new = outcome.incident
        async with asking(), transaction(self._client) as pipe:
            ids = [self._key("page", page.id) for page in outcome.pages]
            name = self._key("incident", new.id)
            await pipe.watch(name, self._fence.key, *ids)
            stored, term, *pages = await pipe.mget(name, self._fence.key, *ids)
            self._fence.check(term)
            old = unpack(stored, Versioned) or Versioned()
            if new.version != old.version + 1:
                raise Conflict(f"incident {new.id}: {old.version} is stored, {new.version} was offered")
            known = {key for key, page in zip(ids, pages, strict=True) if page is not None}
            pipe.multi()  # type: ignore[no-untyped-call] # redis-py leaves it untyped
            self._write_incident(pipe, new, wake)
            if outcome.rows:
                pipe.rpush(self._key("ledger", new.id), *[pack(row) for row in outcome.rows])
            for delivery in new_deliveries(outcome):
                if self._key("page", delivery.page.id) not in known:
                    self._write_page(pipe, delivery)
            await pipe.execute()

    async def put(self, incident: Incident, rows: Sequence[Row], pages: Sequence[Delivery], wake: float | None) -> None:
        """Write an incident that was kept elsewhere, with all that belongs to it; the newest of its key comes last."""
        async with asking(), transaction(self._client) as pipe:
            self._write_incident(pipe, incident, wake)
            pipe.set(self._key("key", incident.key), incident.id)
            if rows:
                pipe.rpush(self._key("ledger", incident.id), *map(pack, rows))
            for delivery in pages:
                self._write_page(pipe, delivery)
            await pipe.execute()

    def _write_incident(self, pipe: Pipeline, new: Incident, wake: float | None) -> None:
        pipe.set(self._key("incident", new.id), pack(new))
        if new.version == 1:  # what is said of an older one later makes it no newer
            pipe.set(self._key("key", new.key), new.id)
        pipe.zadd(self._key("all"), {new.id: new.called})
        if new.state is State.CLOSED:
            pipe.zrem(self._key("open"), new.id)
            pipe.hdel(self._key("codes"), new.code)
        else:
            pipe.zadd(self._key("open"), {new.id: new.called})
            pipe.hset(self._key("codes"), new.code, new.id)
        if wake is None:
            pipe.zrem(self._key("wake"), new.id)
        else:
            pipe.zadd(self._key("wake"), {new.id: wake})

    def _write_page(self, pipe: Pipeline, delivery: Delivery) -> None:
        page = delivery.page
        pipe.set(self._key("page", page.id), pack(delivery))
        pipe.rpush(self._key("pages", page.incident), page.id)
        pipe.zadd(self._key("pages"), {page.id: page.due})
        if delivery.next_try is not None:
            pipe.zadd(self._key("outbox"), {page.id: delivery.next_try})
        pipe.zadd(self._key("sent"), {f"{page.channel}\n{page.person}\n{page.id}": page.due})
        pipe.zremrangebyscore(self._key("sent"), "-inf", page.due - SENT_KEPT)

    async def due(self, now: float) -> list[tuple[float, str]]:
        """Return (when, id) of incidents to be looked at by `now`."""
        async with asking():
            found = scored(await self._client.zrangebyscore(self._key("wake"), "-inf", now, withscores=True))
            return [(when, name) for name, when in found]

    async def ledger(self, incident: str) -> list[Row]:
        """Return an incident's rows in order."""
        async with asking():
            rows = await self._client.lrange(self._key("ledger", incident), 0, -1)
            return [msgspec.msgpack.decode(raw_of(row), type=Row) for row in rows]

    async def _pages(self, names: Sequence[Any]) -> list[Delivery]:
        if not names:
            return []
        raw = await self._client.mget([self._key("page", text_of(name)) for name in names])
        return [found for one in raw if (found := unpack(one, Delivery)) is not None]

    async def outbox(self, now: float) -> list[Delivery]:
        """Return what is to be tried by `now`."""
        async with asking():
            return await self._pages(await self._client.zrangebyscore(self._key("outbox"), "-inf", now))

    async def delivery(self, page: str) -> Delivery | None:
        """Return a delivery by its page's id."""
        async with asking():
            return unpack(await self._client.get(self._key("page", page)), Delivery)

    async def pages(self, incident: str) -> list[Delivery]:
        """Return an incident's deliveries in order."""
        async with asking():
            return await self._pages(await self._client.lrange(self._key("pages", incident), 0, -1))

    async def settle(self, delivery: Delivery) -> None:
        """Write what became of a page, or raise Conflict; where the line broke after it was written, it is ours."""
        try:
            await self._settle(delivery)
        except Conflict as error:
            if not isinstance(error.__cause__, WatchError) or pack(await self.delivery(delivery.page.id)) != pack(
                delivery
            ):
                raise

    async def _settle(self, delivery: Delivery) -> None:
        name, key = delivery.page.id, self._key("page", delivery.page.id)
        async with asking(), transaction(self._client) as pipe:
            await pipe.watch(key)
            stored = unpack(await pipe.get(key), Delivery)
            if stored is None or delivery.version != stored.version + 1:
                raise Conflict(f"page {name}: somebody else wrote it first")
            pipe.multi()  # type: ignore[no-untyped-call] # redis-py leaves it untyped
            pipe.set(key, pack(delivery))
            if delivery.next_try is None:
                pipe.zrem(self._key("outbox"), name)
            else:
                pipe.zadd(self._key("outbox"), {name: delivery.next_try})
            await pipe.execute()

    async def sent(self, since: float) -> dict[tuple[str, str], list[float]]:
        """Return when each (person, channel) was paged since a time."""
        found: dict[tuple[str, str], list[float]] = {}
        async with asking():
            rows = await self._client.zrangebyscore(self._key("sent"), since, "+inf", withscores=True)
        for member, at in scored(rows):
            channel, person, _ = member.split("\n", 2)
            found.setdefault((person, channel), []).append(at)
        return found

    async def deliveries(self, most: int = 200) -> list[Delivery]:
        """Return the newest deliveries."""
        async with asking():
            return await self._pages(await self._client.zrevrange(self._key("pages"), 0, most - 1))

    async def save(self, snapshot: bytes, position: str) -> None:
        """Keep the engine's state and its position, in one command; packed, since all of it goes to the disk each time."""
        packed, name = await asyncio.to_thread(zlib.compress, snapshot, 1), self._key("snapshot")
        try:
            async with self._leading() as pipe:
                pipe.hset(name, mapping={"state": packed, "position": position})
        except NoRoom:
            async with self._leading() as pipe:
                pipe.eval(_KEEP, 1, name, packed, position)

    async def saved(self) -> tuple[bytes, str] | None:
        """Return the engine's state and its position."""
        async with asking():
            state, position = await self._client.hmget(self._key("snapshot"), ["state", "position"])
            if not isinstance(state, bytes) or position is None:
                return None
            try:
                return await asyncio.to_thread(zlib.decompress, state), text_of(position)
            except zlib.error as error:
                raise ConfigError(
                    "what the store keeps of the engine's state is damaged: put a backup back, with andon restore FILE"
                ) from error

    async def formats(self) -> dict[str, str]:
        """Return what the version that wrote last said of itself."""
        async with asking():
            found: dict[Any, Any] = await self._client.hgetall(self._key("formats"))
            return {text_of(name): text_of(number) for name, number in found.items()}

    async def mark(self, formats: Mapping[str, str]) -> None:
        """Write down what this version says of itself."""
        mapping: dict[Any, Any] = dict(formats)
        async with self._leading() as pipe:
            pipe.delete(self._key("formats"))
            pipe.hset(self._key("formats"), mapping=mapping)

    async def stands(self) -> str:
        """Return the log position that the kept state stands for, "" when none is kept."""
        async with asking():
            return text_of(await self._client.hget(self._key("snapshot"), "position") or "")

    async def show(self, lights: Sequence[Light], facts: dict[str, float]) -> None:
        """Publish what the board shows; where there is no room for it, the board stays as it is."""
        packed = pack(Board(list(lights), facts))
        with contextlib.suppress(NoRoom):
            async with self._leading() as pipe:
                pipe.eval(_SHOW, 1, self._key("board"), packed)

    async def shown(self) -> tuple[list[Light], dict[str, float]]:
        """Return what was last published."""
        async with asking():
            board = unpack(await self._client.get(self._key("board")), Board)
            return ([], {}) if board is None else (board.lights, board.facts)

    async def purge(self, before: float) -> int:
        """Forget incidents closed before a time, with their ledgers and pages, and when people were paged before it."""
        return await keeping.purge(self._client, self._key, before)

    async def held(self) -> dict[str, float]:
        """Return how much is kept."""
        return await keeping.held(self._client, self._key)
