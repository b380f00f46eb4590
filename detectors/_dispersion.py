"""Over-dispersion, learnt as a weighted ladder of how large it may be: a Bayesian average that forgets.

Two kinds of excess variance are held against each other: by a constant factor (clusters: 3 times the variance at any
volume) and of constant size (a rate that itself wanders by 10 %). Each rung's weight is how well it predicted so far,
block by block; blocks are longer than looks, so that what wanders within minutes counts in full.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from andon.detector import Field, State
from andon.model import Floats, Ints

RUNGS = 14
EXCESS: Floats = 0.02 * 2.0 ** np.arange(RUNGS, dtype=np.float64)
"""Variance over what chance gives, less one: 0.02 to 164."""
WANDER: Floats = 1e-5 * 2.5 ** np.arange(RUNGS, dtype=np.float64)
"""Variance of the rate's logarithm: 1e-5 to 1.5."""
_PRIOR: Floats = np.tile(-0.25 * np.arange(RUNGS), 2)
_KEEP = 1.0 - 1.0 / 1000.0
"""A rung's record is forgotten over about 1,000 blocks."""

_MOST = 12.0
"""No block speaks louder than this against a rung: an hour of trouble in the history is not what is usual."""
_PARTS = 4
"""Steps from one rung to the next, where a record is read between them."""
_LEAST = -400.0
"""What is less likely than this by its logarithm is as good as not."""


def _between() -> Floats:
    """Return the matrix (rungs, steps) that draws a cubic through each four neighbours (Lagrange)."""
    at = np.arange((RUNGS - 1) * _PARTS + 1) / _PARTS
    first = np.clip(np.floor(at).astype(np.int64) - 1, 0, RUNGS - 4)
    matrix = np.zeros((RUNGS, len(at)))
    for own in range(4):
        others = [first + other for other in range(4) if other != own]
        factors = [(at - other) / (first + own - other) for other in others]
        matrix[first + own, np.arange(len(at))] = np.prod(factors, axis=0)
    return matrix


_BETWEEN = _between()
_STEPS = _BETWEEN.shape[1]
_STEP = np.arange(_STEPS) / _PARTS
_EXCESS: Floats = EXCESS[0] * (EXCESS[1] / EXCESS[0]) ** _STEP
_WANDER: Floats = WANDER[0] * (WANDER[1] / WANDER[0]) ** _STEP


def field() -> Field:
    """Return the state's field: each rung's log record, 0 before the first block."""
    return Field("f4", (2 * RUNGS,))


def judge(
    state: State, rows: Ints, log_mass: Callable[[Floats, Floats], Floats], *, finely: bool = False
) -> tuple[Floats, Floats]:
    """Learn from one block, as `learn` does; return what `weigh`, or `weigh_finely`, reads of the record then."""
    record = learn(state["ladder"][rows].astype(np.float64), log_mass)
    state["ladder"][rows] = record
    return weigh_finely(record) if finely else weigh(record)


def over(blocks: Floats) -> Floats:
    """Return by what a block's wander is divided over `blocks` (m,) of them: it hangs together longer than one."""
    return np.where(blocks < 1.0, blocks, np.sqrt(blocks))


def learn(record: Floats, log_mass: Callable[[Floats, Floats], Floats]) -> Floats:
    """Return the record (m, rungs) after one block; `log_mass` of two columns of rungs gives (m, 2 * RUNGS)."""
    told = log_mass(EXCESS, WANDER)
    record = record * _KEEP + np.maximum(told - told.max(axis=1, keepdims=True), -_MOST)
    return np.asarray(record - record.max(axis=1, keepdims=True))


def weigh(record: Floats) -> tuple[Floats, Floats]:
    """Return what the record expects of both kinds together: (excess factor (m,), wander (m,)); they add up."""
    logs = record + _PRIOR
    weights = np.exp(np.maximum(logs - logs.max(axis=1, keepdims=True), -80.0))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights[:, :RUNGS] @ EXCESS, weights[:, RUNGS:] @ WANDER


def weigh_finely(record: Floats) -> tuple[Floats, Floats]:
    """Return what a record (m, 2 * RUNGS) expects of both kinds, as `weigh` does, but read between the rungs too.

    Rungs lie a factor 2 apart; a share's dispersion that is a tenth too low costs a third of the time between false alarms.
    """
    logs = record + _PRIOR
    logs = np.maximum(logs - logs.max(axis=1, keepdims=True), _LEAST)
    fine = np.concatenate([logs[:, :RUNGS] @ _BETWEEN, logs[:, RUNGS:] @ _BETWEEN], axis=1)
    weights = np.exp(fine - fine.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights[:, :_STEPS] @ _EXCESS, weights[:, _STEPS:] @ _WANDER
