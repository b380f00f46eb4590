"""Who leads and what minds the store, of a service that stands on memory alone: it leads, and no server is asked."""

from __future__ import annotations

from redis.asyncio import Redis

from andon.log.room import Room
from andon.store.lease import Lease, myself
from andon.store.tending import Tending


class Alone(Lease):
    """A lease that nobody else can have."""

    def __init__(self) -> None:
        super().__init__(Redis(port=9), myself("http://here", "", b""))
        self.term = "1 here"

    async def hold(self, *, alone: bool = False) -> None:
        """Keep it."""

    async def let_go(self) -> None:
        """Keep it: nobody waits for it."""


class Untended(Tending):
    """Minds no store; a test says what is wrong with it."""

    def __init__(self) -> None:
        client = Redis(port=9)
        super().__init__(client, Room(client))

    async def look(self, now: float) -> None:
        """See nothing."""
