"""Over-dispersion, learnt as a weighted ladder.

Two kinds of excess variance are held against each other: by a constant factor (clusters: 3 times the variance at any
volume) and of constant size (a rate that itself wanders by 10 %). Each rung's weight is how well it predicted so far,
block by block; blocks are longer than looks, so that what wanders within minutes counts in full.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from andon.detector import Field
from andon.model import Floats

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


def field() -> Field:
    """Return the state's field: each rung's log record, 0 before the first block."""
    return Field("f4", (2 * RUNGS,))


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
