"""One frame: the distinct cells of a stretch of event time, in half the room where nothing is lost by that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from andon.model import Floats, Ints
from andon.streams.sums import sums

_MOST_NARROW = 2**31 - 1


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """What each column counts in k sums that are asked for together, (k, width); frames keep their sums by it."""

    columns: Floats


class Frame:
    """One frame's cells: distinct sorted keys (row * width + column) and their values; never changed, only replaced."""

    __slots__ = ("_keys", "_sums", "_values")

    def __init__(self, keys: Ints, values: Floats) -> None:
        self._keys: npt.NDArray[Any] = keys
        self._values: npt.NDArray[Any] = values
        self._sums: dict[Weights, tuple[Ints, Floats]] = {}

    @property
    def keys(self) -> Ints:
        """Return the keys, ascending."""
        return self._keys.astype(np.int64, copy=False)

    @property
    def values(self) -> Floats:
        """Return each key's value."""
        return self._values.astype(np.float64, copy=False)

    @property
    def size(self) -> int:
        """Return how many cells there are."""
        return len(self._keys)

    @property
    def is_narrow(self) -> bool:
        """Tell whether nothing is left to gain by `narrow`."""
        return self._keys.dtype == np.int32 and self._values.dtype == np.float32

    @property
    def nbytes(self) -> int:
        """Return the bytes that its cells take."""
        return self._keys.nbytes + self._values.nbytes

    def narrow(self) -> Frame:
        """Return itself once its cells take half the room, where nothing is lost by that: most are small counts."""
        if self._keys.dtype != np.int32 and len(self._keys) and self._keys.max() <= _MOST_NARROW:
            self._keys = self._keys.astype(np.int32)
        if self._values.dtype != np.float32:
            with np.errstate(over="ignore"):
                values = self._values.astype(np.float32)
            if np.array_equal(values, self._values):
                self._values = values
        return self

    def cut(self, begins: Ints) -> list[Frame]:
        """Return its cells in pieces that begin at positions, ascending from 0; each has its room to itself."""
        edges = [*begins.tolist(), len(self._keys)]
        return [Frame(self._keys[i:j].copy(), self._values[i:j].copy()) for i, j in pairwise(edges)]

    def weighed(self, weights: Weights) -> tuple[Ints, Floats]:
        """Return the rows that have cells, (r,), and the sums of their cells by each of the weights, (k, r).

        They are kept, since windows that slide ask for the same frames again at every look, until one passes without.
        """
        if (found := self._sums.get(weights)) is None:
            width = weights.columns.shape[1]
            keys, cells = self.keys, self.values
            rows = keys // width  # numpy's divmod takes ten times as long
            column = keys - rows * width
            news = np.ones(len(rows), np.bool_)
            np.not_equal(rows[1:], rows[:-1], out=news[1:])
            group, some = np.cumsum(news) - 1, rows[news]
            added = [sums(group, one[column] * cells, len(some)) for one in weights.columns]
            found = self._sums[weights] = some, np.array(added)
        return found

    def cool(self) -> None:
        """Forget the sums that were kept."""
        self._sums.clear()


def joined(frames: Sequence[Frame]) -> Frame:
    """Return the cells of frames one after another, as they stand: a key may be there again and again."""
    if not frames:
        return Frame(np.empty(0, np.int64), np.empty(0))
    keys, values = ([frame._keys for frame in frames], [frame._values for frame in frames])  # noqa: SLF001 - its own
    return Frame(np.concatenate(keys), np.concatenate(values))
