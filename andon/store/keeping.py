"""How much a server keeps of andon's, and what it forgets when it has been kept long enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from redis.asyncio import Redis

from andon.model import Incident, State
from andon.store.connect import text_of
from andon.store.packing import asking, unpack

_MANY = 500
Names = Callable[..., str]
"""Makes a key's name of its parts."""


async def held(client: Redis, key: Names) -> dict[str, float]:
    """Return counts and bytes by name: incidents, pages, the snapshot, the server's memory and its limit (0: none)."""
    async with asking(), client.pipeline(transaction=False) as pipe:
        for name in ("all", "open", "pages", "outbox"):
            pipe.zcard(key(name))
        pipe.hstrlen(key("snapshot"), "state")
        pipe.info("memory")
        *counts, snapshot, memory = await pipe.execute()
    named = dict(zip(("incidents", "incidents.open", "pages", "outbox"), map(float, counts), strict=True))
    server = {"store.bytes": float(memory["used_memory"]), "store.room": float(memory.get("maxmemory") or 0)}
    return named | {"snapshot.bytes": float(snapshot)} | server


async def purge(client: Redis, key: Names, before: float) -> int:
    """Forget incidents closed before a time, with their ledgers and pages, and when people were paged before it."""
    count = 0
    async with asking():
        await client.zremrangebyscore(key("sent"), "-inf", before)
        names: list[Any] = await client.zrangebyscore(key("all"), "-inf", before)
        for begin in range(0, len(names), _MANY):
            some = [text_of(name) for name in names[begin : begin + _MANY]]
            raw = await client.mget([key("incident", name) for name in some])
            for one in filter(None, (unpack(packed, Incident) for packed in raw)):
                if one.state is State.CLOSED and one.milestones.get("closed", one.called) < before:
                    await _forget(client, key, one)
                    count += 1
    return count


async def _forget(client: Redis, key: Names, incident: Incident) -> None:
    found: list[Any] = await client.lrange(key("pages", incident.id), 0, -1)
    pages, newest = [text_of(page) for page in found], await client.get(key("key", incident.key))
    async with client.pipeline(transaction=True) as pipe:
        pipe.delete(*[key(room, incident.id) for room in ("incident", "ledger", "pages")])
        pipe.zrem(key("all"), incident.id)
        pipe.zrem(key("wake"), incident.id)
        if newest is not None and text_of(newest) == incident.id:
            pipe.delete(key("key", incident.key))
        if pages:
            pipe.delete(*[key("page", page) for page in pages])
            pipe.zrem(key("pages"), *pages)
            pipe.zrem(key("outbox"), *pages)
        await pipe.execute()
