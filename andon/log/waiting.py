"""What waits in a log, as one sees who does not read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from andon.log.redis import asking, position_of, stream_id


@dataclass(frozen=True, slots=True)
class Waiting:
    """`entries` the log holds, the `oldest` of those after a position in epoch seconds of the server's clock (0: none)."""

    entries: int
    oldest: float
    letters: int


async def waiting(client: Redis, after: str, name: str = "andon:log", letters: str = "andon:letters") -> Waiting:
    """Return what waits after a position, and how many dead letters there are. Unavailable."""
    async with asking():
        found: Any = await client.xrange(name, min=f"({stream_id(after)}", count=1)
        entries, refused = await client.xlen(name), await client.xlen(letters)
    oldest = int(position_of(found[0][0]).partition("-")[0]) / 1000 if found else 0.0
    return Waiting(entries, oldest, refused)
