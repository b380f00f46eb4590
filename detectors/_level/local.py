"""What is left of a level beside its own last looks, in units of a very robust spread: for what stands out at once.

A level wanders; what stands out does so beside where the level was lately. The location follows at that pace, with the day's
profile and without it, whichever predicts better, and part of how far off the look before was is taken out. The spread is
learnt from the middle of what is left alone, so that outliers, however large or many, leave it as it is (Huber, Ann. Math.
Statist. 35, 1964).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from andon.detector import Field
from andon.model import Bools, Floats

_FLAT, _BY_DAY, _FLAT_ERROR, _DAY_ERROR, _SPREAD, _PREVIOUS, _SQUARE, _LAGGED = range(8)
FIELD = Field("f4", (8,))
_KEEP = 200.0
"""Looks over which the location follows."""
_SPREAD_KEEP = 1_000.0
"""Looks over which the spread forgets."""
_MIDDLE = 0.5
"""Spreads up to which something off teaches the spread."""
_NORMAL = 2.5066
"""Spreads of a normal to the mean of what is off it, bounded by the middle."""
_COARSE = 1.2
"""Units are that many spreads."""
_LEAST = 0.01
"""Of the level's usual size, the least spread."""
_YOUNG = 10.0
_BETTER = 0.8
"""The day's profile is used where its error is that much less."""
_FAR = 50.0
"""Units beyond which nothing is farther off."""


@dataclass(frozen=True, slots=True, eq=False)
class Recent:
    """A look beside the last ones, m rows: `units` off; the rest is what learning needs, in the level's unit."""

    units: Floats
    off_flat: Floats
    off_day: Floats
    rest: Floats
    spread: Floats


def take(recent: Floats, looks: Floats, off: tuple[Floats, Floats], size: Floats, near: Bools) -> Recent:
    """Take a look apart that lay `off` the slow location and the day's profile, of a level of a usual `size`, each (m,)."""
    state = recent.T.astype(np.float64)
    off_flat, off_day = off[0] - state[_FLAT], off[1] - state[_BY_DAY]
    rest = np.where(state[_DAY_ERROR] < _BETTER * state[_FLAT_ERROR], off_day, off_flat)
    trust = np.minimum(looks, _KEEP)
    persistence = state[_LAGGED] / np.maximum(state[_SQUARE], 1e-300) * (trust / (trust + 20.0))
    fresh = rest - np.where(near, 0.5 * np.clip(persistence, 0.0, 0.95) * state[_PREVIOUS], 0.0)
    spread = np.maximum(_NORMAL * state[_SPREAD], _LEAST * size + 1e-12)
    return Recent(np.clip(fresh / (_COARSE * spread), -_FAR, _FAR), off_flat, off_day, rest, spread)


def learn(recent: Floats, looks: Floats, part: Recent) -> Floats:
    """Return the state (m, 8) after a look, of what stood out no more than the bounds."""
    new, young, spread = recent.T.astype(np.float64), looks < _YOUNG, part.spread
    rate = 1.0 / np.minimum(looks + 1.0, _KEEP)
    bound = np.where(young, np.inf, 2.0 * spread)
    pace = np.where(young, 0.0, rate)
    new[_FLAT] += pace * np.clip(part.off_flat, -bound, bound)
    new[_BY_DAY] += pace * np.clip(part.off_day, -bound, bound)
    new[_FLAT_ERROR] += rate * (np.minimum(np.abs(part.off_flat), 2.0 * bound) - new[_FLAT_ERROR])
    new[_DAY_ERROR] += rate * (np.minimum(np.abs(part.off_day), 2.0 * bound) - new[_DAY_ERROR])
    rest = np.clip(part.rest, -bound, bound)
    new[_SQUARE] += rate * (rest * rest - new[_SQUARE])
    new[_LAGGED] += rate * (rest * new[_PREVIOUS] - new[_LAGGED])
    new[_PREVIOUS] = rest
    middle = np.where(young, np.abs(part.rest), np.minimum(np.abs(part.rest), _MIDDLE * spread))
    new[_SPREAD] += (middle - new[_SPREAD]) / np.minimum(looks + 1.0, _SPREAD_KEEP)
    return np.ascontiguousarray(new.T)
