"""What is left of a level once its location, its day and its persistence are taken away, in units of its own spread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from andon.detector import Field, State
from andon.model import Bools, Floats, Ints

_HOUR = 3_600.0
_LOOKS, _FLAT, _FLAT_ERROR, _DAY_ERROR, _SPREAD, _PREVIOUS, _SQUARE, _LAGGED, _SIZE = range(9)
FIELDS: Mapping[str, Field] = {
    "base": Field("f8", (9,)),
    "day_sum": Field("f4", (24,)),
    "day_n": Field("f2", (24,)),
}
_KEEP = 1_000.0
"""Looks over which location and spread forget."""
_DAYS = 14.0
"""Days over which the profile forgets."""
_SHRUNK = 3.0
"""Looks at an hour that speak for no swing before any were seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A look taken apart, m rows: `units`, the remainder in spreads; `rest`, without the persistent part taken out.

    `fresh` is the remainder in the level's unit; `off_flat` and `off_day`: how far off it was without a profile and with it.
    `usual` is the level expected, `lasting` how many spreads each remainder gains by a shift of one unit that lasts.
    """

    units: Floats
    rest: Floats
    fresh: Floats
    off_flat: Floats
    off_day: Floats
    usual: Floats
    lasting: Floats


def looks(state: State, rows: Ints) -> Floats:
    """Return how many looks with data (m,) have been learnt from."""
    return np.asarray(state["base"][rows, _LOOKS])


def size(state: State, rows: Ints) -> Floats:
    """Return how large a level (m,) usually is, whatever its sign."""
    return np.asarray(state["base"][rows, _SIZE])


def take(state: State, rows: Ints, x: Floats, at: float, *, near: Bools) -> Part:
    """Take levels (m,) apart; before the first look everything is as expected."""
    base = state["base"][rows]
    new = base[:, _LOOKS] <= 0.0
    flat = np.where(new, x, base[:, _FLAT])
    day = flat + _profile(state, rows, at)
    expected = np.where(_by_day(base), day, flat)
    rest, persistence, spread = x - expected, _persistence(base), _spread(base)
    fresh = rest - np.where(near, persistence * base[:, _PREVIOUS], 0.0)
    units = np.clip(fresh / spread, -50.0, 50.0)
    return Part(units, rest, fresh, x - flat, x - day, expected, (1.0 - persistence) / spread)


def usual(state: State, rows: Ints, at: float, looks: Floats) -> tuple[Floats, Floats]:
    """Return what is usual at a time (m,), and how far a window of `looks` spreads about it; NaN before the first.

    A mean of many looks strays less than one does, by how persistent they are; other levels less so: a third is left.
    """
    base = state["base"][rows]
    flat = base[:, _FLAT] + np.where(_by_day(base), _profile(state, rows, at), 0.0)
    persistence = _persistence(base)
    calmer = np.sqrt((1.0 + persistence) / (1.0 - persistence) / looks)
    spread = _spread(base) / np.sqrt(1.0 - persistence**2) * np.clip(calmer, 0.33, 1.0)
    unknown = base[:, _LOOKS] <= 0.0
    return np.where(unknown, np.nan, flat), np.where(unknown, np.nan, spread)


def learn(state: State, rows: Ints, part: Part, x: Floats, at: float) -> None:
    """Learn from a look, what is far out winsorised."""
    base = state["base"][rows]
    rate = 1.0 / np.minimum(base[:, _LOOKS] + 1.0, _KEEP)
    bound = 4.0 * _spread(base)
    young = base[:, _LOOKS] < 10.0
    step = np.where(young, part.off_flat, np.clip(part.off_flat, -bound * 2, bound * 2))
    _learn_hour(state, rows, np.clip(part.off_flat, -bound * 4, bound * 4), at)
    rest = np.where(young, part.rest, np.clip(part.rest, -2.0 * bound, 2.0 * bound))
    base[:, _FLAT] = np.where(base[:, _LOOKS] <= 0.0, x, base[:, _FLAT] + rate * step)
    size = np.where(young, np.abs(part.fresh), np.minimum(np.abs(part.fresh), bound))
    new = np.stack([np.abs(part.off_flat), np.abs(part.off_day)], axis=1)
    new = np.minimum(new, np.where(young, np.inf, 4.0 * bound)[:, None])
    quick = np.maximum(rate, 0.002)[:, None]
    base[:, _FLAT_ERROR : _DAY_ERROR + 1] += quick * (new - base[:, _FLAT_ERROR : _DAY_ERROR + 1])
    base[:, _SPREAD] += rate * (size - base[:, _SPREAD])
    base[:, _SQUARE] += rate * (rest * rest - base[:, _SQUARE])
    base[:, _LAGGED] += rate * (rest * base[:, _PREVIOUS] - base[:, _LAGGED])
    base[:, _SIZE] += rate * (
        np.minimum(np.abs(x), 10.0 * base[:, _SIZE] + np.where(young, np.abs(x), bound)) - base[:, _SIZE]
    )
    base[:, _PREVIOUS] = rest
    base[:, _LOOKS] += 1.0
    state["base"][rows] = base


def _learn_hour(state: State, rows: Ints, off: Floats, at: float) -> None:
    """Add what a look lay off the flat location to its hour of the day."""
    hour = int(at // _HOUR) % 24
    total = state["day_n"][rows, hour] + 1.0
    keep = 1.0 - 1.0 / np.maximum(total, 2.0) * (total > 60.0 * _DAYS)
    state["day_n"][rows, hour] = total * keep
    state["day_sum"][rows, hour] = (state["day_sum"][rows, hour] + off) * keep


def _profile(state: State, rows: Ints, at: float) -> Floats:
    place = at / _HOUR - 0.5
    part = place % 1
    hours = [int(place // 1) % 24, int(place // 1 + 1) % 24]
    values = state["day_sum"][rows[:, None], hours] / (state["day_n"][rows[:, None], hours] + _SHRUNK)
    return np.asarray(values @ np.array([1.0 - part, part]))


def _by_day(base: Floats) -> Bools:
    return np.asarray(base[:, _DAY_ERROR] < 0.95 * base[:, _FLAT_ERROR])


def _persistence(base: Floats) -> Floats:
    looks = np.minimum(base[:, _LOOKS], _KEEP)
    found = base[:, _LAGGED] / np.maximum(base[:, _SQUARE], 1e-300)
    return np.clip(found * looks / (looks + 20.0), 0.0, 0.95)


def _spread(base: Floats) -> Floats:
    """Return the spread (m,): 1.25 mean deviations, as a normal's, and never quite nothing."""
    return np.maximum(1.2533 * base[:, _SPREAD], 1e-3 * base[:, _SIZE] + 1e-12)
