"""A count's usual rate: its level, and by how much it varies beyond chance, hour by hour and over longer spans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from andon.detector import Field, State
from andon.model import Floats, Ints
from detectors import _dispersion, _longrun_counts, _negbin
from detectors._parts import parts

_HOUR = 3_600.0
"""Over-dispersion is judged an hour at a time."""
_WEEK = 7 * 86_400.0
_UNKNOWN = 0.5
"""The rate's relative variance while nothing is known of it."""
_COUNTS, _USUAL, _TIME, _AGE, _EXCESS, _WANDER, _X, _MEAN, _T = range(9)
"""Counts, what would be usual at level 1, the time of both, as far as remembered; the time in all, up to four weeks; the
ladder's word; the block under way."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a rate is learnt: seconds of a block, that it remembers, and until what it expects is worth judging by."""

    block: float
    memory: float
    settled: float

    @classmethod
    def of(cls, every: float, *, seasonal: bool) -> Pace:
        """Return that of looks `every` seconds: it remembers a week, or 500 looks if these take longer."""
        block = max(_HOUR, every)
        return cls(block, max(_WEEK, 500.0 * every), _WEEK if seasonal else 4.0 * block)


def fields(sizes: int) -> Mapping[str, Field]:
    """Return the state's fields, for `sizes` shift sizes."""
    return {
        "rate": Field("f4", (9,)),
        "ladder": _dispersion.field(),
        "spans": _longrun_counts.field(),
        "factor": Field("f4", (sizes,), 1.0),
    }


def level(rate: Floats) -> Floats:
    """Return the level (m,), relative to what is usual."""
    return np.asarray((rate[:, _COUNTS] + 0.5) / (rate[:, _USUAL] + 0.5))


def counted(rate: Floats) -> Floats:
    """Return how many counts the level rests on (m,)."""
    return np.asarray(rate[:, _COUNTS])


def age(rate: Floats) -> Floats:
    """Return for how long it has learnt (m,), seconds of exposure, up to four weeks or its memory."""
    return np.asarray(rate[:, _AGE])


def over(rate: Floats, pace: Pace) -> Floats:
    """Return the variance of a block over Poisson's, less one (m,)."""
    return np.asarray(rate[:, _EXCESS] + rate[:, _WANDER] * _volume(rate, pace))


def relative(rate: Floats, pace: Pace, mean: Floats, n: Floats) -> Floats:
    """Return the variance of the rate behind a look, relative to its square (m,): all that Poisson's does not hold."""
    unsure = (1.0 + over(rate, pace)) / (rate[:, _COUNTS] + 0.5)
    blocks = n / pace.block
    wander = np.where(rate[:, _EXCESS] > 0.0, rate[:, _WANDER], _UNKNOWN)
    return np.asarray(rate[:, _EXCESS] / mean + wander / _dispersion.over(blocks) + unsure + 1e-12)


def learn(state: State, rows: Ints, pace: Pace, look: tuple[Floats, Floats, Floats, Floats], shifts: Floats) -> None:
    """Learn from a look: counts, exposure, what is usual at level 1, and what was expected, each (m,).

    `shifts` (j,): the logs of the shift sizes for which the factor of longer spans is wanted.
    """
    x, n, usual, mean = look
    rate = state["rate"][rows].astype(np.float64)
    for column, more in ((_COUNTS, x), (_USUAL, usual), (_TIME, n), (_X, x), (_MEAN, mean), (_T, n)):
        rate[:, column] += more
    rate[:, _AGE] = np.minimum(rate[:, _AGE] + n, max(4.0 * _WEEK, pace.memory))
    full = rate[:, _T] >= pace.block * (1.0 - 1e-6)
    if full.any():
        rate[full] = _judge(state, rows[full], pace, rate[full], shifts)
    state["rate"][rows] = rate


def accept(state: State, rows: Ints, x: Floats, n: Floats, usual: Floats) -> None:
    """Set the level to where a window points, as if a quarter of it had been seen; begin the block under way anew."""
    rate = state["rate"][rows].astype(np.float64)
    rate[:, [_COUNTS, _USUAL, _TIME]] = 0.25 * np.stack([x, usual, n], axis=1)
    rate[:, [_X, _MEAN, _T]] = 0.0
    state["rate"][rows] = rate


def _judge(state: State, rows: Ints, pace: Pace, rate: Floats, shifts: Floats) -> Floats:
    """Return the rate with its dispersion learnt from the block that is full, and a new one begun.

    The first week of a season, or the first few blocks, are held against what is hardly known: they are left out.
    """
    places = np.flatnonzero(rate[:, _AGE] >= pace.settled)
    for part in parts(len(places), 2 * _dispersion.RUNGS):
        some = places[part]
        rate[some] = _weigh(state, rows[some], rate[some])
        _stretch(state, rows[some], pace, rate[some], shifts)
    keep = 1.0 - np.minimum(rate[:, _T] / pace.memory, 1.0) * (rate[:, _TIME] >= pace.memory)
    rate[:, : _TIME + 1] *= keep[:, None]
    rate[:, [_X, _MEAN, _T]] = 0.0
    return rate


def _weigh(state: State, rows: Ints, rate: Floats) -> Floats:
    x, mean = rate[:, _X, None], rate[:, _MEAN, None]
    unsure = 1.0 / (rate[:, _COUNTS, None] + 1.0)

    def mass(excess: Floats, wander: Floats) -> Floats:
        spread = np.concatenate([excess / mean, np.broadcast_to(wander, (len(rate), len(wander)))], axis=1)
        return _negbin.log_mass(x, mean, 1.0 / (spread + unsure))

    rate[:, _EXCESS], rate[:, _WANDER] = _dispersion.judge(state, rows, mass)
    return rate


def _stretch(state: State, rows: Ints, pace: Pace, rate: Floats, shifts: Floats) -> None:
    """Learn by what longer spans stray more than this block's variance tells, and what that means for each shift."""
    mean, volume, wide = rate[:, _MEAN], _volume(rate, pace), 1.0 + over(rate, pace)
    variance = mean * (1.0 + rate[:, _EXCESS] + rate[:, _WANDER] * mean)
    shared = np.square(volume) * wide / (rate[:, _COUNTS] + 1.0)
    spans = _longrun_counts.learn(state["spans"][rows].astype(np.float64), rate[:, _X] - mean, variance, shared)
    state["spans"][rows] = spans
    nats = np.exp(shifts) * (shifts - 1.0) + 1.0
    state["factor"][rows] = _longrun_counts.factors(spans, (volume / wide)[:, None] * nats)


def _volume(rate: Floats, pace: Pace) -> Floats:
    """Return the counts of a usual block (m,)."""
    return np.asarray(rate[:, _COUNTS] / np.maximum(rate[:, _TIME], 1.0) * pace.block)
