"""Special functions in plain numpy, for arrays of any shape."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from andon.model import Floats
from detectors._parts import parts

_CELLS = 160
"""Even cells in which a distribution's mass is summed."""
_FINE: Floats = 2.0 ** (np.arange(1.0, 41.0) / -1.5)
"""Where the first and the last of them are cut again, down to single counts."""


def log_rising(z: Floats, k: Floats) -> Floats:
    """Return ln(Gamma(z + k) / Gamma(z)) for z > 0, k >= 0, to about 1e-7; exact to rounding where z is huge.

    Stirling's series four steps up (Abramowitz & Stegun 6.1.41), written as a difference so that nothing large cancels.
    """
    end = z + k
    low, high = z + 4.0, end + 4.0
    back, ahead = z * (z + 3.0), end * (end + 3.0)
    stirling = (low - 0.5) * np.log1p(k / low) + k * (np.log(high) - 1.0) + _tail(high) - _tail(low)
    return np.asarray(stirling + np.log(back * (back + 2.0) / (ahead * (ahead + 2.0))))


def _tail(y: Floats) -> Floats:
    inverse = 1.0 / y
    return np.asarray(inverse * (1.0 / 12.0 - inverse * inverse * (1.0 / 360.0 - inverse * inverse / 1260.0)))


def interval(
    log_mass: Callable[[Floats, slice], Floats], mean: Floats, sd: Floats, most: Floats | float
) -> tuple[Floats, Floats]:
    """Return the central 95 % (m,), (m,) of distributions on 0..most; `log_mass` of counts (p, c) for a part of the rows.

    The mass is known up to a constant. Exact where the spread is below five, to a few hundredths of it where it is not.
    """
    low = np.maximum(0.0, np.floor(mean - 16.0 * sd - 10.0))
    top = np.minimum(most, np.ceil(mean + 16.0 * sd + 10.0)) + 1.0
    found = np.empty((2, len(mean)))
    for part in parts(len(mean), _CELLS + 2 * len(_FINE)):
        edges = _edges(low[part, None], top[part, None])
        width = np.diff(edges, axis=1)
        middle = (edges[:, :-1] + edges[:, 1:] - 1.0) / 2.0
        logs = log_mass(np.clip(middle, low[part, None], top[part, None] - 1.0), part)
        logs = np.where(width > 0.0, logs, -np.inf)
        mass = width * np.exp(np.maximum(logs - logs.max(axis=1, keepdims=True), -700.0))
        found[:, part] = _quantiles(mass, edges[:, :-1], width)
    return found[0], found[1]


def _edges(low: Floats, top: Floats) -> Floats:
    """Return the edges of cells of counts (m, c + 1): of even width, but finer at both ends, where mass may pile up."""
    stride = np.ceil((top - low) / _CELLS)
    count = int(((top - low) / stride).max()) + 1
    even = np.minimum(low + stride * np.arange(count + 1), top)
    if stride.max() <= 1.0:
        return np.asarray(even)
    fine = np.floor(stride * _FINE)
    return np.sort(np.concatenate([even, np.minimum(low + fine, top), np.maximum(top - fine, low)], axis=1), axis=1)


def _quantiles(mass: Floats, start: Floats, width: Floats) -> Floats:
    """Return the counts (2, m) at which the cells' mass (m, c) passes 2.5 and 97.5 % of the whole."""
    below = np.cumsum(mass, axis=1)
    want = below[:, -1:] * np.array([0.025, 0.975])
    place = (below[:, :, None] < want[:, None, :]).sum(axis=1)
    over, whole, first, wide = (np.take_along_axis(cells, place, axis=1) for cells in (below, mass, start, width))
    found: Floats = np.ceil(first + wide * (1.0 - (over - want) / whole)) - 1.0
    return found.T
