"""What is usual at an hour of the week: a table of 168 hours, shrunk to the hour of the day and the kind of day."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from andon.detector import Field, State
from andon.model import Bools, Floats, Ints
from detectors import _hours
from detectors._hours import HOUR, WEEK
from detectors._parts import parts

_WIDTH = 32
"""Numbers a row, of the table and its sums together, when it is drawn in parts: by measurement the quickest."""
_STEP = 0.6
"""By how much of a bend in the curve the rate between two hours may be off."""
_KINDS = (np.array([0, 1, 4, 5, 6]), np.array([2]), np.array([3]))
"""Day 0 is the epoch's, a Thursday: {Mon-Fri}, {Sat}, {Sun}."""

_MOST_TRUST = 1_000.0
"""Counts that a plainer shape is worth at most."""

FIELDS: Mapping[str, Field] = {
    **_hours.FIELDS,
    "curve": Field("f4", (5,), -1.0),  # the hour it stands for, then the log rates of the four hours around
}


def scale(state: State, rows: Ints, factor: Floats) -> None:
    """Make every hour's rate `factor` (m,) times as high, and its shape no surer than it was."""
    _hours.scale(state, rows, factor)
    state["curve"][rows, 0] = -1.0


def middles(now: float, seconds: float) -> Floats:
    """Return the middle of each piece of a window, which is cut into pieces of an hour at most."""
    pieces = max(1, int(np.ceil(seconds / HOUR - 1e-9)))
    return np.asarray(now - seconds + (np.arange(pieces) + 0.5) * (seconds / pieces), np.float64)


def learn(state: State, rows: Ints, x: Floats, exposure: Floats, now: float, seconds: float) -> None:
    """Add a window's counts and exposure to its hours, spread evenly."""
    points = middles(now, seconds)
    for at in points:
        _hours.add(state, rows, int(at // HOUR) % WEEK, x / len(points), exposure / len(points))


def usual(state: State, rows: Ints, spread: Floats, now: float, seconds: float) -> tuple[Floats, Floats]:
    """Return the usual rate (m,), per second of exposure, of a window that ended at `now`; changes nothing.

    Beside it, how unsure it is, (m,): the rate's relative variance between the middles of hours, where the curve bends.
    `spread` (m,): the variance over Poisson's, by which evidence counts for less.
    """
    places = middles(now, seconds) / HOUR - 0.5
    found = [_read(_curve(state, rows, spread, int(at // 1)), at % 1) for at in places]
    rates, unsure = (np.mean(part, axis=0) for part in zip(*found, strict=True))
    return np.asarray(rates), np.asarray(unsure)


def follow(state: State, rows: Ints, spread: Floats, now: float, seconds: float) -> tuple[Floats, Floats]:
    """Return what `usual` does, from a curve that is drawn once an hour and kept in the state till the next."""
    if seconds > HOUR:
        return usual(state, rows, spread, now, seconds)
    place = (now - seconds / 2) / HOUR - 0.5
    hour = np.floor(place)
    curve = state["curve"][rows].astype(np.float64)
    stale: Bools = curve[:, 0] != hour
    if stale.any():
        curve[stale, 1:] = _curve(state, rows[stale], spread[stale], int(hour))
        curve[stale, 0] = hour
        state["curve"][rows] = curve
    return _read(curve[:, 1:], place - hour)


def least(state: State, rows: Ints, now: float, seconds: float) -> Floats:
    """Return the least usual rate (m,) of the hour in which a window's middle lies and its neighbours, as `follow` drew them."""
    if seconds > HOUR:
        return np.full(len(rows), np.inf)
    place = (now - seconds / 2) / HOUR - 0.5
    first = 1 + int(place % 1 >= 0.5)
    return np.asarray(np.exp(state["curve"][rows, first : first + 3].min(axis=1)))


def _read(logs: Floats, t: float) -> tuple[Floats, Floats]:
    """Return rate and unsureness `t` of the way from the second to the third of four hours.

    Whether a sharp bend is a step at the hour, as when a shop opens, four hours' sums cannot tell: it may be.
    """
    bend = np.abs(np.diff(logs, n=2, axis=1)).max(axis=1)
    return np.exp(logs @ _between(t)), np.square(_STEP * 4.0 * t * (1.0 - t) * bend)


def _between(t: float) -> Floats:
    """Return Catmull and Rom's weights (1974) of four neighbours for a point `t` of the way from second to third."""
    return 0.5 * np.array(
        [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3],
    )


def _curve(state: State, rows: Ints, spread: Floats, hour: int) -> Floats:
    """Return the log rates (m, 4) of the hours from one before `hour` to two after, each shrunk to what is like it."""
    logs = np.empty((len(rows), 4))
    for part in parts(len(rows), _WIDTH):
        logs[part] = _drawn(state, rows[part], spread[part], hour)
    return logs


def _drawn(state: State, rows: Ints, spread: Floats, hour: int) -> Floats:
    counts, seconds = _hours.read(state, rows)
    x, t = (counts / spread[:, None]).reshape(-1, 7, 24), seconds.reshape(-1, 7, 24)
    overall = (x.sum(axis=(1, 2)) + 0.5) / (t.sum(axis=(1, 2)) + 60.0)
    by_hour, time = x.sum(axis=1), t.sum(axis=1)
    near = _shrunk(_around(by_hour), _around(time), overall[:, None], _trust(by_hour, time * overall[:, None], 3.0))
    daily = _shrunk(by_hour, time, near, _trust(by_hour, time * near, 6.0))
    want = t @ daily[:, :, None]
    day = np.ones((len(rows), 7))
    for kind in _KINDS:
        day[:, kind] = (x[:, kind].sum(axis=(1, 2)) + 5.0)[:, None] / (want[:, kind, 0].sum(axis=1) + 5.0)[:, None]
    day = _shrunk(x.sum(axis=2), want[:, :, 0], day, _trust(x.sum(axis=2), want[:, :, 0] * day, 20.0))
    plain = day[:, :, None] * daily[:, None, :]
    table = _shrunk(x, t, plain, _trust(x.reshape(-1, WEEK), (t * plain).reshape(-1, WEEK), 5.0)[:, :, None]).reshape(
        -1, WEEK
    )
    hours = np.arange(hour - 1, hour + 3) % WEEK
    return np.log(table[:, hours] * spread[:, None])


def _trust(x: Floats, want: Floats, least: float) -> Floats:
    """Return how many counts (m, 1), at least so many, the plainer shape that wanted `want` (m, h) is worth in each cell.

    Few where the cells' counts stray from it by more than chance does (empirical Bayes, by Pearson's chi-square).
    """
    stray = np.square(x - want) / np.maximum(want, 1e-9)
    excess = np.where(want > 1e-6, stray - 1.0, 0.0).sum(axis=1)
    return np.asarray(np.clip(want.sum(axis=1) / np.maximum(excess, 1e-9), least, _MOST_TRUST))[:, None]


def _around(by_hour: Floats) -> Floats:
    return by_hour + np.roll(by_hour, 1, axis=1) + np.roll(by_hour, -1, axis=1)


def _shrunk(x: Floats, t: Floats, rate: Floats, strength: Floats | float) -> Floats:
    """Return x/t as if `strength` more counts had come at `rate`."""
    return np.asarray((x + strength) / (t + strength / rate))
