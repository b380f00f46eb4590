"""The series of one projection: rows, their labels, and which segment belongs to which."""

from __future__ import annotations

from operator import itemgetter

import numpy as np

from andon.model import Floats, Ints, Labels, Projection
from andon.streams.where import passes

OTHER = "other"
"""The value of every dimension of the series that takes what is over the limit."""
_UNKNOWN, _OUTSIDE = -2, -1


class Series:
    """Gives each combination of the `by` values a row, up to `most`; beyond, they share one series called other.

    A row keeps its number for as long as it lives, through snapshots too.
    """

    def __init__(self, projection: Projection, most: int) -> None:
        self.projection, self._most = projection, most
        self._values = itemgetter(*projection.by) if len(projection.by) > 1 else None
        self._rows: dict[tuple[str, ...], int] = {}
        self._keys: list[tuple[str, ...] | None] = []
        self._free: list[int] = []
        self._leaving: list[int] = []
        self._of_segment = np.full(256, _UNKNOWN, np.int64)
        self._live: Ints | None = None
        self.first: Floats = np.empty(0)
        self.last: Floats = np.empty(0)
        self.full = False
        """The limit was hit, and something is counted as other."""

    def __len__(self) -> int:
        """Return how many series live."""
        return len(self._rows)

    @property
    def room(self) -> int:
        """Return one more than the highest row ever given."""
        return len(self._keys)

    def rows(self) -> Ints:
        """Return the rows that live, ascending."""
        if self._live is None:
            self._live = np.array(sorted(self._rows.values()), np.int64)
        return self._live

    def labels(self, row: int) -> Labels:
        """Return the `by` dimensions' values of a row; a dimension that was missing is left out."""
        key = self._keys[row]
        return (
            {} if key is None else {name: value for name, value in zip(self.projection.by, key, strict=True) if value}
        )

    def keys(self, rows: Ints) -> list[tuple[str, ...]]:
        """Return the `by` dimensions' values of rows that live; "" for one that was missing."""
        return [self._keys[row] or () for row in rows.tolist()]

    def place(self, segment: Ints, table: list[Labels]) -> Ints:
        """Return the row of each signal, by its segment's number; -1 where `where` does not pass.

        New series get their rows in the order of the signals.
        """
        if len(table) > len(self._of_segment):
            grown = np.full(2 * len(table), _UNKNOWN, np.int64)
            grown[: len(self._of_segment)] = self._of_segment
            self._of_segment = grown
        rows = self._of_segment[segment]
        unknown = rows == _UNKNOWN
        if unknown.any():
            numbers = list(dict.fromkeys(segment[unknown].tolist()))
            self._of_segment[numbers] = [self._row(table[number]) for number in numbers]
            rows = self._of_segment[segment]
        return rows

    def find(self, segment: Ints, table: list[Labels]) -> Ints:
        """Return the row of each signal as `place` does, giving no new ones; -1 where there is none."""
        distinct, back = np.unique(segment, return_inverse=True)
        rows = [int(self._of_segment[number]) for number in distinct.tolist()]
        known = [
            self._known(table[n]) if row == _UNKNOWN else row for n, row in zip(distinct.tolist(), rows, strict=True)
        ]
        return np.array(known, np.int64)[back]

    def seen(self, rows: Ints, time: Floats) -> None:
        """Note when rows had signals."""
        np.minimum.at(self.first, rows, time)
        np.maximum.at(self.last, rows, time)

    def evict(self, before: float) -> Ints:
        """Forget the series whose newest signal is older than `before`; return their rows."""
        rows = self.rows()
        idle = rows[self.last[rows] < before]
        for row in idle.tolist():
            self._rows.pop(self._keys[row] or (), None)
            self._keys[row] = None
        if len(idle):
            self.first[idle], self.last[idle] = np.inf, -np.inf
            self._leaving += idle.tolist()
            self._live, self.full = None, False
            self.renumber()
        return idle

    def leave(self) -> Ints:
        """Return the rows forgotten since last asked; from now on they may be given again."""
        leaving, self._leaving = self._leaving, []
        self._free = sorted({*self._free, *leaving}, reverse=True)
        return np.array(leaving, np.int64)

    def renumber(self) -> None:
        """Forget which segment belongs to which row: segments have new numbers, or rows have gone."""
        self._of_segment[:] = _UNKNOWN

    def widest(self) -> str:
        """Return the dimension with the most values."""
        counts = [len({key[index] for key in self._rows}) for index in range(len(self.projection.by))]
        return self.projection.by[counts.index(max(counts))] if counts else ""

    def save(self) -> tuple[list[tuple[str, ...] | None], list[int], list[int], bytes, bytes, bool]:
        """Return the rows' values, the free and the leaving rows, when each row was first and last seen."""
        return self._keys, self._free, self._leaving, self.first.tobytes(), self.last.tobytes(), self.full

    def load(self, saved: tuple[list[tuple[str, ...] | None], list[int], list[int], bytes, bytes, bool]) -> None:
        """Take up what was saved."""
        self._keys, self._free, self._leaving, first, last, self.full = saved
        self.first, self.last = np.frombuffer(first).copy(), np.frombuffer(last).copy()
        self._rows = {key: row for row, key in enumerate(self._keys) if key is not None}
        self._live = None
        self.renumber()

    def _known(self, labels: Labels) -> int:
        if not passes(labels, self.projection.where):
            return _OUTSIDE
        key = self._key(labels)
        return self._rows.get(key, self._rows.get((OTHER,) * len(key), _OUTSIDE))

    def _key(self, labels: Labels) -> tuple[str, ...]:
        if self._values is not None:
            try:
                key: tuple[str, ...] = self._values(labels)
            except KeyError:
                pass
            else:
                return key
        return tuple([labels.get(name, "") for name in self.projection.by])

    def _row(self, labels: Labels) -> int:
        if self.projection.where and not passes(labels, self.projection.where):
            return _OUTSIDE
        key = self._key(labels)
        row = self._rows.get(key)
        if row is None and len(self._rows) >= self._most:
            self.full = True
            key = (OTHER,) * len(key)
            row = self._rows.get(key)
        return self._new(key) if row is None else row

    def _new(self, key: tuple[str, ...]) -> int:
        self._live = None
        if self._free:
            row = self._free.pop()
            self._keys[row] = key
        else:
            row = len(self._keys)
            self._keys.append(key)
            if row >= len(self.first):
                more = np.full(max(64, len(self.first)), np.inf)
                self.first, self.last = np.concatenate((self.first, more)), np.concatenate((self.last, -more))
        self._rows[key] = row
        return row
