"""A preview of which ids were sent twice; what counts is decided in the log's order, by its reader."""

from __future__ import annotations

from collections.abc import Sequence

from andon.model import KINDS, Batch, Kind

WITHIN = 600.0
"""Seconds within which a repeated id is a duplicate."""
MOST = 500_000

_ONCE = frozenset(KINDS.index(kind) for kind in (Kind.RATING, Kind.COMPLAINT, Kind.PULL))


def ids(batch: Batch) -> list[tuple[int, str]]:
    """Return (kind's code, id) of the signals that count once an id."""
    kinds = batch.kind.tobytes()
    return [(kinds[row], note.id) for row, note in batch.notes.items() if note.id and kinds[row] in _ONCE]


class Repeats:
    """Remembers ids for 10 to 20 minutes, at most a million of them: an old half and a new one that takes its place."""

    def __init__(self) -> None:
        self._old: set[tuple[int, str]] = set()
        self._new: set[tuple[int, str]] = set()
        self._began = float("-inf")

    def count(self, found: Sequence[tuple[int, str]], now: float) -> int:
        """Return how many of these were seen before, here or among themselves."""
        self._turn(now)
        fresh = set(found)
        # Only what came is looked for: to subtract one half from the other first costs their size, for each batch.
        return len(found) - len(fresh) + sum(one in self._new or one in self._old for one in fresh)

    def remember(self, found: Sequence[tuple[int, str]], now: float) -> None:
        """Keep these for at least 10 minutes, or until a million others came."""
        self._turn(now)
        self._new.update(found)

    def _turn(self, now: float) -> None:
        if now - self._began >= WITHIN or len(self._new) >= MOST:
            self._old = self._new if now - self._began < 2 * WITHIN else set()
            self._new = set()
            self._began = now
