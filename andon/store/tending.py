"""Minds the store while the service runs: how full it is, and where it is ours, that it lives and its file stays small."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from andon.errors import ConfigError, Unavailable
from andon.log.base import FULL
from andon.log.room import Room, disk_free, disk_share
from andon.store.embedded import Child
from andon.store.fold import file_of, worth_folding
from andon.store.survey import Survey

log = structlog.get_logger()
LIVES = 10.0
"""Seconds after which a store counts as living, so that its next end is not that of a row."""
PATIENCE = 8.0
"""Most seconds between two attempts to start a store that ends again and again."""
FOLDS_EVERY = 10.0


class Tending:
    """Minds one store; `child` is None where it is not ours.

    `trouble` is what is wrong with it, "" when nothing is: `memory`, `disk` (too full to take signals), `ended` (and not to be
    started), `damaged`, `unfit` (set up so that andon cannot work on it); `why` says it in words. `survey`: how it is set up.
    """

    def __init__(self, client: Redis, room: Room, child: Child | None = None) -> None:
        self._client, self._room, self._child = client, room, child
        self.survey = Survey(client, ours=child is not None)
        self._started = self._next = self._folded = float("-inf")
        self._pause = 0.0
        self._file = 0
        self.trouble = self.why = ""

    def facts(self) -> Mapping[str, float]:
        """Return how full memory and disk are, from 0 to 1, and the store's file in whole MiB of bytes; none are not told."""
        full = {"store.memory": round(self._room.memory, 2), "store.disk": round(self._room.disk, 2)}
        file = float(self._file >> 20 << 20)
        return {name: figure for name, figure in (full | {"store.file": file}).items() if figure}

    async def look(self, now: float) -> None:
        """Do what is due at a time in monotonic seconds. Unavailable: it does not answer."""
        if self._child and self._child.ended:
            await self._revive(self._child, now)
            return
        try:
            await self._room.look()
            if self._child and now - self._folded >= FOLDS_EVERY:
                await self._fold(self._child, now)
        except (RedisError, OSError) as error:
            raise Unavailable(f"the store does not answer: {error}") from error
        await self.survey.look_again(now)
        self._tell(*self._found())

    def _found(self) -> tuple[str, str]:
        if self.survey.unfit:
            return "unfit", self.survey.unfit
        for what, share in (("memory", self._room.memory), ("disk", self._room.disk)):
            if share >= FULL:
                return what, f"the store's {what} is {share:.0%} full; from {FULL:.0%} on no signals are taken"
        return "", ""

    async def _revive(self, child: Child, now: float) -> None:
        """Start it again, at once the first time; more and more slowly when it ends again and again."""
        if now < self._next:
            return
        again, said = now - self._started < LIVES, child.said()
        self._pause = min(max(1.0, 2 * self._pause), PATIENCE) if again else 0.0
        self._next, self._started = now + self._pause, now
        if again and said:
            self._tell("ended", said)
        try:
            await asyncio.to_thread(child.mend)
            child.revive()
        except ConfigError as error:
            self._tell("damaged", str(error))
        except Unavailable as error:
            self._room.disk = disk_share(child.place.data)
            self._tell("disk" if disk_free(child.place.data) == 0 or self._room.disk >= FULL else "ended", str(error))
        else:
            log.error("store.started_again", data=str(child.place.data), ended=said)

    async def _fold(self, child: Child, now: float) -> None:
        file = await file_of(self._client)
        self._file = file.size
        if worth_folding(file, self._room.disk, disk_free(child.place.data)):
            self._folded = now
            log.info("store.folds", bytes=file.size, held=file.held)
            await self._client.bgrewriteaof()

    def _tell(self, trouble: str, why: str) -> None:
        """Say once what is wrong, and once that it is over."""
        if trouble != self.trouble:
            if trouble:
                log.error("store.trouble", kind=trouble, why=why)
            else:
                log.info("store.well", after=self.trouble)
        self.trouble, self.why = trouble, why
