"""The base rate of a share: learnt trial by trial, with its dispersion and its tide by blocks of an hour, and forgotten."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from andon.detector import Field, State
from andon.model import Bools, Floats, Ints
from detectors import _betabin, _clock, _correlation, _dispersion, _tide
from detectors._parts import parts

_BLOCK = 3_600.0
"""The base rate's tide is judged an hour at a time, as over-dispersion is."""
_MEMORY = 7 * 86_400.0
"""The base rate forgets over a week of looks, or 1,000 looks if these take longer; sooner where it is known well enough."""
_KNOWN = 500.0
"""Of the rarer kind, over the square of the least shift's logarithm: it makes the base rate known to a 22nd of that shift."""
_LEAST = 2 * 86_400.0
"""However well the base rate is known, it is not forgotten faster."""
_SWING = 0.2
"""Of the least shift that a rule says matters: less of a swing is not followed."""
_DAY = 86_400.0
_K, _N, _LOOKS, _EXCESS, _WANDER, _BLOCK_K, _BLOCK_N, _BLOCK_P, _BLOCK_T, _BLOCK_E = range(10)
"""The rarer kind and all trials, as far as remembered; looks; the ladder's word; the block under way: k, n, what was
expected of it, its seconds, and what the base rate alone expected."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a base rate is learnt: seconds of a look, looks it remembers at most and at least, and how many of a kind do.

    `swing`: the least swing, in log odds, that is followed; above 0 only swings let it forget sooner.
    """

    every: float
    most: float
    least: float
    enough: float
    swing: float

    @classmethod
    def of(cls, every: float, shift: float, *, coarse: bool) -> Pace:
        """Return that of looks `every` seconds and a least `shift` in log odds; `coarse`: what is smaller does not matter."""
        most, least = max(1_000.0, _MEMORY / every), _LEAST / every
        return cls(every, most, least, _KNOWN / shift**2, _SWING * shift if coarse else 0.0)


def field() -> Field:
    """Return the state's field."""
    return Field("f8", (10,))


def share(base: Floats) -> Floats:
    """Return the share (m,) of the kind that is looked at."""
    return np.asarray((base[:, _K] + 0.5) / (base[:, _N] + 1.0))


def trials(base: Floats) -> Floats:
    """Return how many trials (m,) it rests on."""
    return np.asarray(base[:, _N])


def correlation(base: Floats, pace: Pace, share: Floats, n: Floats, seconds: float) -> Floats:
    """Return how alike the `n` trials (m,) of one look are at a `share` (m,): 1 all the same, 0 independent."""
    wander, blocks = base[:, _WANDER] * share * (1.0 - share), seconds / _block(base, pace)
    return _correlation.of_look(base[:, _EXCESS], wander, n, base[:, _N], blocks)


def accept(base: Floats, k: Floats, n: Floats) -> None:
    """Take k of n, (m,), for usual, as if a quarter of these trials had been seen; begin the block anew; in place."""
    base[:, _K], base[:, _N] = np.clip(k, 0.0, n) / 4.0, n / 4.0
    base[:, _BLOCK_K:] = 0.0


def learn(state: State, rows: Ints, pace: Pace, look: Floats) -> None:
    """Learn from looks (m, 5): k, n, expected by all that is known, seconds, expected by the base rate."""
    base = state["base"][rows]
    weight = look[:, 3] / pace.every
    keep = 1.0 - _forgotten(base, pace, look[:, 1], weight, _tide.swings(state["tide"][rows]))
    base[:, _K] = base[:, _K] * keep + look[:, 0]
    base[:, _N] = base[:, _N] * keep + look[:, 1]
    base[:, _LOOKS] += weight
    base[:, _BLOCK_K:] += look
    full = base[:, _BLOCK_T] >= _block(base, pace) * (1.0 - 1e-9)
    if full.any():
        base[full] = _judge(state, rows[full], pace, base[full])
    state["base"][rows] = base


def left(base: Floats, pace: Pace, age: Floats) -> Floats:
    """Return the seconds until enough is learnt, at the pace so far; ratings that are few are taken to sleep at night."""
    done = np.minimum(base[:, _LOOKS] / 100.0, base[:, _N] / 200.0)
    done = np.minimum(done, np.maximum(_rarer(base) / 20.0, base[:, _N] / 10_000.0))
    few = base[:, _LOOKS] * pace.every < 0.5 * age
    age = np.where(few, np.maximum(np.minimum(2.0 * age, _DAY), age), np.maximum(age, pace.every))
    return _clock.left(done, age, pace.every)


def _block(base: Floats, pace: Pace) -> Floats:
    return _correlation.block(base[:, _LOOKS], pace.every)


def _rarer(base: Floats) -> Floats:
    return np.minimum(base[:, _K], base[:, _N] - base[:, _K])


def _forgotten(base: Floats, pace: Pace, n: Floats, weight: Floats, swings: Bools) -> Floats:
    """Return the part (m,) of the base rate that is forgotten: more once it is better known than its shifts need.

    Not where a rule says what is too small to matter, but for a swing: else what creeps up is learnt before it does.
    """
    rare, enough = _rarer(base), pace.enough * (1.0 + base[:, _EXCESS])
    may = (rare >= enough) & (swings | (pace.swing == 0.0))
    soon = np.where(may, n / np.maximum(base[:, _N], 1.0) * rare / enough, 0.0)
    soon = np.minimum(soon, weight / pace.least * (base[:, _LOOKS] >= pace.least))
    late = weight / pace.most * (base[:, _LOOKS] >= pace.most)
    return np.minimum(np.maximum(soon, late), 1.0)


def _judge(state: State, rows: Ints, pace: Pace, base: Floats) -> Floats:
    """Return the base with its dispersion learnt from the block that is full, and a new one begun; its tide, once hours are.

    Left out while the base rate is hardly known: the block holds half of all trials, or the rarer kind hardly came.
    """
    known = (base[:, _BLOCK_N] <= 0.5 * base[:, _N]) & (_rarer(base) >= 3.0)
    places = np.flatnonzero(known)
    for part in parts(len(places), 2 * _dispersion.RUNGS):
        some = places[part]
        base[some] = _disperse(state, rows[some], base[some])
    hours = places[base[places, _LOOKS] * pace.every >= 96.0 * _BLOCK]
    told = base[hours, _BLOCK_K], base[hours, _BLOCK_N], base[hours, _BLOCK_E]
    state["tide"][rows[hours]] = _tide.judge(state["tide"][rows[hours]], told, pace.swing)
    base[:, _BLOCK_K:] = 0.0
    return base


def _disperse(state: State, rows: Ints, base: Floats) -> Floats:
    k, n, share = base[:, _BLOCK_K, None], base[:, _BLOCK_N, None], base[:, _BLOCK_P, None]
    share = np.clip(share / n, 1e-12, 1.0 - 1e-12)
    level = 1.0 / (base[:, _N, None] + 2.0) + _tide.alike(state["tide"][rows], share[:, 0])[:, None]

    def mass(excess: Floats, wander: Floats) -> Floats:
        correlation = _correlation.of_rungs(excess, wander * share * (1.0 - share), n, level)
        return _betabin.log_mass(k, n, share, correlation) - _betabin.log_norm(n, correlation)

    base[:, _EXCESS], base[:, _WANDER] = _dispersion.judge(state, rows, mass, finely=True)
    return base
