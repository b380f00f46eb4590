"""Numbers by hash, a whole column at a time: what a dict does key by key."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from andon.model import Ints

_LEAST = 1024
_SPARE = 8
"""Slots there are for each key that is held, at the least."""


class Slots:
    """An open-addressed table with linear probing (Knuth, TAOCP vol. 3, 6.4) of evenly spread keys to numbers from 0 on."""

    def __init__(self) -> None:
        self._held = 0
        self._clear(_LEAST)

    def __len__(self) -> int:
        """Return how many keys are held."""
        return self._held

    def find(self, keys: Ints) -> npt.NDArray[np.int32]:
        """Return the number of each key (n,), -1 where it is not held."""
        slot = keys & self._mask
        other = np.flatnonzero(self._keys[slot] != keys)
        while len(other := other[self._numbers[slot[other]] >= 0]):
            slot[other] = (slot[other] + 1) & self._mask
            other = other[self._keys[slot[other]] != keys[other]]
        found: npt.NDArray[np.int32] = self._numbers[slot]
        return found

    def add(self, key: int, number: int) -> None:
        """Hold a key that is not held yet."""
        if _SPARE * (self._held + 1) > len(self._keys):
            self._grow()
        slot = key & self._mask
        while self._numbers[slot] >= 0:
            slot = (slot + 1) & self._mask
        self._keys[slot], self._numbers[slot] = key, number
        self._held += 1

    def _grow(self) -> None:
        held = self._numbers >= 0
        keys, numbers = self._keys[held].tolist(), self._numbers[held].tolist()
        self._clear(2 * len(self._keys))
        self._held = 0
        for key, number in zip(keys, numbers, strict=True):
            self.add(key, number)

    def _clear(self, size: int) -> None:
        self._keys, self._numbers = np.zeros(size, np.int64), np.full(size, -1, np.int32)
        self._mask = size - 1
