"""Numbers for segments, so that the hot path handles integers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from andon.ingest.picked import Picked
from andon.model import Ints, Labels

_MET = 65_536
_TABLES = 8
"""How many tables of others are remembered: each maker of batches has one at a time."""


class Segments:
    """Numbers each distinct segment once; the numbers live in one process, and only until `keep`."""

    def __init__(self) -> None:
        self.labels: list[Labels] = []
        self._numbers: dict[frozenset[tuple[str, str]], int] = {}
        # Readers hand out one object for equal segments, and an object is known faster than its content. It is held, so
        # that no other takes its id.
        self._met: dict[int, int] = {}
        self._held: list[Labels] = []
        self._tables: dict[int, tuple[list[Labels], Ints]] = {}

    def __len__(self) -> int:
        """Return how many segments are numbered."""
        return len(self.labels)

    def intern(self, segments: Sequence[Labels]) -> Ints:
        """Return the number of each segment; a segment that was handed in is not changed afterwards."""
        if isinstance(segments, Picked):
            return self._picked(segments.table, segments.numbers)
        found = list(map(self._met.get, map(id, segments)))
        if None in found:
            for index, number in enumerate(found):
                if number is None:
                    found[index] = self._meet(segments[index])
        return np.array(found, np.int64)

    def keep(self, used: Ints) -> Ints:
        """Forget all but `used` (sorted numbers), which are numbered anew; return the new number of each old one (-1: none)."""
        new = np.full(len(self.labels), -1, np.int64)
        new[used] = np.arange(len(used))
        self.labels = [self.labels[number] for number in used.tolist()]
        self._numbers = {frozenset(labels.items()): number for number, labels in enumerate(self.labels)}
        self._forget()
        return new

    def _picked(self, table: list[Labels], numbers: Ints) -> Ints:
        """Return the numbers of segments that stand at `numbers` in a table of others."""
        _, known = self._tables.get(id(table), (table, np.empty(0, np.int64)))
        if len(known) < len(table):
            if len(self._tables) >= _TABLES:
                self._tables.clear()
            known = np.concatenate((known, np.full(2 * len(table) - len(known), -1, np.int64)))
            self._tables[id(table)] = table, known
        found: Ints = known[numbers]
        if (found < 0).any():
            for number in numbers[found < 0].tolist():
                known[number] = self._number(table[number])
            found = known[numbers]
        return found

    def _number(self, labels: Labels) -> int:
        key = frozenset(labels.items())
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.labels)
            self.labels.append(dict(labels))
        return number

    def _meet(self, labels: Labels) -> int:
        number = self._number(labels)
        if len(self._held) >= _MET:
            self._forget()
        self._met[id(labels)] = number
        self._held.append(labels)
        return number

    def _forget(self) -> None:
        self._met.clear()
        self._held.clear()
        self._tables.clear()
