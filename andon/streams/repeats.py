"""Which ids were seen before, decided in the order of the log."""

from __future__ import annotations

from itertools import compress, islice, takewhile

import numpy as np

from andon.model import Batch, Bools, Floats


class Repeats:
    """Remembers ids for `seconds` of the stream's clock after they were first seen, `most` of them at the most."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._seen: dict[str, float] = {}
        self.dropped = 0
        """Ids forgotten early, for want of room: their repeats are counted twice."""

    def __len__(self) -> int:
        """Return how many ids are remembered."""
        return len(self._seen)

    def mark(self, batch: Batch, candidates: Bools, clock: Floats, repeated: Bools) -> None:
        """Set `repeated` at the candidates whose id is remembered; `clock` (n,) is the stream's at each signal."""
        named = {position: note.id for position, note in batch.notes.items() if note.id}
        if not named:
            return
        at, ids = np.fromiter(named, np.int64, len(named)), list(named.values())
        if not (counts := candidates[at]).all():
            at, ids = at[counts], list(compress(ids, counts))
        times = clock[at].tolist()
        fresh = dict(zip(ids, times, strict=True))
        if len(fresh) == len(ids) <= self._most - len(self._seen) and self._seen.keys().isdisjoint(fresh):
            self._seen.update(fresh)  # by far the most: every id is new
            return
        for position, one, now in zip(at.tolist(), ids, times, strict=True):
            repeated[position] = self._again(one, now)

    def purge(self, now: float) -> None:
        """Forget ids that have had their time; what is decided later does not depend on when this is called."""
        oldest = takewhile(lambda item: now - item[1] > self._seconds, self._seen.items())
        for key in [key for key, _ in oldest]:
            del self._seen[key]

    def save(self) -> tuple[list[str], list[float], int]:
        """Return the ids, oldest first, when each was seen, and how many were forgotten early."""
        return list(self._seen), list(self._seen.values()), self.dropped

    def load(self, saved: tuple[list[str], list[float], int]) -> None:
        """Take up what was saved."""
        ids, times, self.dropped = saved
        self._seen = dict(zip(ids, times, strict=True))

    def _again(self, one: str, now: float) -> bool:
        before = self._seen.get(one)
        if before is not None and now - before <= self._seconds:
            return True
        if before is not None:
            del self._seen[one]
        elif len(self._seen) >= self._most:
            self._make_room(now)
        self._seen[one] = now
        return False

    def _make_room(self, now: float) -> None:
        self.purge(now)
        if len(self._seen) < self._most:
            return
        early = list(islice(self._seen, max(1, self._most // 16)))
        for key in early:
            del self._seen[key]
        self.dropped += len(early)
