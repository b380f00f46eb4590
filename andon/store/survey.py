"""Looks at how a server is set up, at the start and as long as andon works on it, and tells what is doubtful about it."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from redis.asyncio import Redis

from andon.errors import ConfigError
from andon.store.looks import Seen, doubts, look

log = structlog.get_logger()
EVERY = 60.0
"""Seconds between two looks: what was mended is not told for ever."""
UNFIT_EVERY = 5.0
"""Seconds between two where andon cannot work on it, as on a primary that has become a replica."""


class Survey:
    """The looks at one server, of which ours is not written to: we have set it up, and each write waits for its disk.

    `doubts`: what an operator should know of, as of the newest look; `unfit`: why andon cannot work on it, "" while it can.
    """

    def __init__(self, client: Redis, *, ours: bool) -> None:
        self._client, self._ours = client, ours
        self._looked = float("-inf")
        self.doubts: Sequence[Seen] = ()
        self.unfit = ""

    async def look(self, now: float) -> None:
        """Look at a time in monotonic seconds, and tell each doubt once. ConfigError: andon cannot work on it. Unavailable."""
        self._looked = now
        found = doubts(await look(self._client, probe=not self._ours))
        known = {one.look for one in self.doubts}
        self.doubts, self.unfit = found, ""
        for one in found:
            if one.look not in known:
                log.warning("store.doubt", look=one.look, why=str(one))

    async def look_again(self, now: float) -> None:
        """Look where the last look is long enough ago; what would have kept andon from starting is `unfit`. Unavailable."""
        if now - self._looked < (UNFIT_EVERY if self.unfit else EVERY):
            return
        try:
            await self.look(now)
        except ConfigError as error:
            self.unfit = str(error)
