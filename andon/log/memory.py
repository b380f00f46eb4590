"""The log in memory: a double with the same behaviour, for replays and tests; nothing in it outlives the process."""

from __future__ import annotations

import asyncio
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import msgspec

from andon.log.base import KEY_KEPT, MOST_KEYS, MOST_LETTER_BYTES, MOST_LETTERS, clear_of, forget_letters, reused
from andon.model import Entry, Letter


class MemoryLog:
    """Implements the Log protocol; `room` is how many bytes of batches are all it may hold (None: no end).

    Positions are numbers padded by zeros. A key is known for 24 h by the entries' own times.
    """

    def __init__(self, room: int | None = None) -> None:
        self._entries: list[Entry] = []
        self._letters: dict[str, Letter] = {}
        self._keys: dict[str, tuple[float, str, str]] = {}
        self._count = self._told = self._weight = 0
        self._room = room
        self._more = asyncio.Event()

    async def append(
        self,
        at: float,
        batch: bytes | None,
        key: str = "",
        letters: Sequence[Letter] = (),
        *,
        mark: str = "",
        urgent: bool = False,
    ) -> str:
        """Write a batch and what it had refused; a key of the last 24 h writes nothing and returns its first position."""
        if self._room and (batch is not None or letters) and not urgent:
            clear_of(sum(len(entry.batch or b"") for entry in self._entries) / self._room)
        if key and key in self._keys and at - self._keys[key][0] < KEY_KEPT:
            _, first, marked = self._keys[key]
            if mark and marked and mark != marked:
                raise reused()
            return first
        self._count += 1
        position = f"{self._count:020d}"
        self._entries.append(Entry(position=position, at=at, batch=batch, key=key))
        self._keep(letters)
        if key:
            self._remember(key, at, position, mark)
        self._more.set()
        return position

    async def read(self, after: str, most: int = 64, wait: float = 0.0) -> list[Entry]:
        """Return up to `most` entries after a position, waiting up to `wait` true seconds for the first."""
        now = asyncio.get_running_loop().time
        until = now() + wait
        while not (found := self._after(after, most)) and (left := until - now()) > 0:
            self._more.clear()
            try:
                await asyncio.wait_for(self._more.wait(), left)
            except TimeoutError:
                return []
        return found

    async def last(self) -> str:
        """Return the newest position, "" when the log is empty."""
        return self._entries[-1].position if self._entries else ""

    async def newest(self) -> Entry | None:
        """Return the newest entry, None when the log is empty."""
        return self._entries[-1] if self._entries else None

    async def trim(self, before: str) -> None:
        """Forget entries before a position."""
        del self._entries[: bisect_left(self._entries, before, key=_position)]

    async def letters(self, most: int = 1000) -> list[Letter]:
        """Return the oldest dead letters, oldest first; their `id` is set."""
        return list(self._letters.values())[:most]

    async def drop_letters(self, ids: Sequence[str]) -> None:
        """Forget dead letters that were sent again."""
        for name in ids:
            if gone := self._letters.pop(name, None):
                self._weight -= len(gone.raw)

    async def purge(self, before: float) -> None:
        """Forget dead letters that came before a time."""
        await forget_letters(self, before)

    async def held(self) -> dict[str, float]:
        """Return how much is kept."""
        size = sum(len(entry.batch or b"") for entry in self._entries)
        counts = {"log.entries": len(self._entries), "log.bytes": size, "keys": len(self._keys)}
        return {name: float(count) for name, count in counts.items()} | {
            "letters": float(len(self._letters)),
            "letters.bytes": float(self._weight),
        }

    def _after(self, position: str, most: int) -> list[Entry]:
        start = bisect_right(self._entries, position, key=_position)
        return self._entries[start : start + most]

    def _keep(self, letters: Sequence[Letter]) -> None:
        for letter in letters:
            self._told += 1
            name = str(self._told)
            self._letters[name] = msgspec.structs.replace(letter, id=name)
            self._weight += len(letter.raw)
        while len(self._letters) > MOST_LETTERS or self._weight > MOST_LETTER_BYTES:
            self._weight -= len(self._letters.pop(next(iter(self._letters))).raw)

    def _remember(self, key: str, at: float, position: str, mark: str) -> None:
        self._keys.pop(key, None)  # back to the end: the dict stays in the order of time
        self._keys[key] = (at, position, mark)
        while len(self._keys) > MOST_KEYS or at - self._keys[next(iter(self._keys))][0] >= KEY_KEPT:
            del self._keys[next(iter(self._keys))]


def _position(entry: Entry) -> str:
    return entry.position
