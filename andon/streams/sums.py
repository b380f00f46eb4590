"""Numbers by group: sums in the order in which they stand, and which there are."""

from __future__ import annotations

import numpy as np

from andon.model import Floats, Ints

DENSE = 16
"""Up to so many possible numbers for one that is there, counting beats sorting."""


def sums(group: Ints, values: Floats, room: int) -> Floats:
    """Return the sum of each group's values (room,); numpy adds them one after the other, so order decides every bit."""
    return np.bincount(group, values, minlength=room).astype(np.float64, copy=False)


def distinct(numbers: Ints) -> Ints:
    """Return the distinct ones among some numbers (n > 0,), ascending."""
    low = int(numbers.min())
    if int(numbers.max()) - low < DENSE * len(numbers):
        return np.flatnonzero(np.bincount(numbers - low)) + low
    return np.unique(numbers)
