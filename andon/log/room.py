"""How much room the log's server has left: in its memory, and on the disk beneath it where that is ours to see."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as ServerGone
from redis.exceptions import TimeoutError as NoAnswer

from andon.errors import Unavailable
from andon.log.base import clear_of

LOOK_AGAIN = 1.0
"""True seconds between two looks; what we add meanwhile is reckoned on top."""
ANSWERS_WITHIN = 2.0
"""True seconds in which the server has to answer a look; then it counts as away until the next, and senders are told at once."""
DISK = 20 * 1024**3
"""Bytes of a disk of which a fifth is kept free: on a larger one, 4 GiB are enough for the store to fold its file."""


def disk_share(folder: Path) -> float:
    """Return how full the file system of a folder is, from 0 to 1; a large one by what is left of its last `DISK` bytes."""
    return max(0.0, 1.0 - disk_free(folder) / disk_room(folder))


def disk_room(folder: Path) -> int:
    """Return how many bytes the file system of a folder holds, as far as it counts here."""
    found = os.statvfs(folder)
    return max(1, min(found.f_blocks * found.f_frsize, DISK))


def disk_free(folder: Path) -> int:
    """Return how many bytes may still be written to the file system of a folder."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


class Room:
    """The server's room; `folder` is where it keeps its files, None when that is not on this machine.

    `memory` and `disk` are how full they were at the last look, from 0 to 1.
    """

    def __init__(self, client: Redis, folder: Path | None = None) -> None:
        self._client, self._folder = client, folder
        self._lock = asyncio.Lock()
        self._looked = float("-inf")
        self._away = ""
        self._added = 0
        self._most = self._holds = 0
        self.memory = self.disk = 0.0

    async def look(self) -> None:
        """Look again if the last look is old. Unavailable: the server did not answer it, so that nobody waits for another."""
        async with self._lock:
            if asyncio.get_running_loop().time() - self._looked >= LOOK_AGAIN:
                await self._ask()
                self._looked = asyncio.get_running_loop().time()
        if self._away:
            raise Unavailable(f"the log does not answer: {self._away}")

    async def _ask(self) -> None:
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                found: Any = await self._client.info("memory")
        except (ServerGone, NoAnswer, TimeoutError, OSError) as error:
            self._away = str(error) or f"it has said nothing for {ANSWERS_WITHIN:g} s"
            return
        self._away, self._added, self._most = "", 0, int(found.get("maxmemory", 0))
        self.memory = found["used_memory"] / self._most if self._most else 0.0
        if self._folder:
            self.disk, self._holds = disk_share(self._folder), disk_room(self._folder)

    async def take(self, size: int) -> None:
        """Make sure that so many bytes may be added; Unavailable says what is too full, or that the server is away."""
        await self.look()
        clear_of(self.memory + (self._added / self._most if self._most else 0.0), "log's memory")
        clear_of(self.disk + (self._added / self._holds if self._holds else 0.0), "log's disk")
        self._added += size
