"""What waits in a log, as one sees who does not read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from andon.log.redis import asking, position_of, stream_id


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many `entries` there are, the `oldest` in epoch seconds of the server's clock (0: there is none), and dead `letters`."""

    entries: int
    oldest: float
    letters: int


async def waiting(client: Redis, after: str, name: str = "andon:log", letters: str = "andon:letters") -> Waiting:
    """Return what waits after a position, and how many dead letters there are. Unavailable."""
    begin = stream_id(after)
    async with asking():
        found: Any = await client.xrange(name, min=f"({begin}", count=1)
        passed: Any = await client.xrange(name, min="-", max=begin, count=1)  # the log is cut there: one, or none
        entries, refused = await client.xlen(name) - len(passed), await client.xlen(letters)
    oldest = int(position_of(found[0][0]).partition("-")[0]) / 1000 if found else 0.0
    return Waiting(entries, oldest, refused)
