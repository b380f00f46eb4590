"""Latency in logarithmic bins: sums of histograms whose quantiles are right to 2 %.

The idea is that of DDSketch (Masson, Rim and Lee, VLDB 2019); a bin is 2 % wide here, so that a value interpolated inside
one is within 2 % of the true one.
"""

from __future__ import annotations

import math

import numpy as np

from andon.model import Floats, Ints
from andon.streams.sums import sums

LOWEST = 0.1
"""Milliseconds; everything below is in bin 0."""
HIGHEST = 3.6e6
"""Milliseconds (an hour); everything above is in the last bin."""
_STEP = math.log(1.02)
COUNT = 2 + math.ceil(math.log(HIGHEST / LOWEST) / _STEP)


def bins(values: Floats) -> Ints:
    """Return the bin of each latency in ms."""
    scaled = np.log(np.maximum(values, LOWEST) / LOWEST) / _STEP
    found = np.minimum(scaled, COUNT - 2).astype(np.int64) + 1
    found[values < LOWEST] = 0
    return found


def edges(index: Ints) -> tuple[Floats, Floats]:
    """Return the lower and upper edges of bins, in ms."""
    low = np.where(index > 0, LOWEST * np.exp((index - 1) * _STEP), 0.0)
    return low, LOWEST * np.exp(index * _STEP)


def beyond(target: float) -> Floats:
    """Return the part of each bin that lies beyond `target` ms (COUNT,), 0..1, evenly spread inside a bin."""
    low, high = edges(np.arange(COUNT, dtype=np.int64))
    return np.clip((high - target) / (high - low), 0.0, 1.0)


def quantile(row: Ints, index: Ints, weight: Floats, rows: int, part: float) -> tuple[Floats, Floats]:
    """Return the `part` quantile in ms and the weight behind it, each (rows,), NaN where there is none.

    `row`, `index` (bin) and `weight` describe histograms sparsely, sorted by row, then bin, each pair once.
    """
    total = sums(row, weight, rows)
    upto = np.cumsum(weight)
    before = np.concatenate(([0.0], np.cumsum(total)[:-1]))
    some = np.flatnonzero(total > 0)
    aim = before[some] + part * total[some]
    first = np.searchsorted(row, some, side="left")
    last = np.searchsorted(row, some, side="right") - 1
    at = np.clip(np.searchsorted(upto, aim, side="left"), first, last)
    low, high = edges(index[at])
    inside = np.clip((aim - (upto[at] - weight[at])) / weight[at], 0.0, 1.0)
    value = np.full(rows, np.nan)
    value[some] = low + (high - low) * inside
    return value, total
