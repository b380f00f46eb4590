"""Counts and time by hour of the week, kept small: of each hour its rate, in 2 bytes, and the time it rests on, in one.

The hour under way is summed up exactly beside them and goes in once it is over, or full: so that no look is too short to
count, and what is rounded away is a three-thousandth of a rate, and two minutes of its time.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from andon.detector import Field, State
from andon.model import Bools, Floats, Ints

HOUR = 3_600.0
WEEK = 168
MOST = 8 * HOUR
"""Seconds that an hour of the week remembers: eight weeks."""
_UNIT = MOST / 240.0
"""Seconds that a unit of time stands for: two minutes."""
_LOW, _HIGH = float(np.log(1e-9)), float(np.log(1e8))
_STEP = (_HIGH - _LOW) / 65_534.0
_RATES: Floats = np.concatenate([[0.0], np.exp(_LOW + _STEP * np.arange(65_535))])
"""The rate that each number stands for, a second; 0: nothing came."""
_WHICH, _X, _T = range(3)
FIELDS: Mapping[str, Field] = {
    "hour_rates": Field("u2", (WEEK,)),
    "hour_times": Field("u1", (WEEK,)),
    "hour_now": Field("f4", (3,)),  # which hour of the week is under way, its counts, its time
}


def read(state: State, rows: Ints) -> tuple[Floats, Floats]:
    """Return counts and seconds, each (m, 168), with those of the hour under way."""
    time = np.asarray(state["hour_times"][rows] * _UNIT)
    counts, now = _RATES[state["hour_rates"][rows]] * time, state["hour_now"][rows]
    at = np.arange(len(rows)), now[:, _WHICH].astype(np.int64)
    counts[at] += now[:, _X]
    time[at] += now[:, _T]
    return counts, time


def add(state: State, rows: Ints, hour: int, x: Floats, seconds: Floats) -> None:
    """Add counts and seconds, (m,), of an hour of the week, which follows the last or is it."""
    now = state["hour_now"][rows].astype(np.float64)
    _close(state, rows, now, (now[:, _WHICH] != hour) & (now[:, _T] > 0.0))
    now[:, _WHICH] = hour
    now[:, _X] += x
    now[:, _T] += seconds
    _close(state, rows, now, now[:, _T] >= HOUR - 0.5)
    state["hour_now"][rows] = now


def scale(state: State, rows: Ints, factor: Floats) -> None:
    """Make every rate `factor` (m,) times as high, and no surer than it was: by fewer counts, or in less time."""
    longer = np.maximum(factor, 1.0)
    state["hour_rates"][rows] = _coded(_RATES[state["hour_rates"][rows]] * factor[:, None])
    state["hour_times"][rows] = np.ceil(state["hour_times"][rows] / longer[:, None])
    state["hour_now"][rows, _X] *= factor / longer
    state["hour_now"][rows, _T] /= longer


def _close(state: State, rows: Ints, now: Floats, done: Bools) -> None:
    """Put into the table what `now` (m, 3) holds of rows whose hour is `done`, and begin these anew."""
    if not done.any():
        return
    at = rows[done], now[done, _WHICH].astype(np.int64)
    time = state["hour_times"][at] * _UNIT
    counts, total = _RATES[state["hour_rates"][at]] * time + now[done, _X], time + now[done, _T]
    state["hour_rates"][at] = _coded(counts / np.maximum(total, _UNIT))
    state["hour_times"][at] = np.clip(np.ceil(total / _UNIT - 0.01), 1.0, 240.0)
    now[done, _X:] = 0.0


def _coded(rate: Floats) -> Floats:
    code = np.rint((np.log(np.maximum(rate, 1e-300)) - _LOW) / _STEP) + 1.0
    return np.where(rate > 0.0, np.clip(code, 1.0, 65_535.0), 0.0)
