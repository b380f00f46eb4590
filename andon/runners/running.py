"""A service as it runs: what its loops and its web server share."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from andon.app import Andon
from andon.config import Settings
from andon.runners.setback import Setback
from andon.store.embedded import Child
from andon.store.lease import Lease
from andon.store.looks import Seen
from andon.store.tending import Tending

STALE_AFTER = 4.0


@dataclass
class Running:
    """A running service: `alive` is when each loop last came round, in monotonic seconds; `refused` a bad rulebook's why.

    `seen` is the rulebook's fingerprint as it was last looked at. `missing`: channels that are not set up, and why. `line` is
    the socket it listens on, None to open one by the settings. `child`: the store, if it is ours. `save_every`: true
    seconds between two snapshots. `lease`: our part in who leads; `term` the one in which the engine took its work
    up, "" while it rests. `tending` minds the store. `setback`: whether the machine's clock was set back.
    """

    andon: Andon
    settings: Settings
    lease: Lease
    tending: Tending
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    alive: dict[str, float] = field(default_factory=dict)
    seen: str = ""
    refused: str = ""
    missing: Mapping[str, str] = field(default_factory=dict)
    line: socket.socket | None = None
    child: Child | None = None
    save_every: float = 10.0
    term: str = ""
    setback: Setback = field(default_factory=Setback)

    @property
    def standing_by(self) -> str:
        """Return who leads in our place, "" when we do."""
        return "" if self.lease.term else str(self.lease.leader or "nobody yet")

    @property
    def trouble(self) -> dict[str, str]:
        """Return what is wrong with the store: its `kind` (see Tending), and `why` in words; both "" when nothing is."""
        return {"kind": self.tending.trouble, "why": self.tending.why}

    @property
    def doubts(self) -> Sequence[Seen]:
        """Return how the store could lose what it has answered for."""
        return self.tending.survey.doubts

    @property
    def standby(self) -> list[str]:
        """Return who stands by to take over, as far as we know."""
        return sorted(str(one) for one in self.lease.standby if one.id != self.lease.me.id)

    @property
    def current(self) -> bool:
        """Tell whether the engine works in a term that is still ours."""
        return self.term == self.lease.term != ""

    async def take_up(self) -> None:
        """Take up the work from the saved state, in our newest term."""
        self.lease.fence.term = term = self.lease.term
        await self.andon.resume()
        self.term = term

    async def rest(self) -> None:
        """Leave the work to the one that leads; what people say is still written."""
        await self.andon.rest()
        self.term = self.lease.fence.term = ""

    def came_round(self, loop: str) -> None:
        """Note that a loop makes progress."""
        self.alive[loop] = time.monotonic()

    def late(self) -> list[str]:
        """Return the loops that have not come round lately; none when the service is ready."""
        since = time.monotonic() - STALE_AFTER
        return [name for name, at in sorted(self.alive.items()) if at < since]

    async def pause(self, seconds: float) -> None:
        """Wait for so many true seconds, less if the service is told to stop."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)
