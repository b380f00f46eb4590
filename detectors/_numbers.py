"""Special functions in plain numpy, for arrays of any shape."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from andon.model import Floats


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


def interval(log_mass: Callable[[Floats], Floats], mean: float, sd: float, most: float) -> tuple[float, float]:
    """Return the central 95 % of a distribution on 0..most, whose log mass is known up to a constant.

    Exact where mean and spread are below some thousands, on an even grid of that many points where they are not.
    """
    low, high = max(0.0, np.floor(mean - 12 * sd - 10)), min(most, np.ceil(mean + 30 * sd + 30))
    step = max(1.0, np.ceil((high - low) / 4096))
    grid = np.arange(low, high + step, step)
    grid = grid[grid <= most]
    logs = log_mass(grid)
    mass = np.exp(np.maximum(logs - logs.max(), -700.0))
    below = np.cumsum(mass) / mass.sum()
    last = len(grid) - 1
    left = min(int(np.searchsorted(below, 0.025)), last)
    right = min(int(np.searchsorted(below, 0.975)), last)
    return float(grid[left]), float(grid[right])
