"""The mean of ratings and how they vary: learnt rating by rating, with how alike those of one look are, block by block."""

from __future__ import annotations

import numpy as np

from andon.detector import Field, State
from andon.model import Floats, Ints
from detectors import _bets, _clock, _correlation, _dispersion
from detectors._parts import parts

_DOUBT = 8.0
"""How alike ratings are is put twice as high before the first block, and half as much too high after eight."""
_MEMORY = 7 * 86_400.0
"""The mean forgets over a week of looks, or 1,000 looks if these take longer."""
_N, _S1, _S2, _S3, _LOOKS, _EXCESS, _WANDER, _BLOCKS, _BLOCK_N, _BLOCK_D, _BLOCK_T = range(11)
"""Ratings and the sums of their powers, as far as remembered; looks; the ladder's word, and of how many blocks; the block
under way: ratings, how far their sum was off, seconds."""


def field() -> Field:
    """Return the state's field."""
    return Field("f8", (11,))


def usual(base: Floats) -> _bets.Usual:
    """Return what is usual of one rating."""
    return _bets.usual(base[:, :_LOOKS])


def spread(base: Floats, every: float, n: Floats, of: _bets.Usual, seconds: float) -> Floats:
    """Return how many times as much a look's sum varies as if its ratings were apart from each other; 1 of a single one."""
    wander, blocks = base[:, _WANDER] * _steep(of), seconds / _block(base, every)
    alike = _correlation.of_look(base[:, _EXCESS], wander, n, of.n, blocks)
    doubt = 1.0 + _DOUBT / (base[:, _BLOCKS] + _DOUBT)
    return np.where(n > 1.0, (1.0 + (n - 1.0) * alike) * doubt, 1.0)


def accept(base: Floats, hist: Floats, places: Floats) -> None:
    """Take a histogram (m, k) for usual, as if a quarter of it had been seen; begin the block anew; in place."""
    base[:, :_LOOKS] = _bets.sums(hist, places) / 4.0
    base[:, _BLOCK_N:] = 0.0


def learn(state: State, rows: Ints, every: float, sums: Floats, away: Floats, seconds: float) -> None:
    """Learn from looks' sums of powers (m, 4), whose sums were `away` (m,) from what was expected."""
    base, cap = state["base"][rows], max(1_000.0, _MEMORY / every)
    looks = np.minimum(seconds / every, np.maximum(sums[:, 0], 1.0))
    keep = 1.0 - np.minimum(looks / cap, 1.0) * (base[:, _LOOKS] >= cap)
    base[:, :_LOOKS] = base[:, :_LOOKS] * keep[:, None] + sums
    base[:, _LOOKS] += looks
    base[:, _BLOCK_N:] += np.stack([sums[:, 0], away, looks * every], axis=1)
    full = base[:, _BLOCK_T] >= _block(base, every) * (1.0 - 1e-9)
    if full.any():
        base[full] = _judge(state, rows[full], base[full])
    state["base"][rows] = base


def left(base: Floats, every: float, age: Floats) -> Floats:
    """Return the seconds until enough is learnt, at the pace so far."""
    done = np.minimum(base[:, _LOOKS] / 100.0, base[:, _N] / 120.0)
    return _clock.left(done, np.maximum(age, every), every)


def _block(base: Floats, every: float) -> Floats:
    return _correlation.block(base[:, _LOOKS], every)


def _judge(state: State, rows: Ints, base: Floats) -> Floats:
    """Return the base with its dispersion learnt from the block that is full, and a new one begun.

    Left out while the mean is hardly known: the block holds half of all ratings.
    """
    places = np.flatnonzero(base[:, _BLOCK_N] <= 0.5 * base[:, _N])
    for part in parts(len(places), 2 * _dispersion.RUNGS):
        some = places[part]
        base[some] = _disperse(state, rows[some], base[some])
    base[:, _BLOCK_N:] = 0.0
    return base


def _disperse(state: State, rows: Ints, base: Floats) -> Floats:
    n, away, of = base[:, _BLOCK_N, None], base[:, _BLOCK_D, None], usual(base)
    level, more = 1.0 / (of.n[:, None] + 2.0), np.maximum(n - 1.0, 0.0)

    def mass(excess: Floats, wander: Floats) -> Floats:
        alike = _correlation.of_rungs(excess, wander * _steep(of)[:, None], n, level)
        variance = n * of.variance[:, None] * (1.0 + more * alike)
        return np.asarray(-0.5 * (np.log(variance) + away * away / variance))

    base[:, _EXCESS], base[:, _WANDER] = _dispersion.judge(state, rows, mass, finely=True)
    base[:, _BLOCKS] += 1.0
    return base


def _steep(of: _bets.Usual) -> Floats:
    """Return how alike ratings are for each unit of variance of the logarithm of the mean's odds, (m,)."""
    return np.asarray((of.mean * (1.0 - of.mean)) ** 2 / of.variance)
