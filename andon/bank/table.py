"""A struct of arrays that grows with the series: one row a series, bounded by what the streams hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from andon.detector import Field, State
from andon.model import Ints

SMALLEST = 16
SPARE = 16
"""It grows by one row in so many, and by SMALLEST at least: doubling would hold as much memory again for nothing."""


class Column(msgspec.Struct, frozen=True):
    """An array as it is stored: numpy's name of its dtype, its shape, its bytes in C order."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes


class Taken(dict[str, np.ndarray[Any, np.dtype[Any]]]):
    """Rows of arrays, each copied when it is first asked for: of twenty columns a look needs a few."""

    def __init__(self, arrays: State, rows: Ints) -> None:
        super().__init__()
        self._arrays, self._rows = arrays, rows

    def __missing__(self, name: str) -> np.ndarray[Any, np.dtype[Any]]:
        """Copy an array's rows."""
        found = self[name] = self._arrays[name].take(self._rows, axis=0)
        return found


class Table:
    """Arrays of a detector's or an alert's `fields`; row i of each belongs to the series that streams call i."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self.fields = dict(fields)
        self.size = 0
        self.arrays: State = {name: _empty(field, 0) for name, field in self.fields.items()}

    def grow(self, size: int) -> None:
        """Make room for rows up to `size` - 1; new rows hold the fields' initial values."""
        if size <= self.size:
            return
        self.size = max(self.size + max(SMALLEST, self.size // SPARE), size)
        for name, field in self.fields.items():
            old, new = self.arrays[name], _empty(field, self.size)
            new[: len(old)] = old
            self.arrays[name] = new

    def reset(self, rows: Ints) -> None:
        """Set rows back to their initial values: their series are no more."""
        self._fill(rows, evidence=False)

    def forgive(self, rows: Ints) -> None:
        """Set rows' evidence back to its initial value, and keep what they have learnt."""
        self._fill(rows, evidence=True)

    def take(self, rows: Ints) -> State:
        """Return a copy of rows; each array is copied once it is asked for."""
        return Taken(self.arrays, rows)

    def put(self, rows: Ints, values: State) -> None:
        """Write what `take` gave back to rows."""
        for name, array in values.items():
            self.arrays[name][rows] = array

    def pack(self, rows: Ints) -> dict[str, Column]:
        """Return rows in a form that can be stored."""
        return {
            name: Column(array.dtype.str, array[rows].shape, array[rows].tobytes())
            for name, array in self.arrays.items()
        }

    def unpack(
        self, rows: Ints, stored: Mapping[str, Column], chosen: Ints, newer: frozenset[str] = frozenset()
    ) -> bool:
        """Write the `chosen` ones of stored rows to `rows`; False, and nothing is written, where the layout has changed.

        A number may have been stored wider or narrower than it is held now; an array that is among the `newer`
        ones may be missing, and stays as it is.
        """
        if not self._fits(stored, newer):
            return False
        for name, column in stored.items():
            self.arrays[name][rows] = np.frombuffer(column.data, column.dtype).reshape(column.shape)[chosen]
        return True

    def _fits(self, stored: Mapping[str, Column], newer: frozenset[str]) -> bool:
        if not self.arrays.keys() - newer <= stored.keys() <= self.arrays.keys():
            return False
        return all(column.shape[1:] == self.arrays[name].shape[1:] for name, column in stored.items())

    def _fill(self, rows: Ints, *, evidence: bool) -> None:
        rows = rows[rows < self.size]
        for name, field in self.fields.items():
            if field.evidence or not evidence:
                self.arrays[name][rows] = field.fill


def _empty(field: Field, size: int) -> np.ndarray[Any, np.dtype[Any]]:
    return np.full((size, *field.shape), field.fill, dtype=field.dtype)
