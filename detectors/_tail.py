"""A series' own upper tail: how often its remainders exceed a mark, and by how much (peaks over threshold)."""

from __future__ import annotations

import numpy as np

from andon.model import Floats

_MARK = 1.5
_SEEN, _OVER, _SUM, _SQUARES = range(4)
WIDTH = 4
_KEEP = 5_000.0
"""Looks remembered."""
_PRIOR_TRUST = 30.0
_PRIOR_LOOKS, _PRIOR_SHARE, _PRIOR_OVER, _PRIOR_EXCESS, _PRIOR_SHAPE = 40.0, 0.08, 10.0, 0.7, 0.2


def surprise(tail: Floats, up: Floats) -> Floats:
    """Return -ln of the chance of a remainder of `up` (m,) spreads or more; 0 below the middle."""
    share, scale, shape = _fit(tail)
    over = np.maximum(up - _MARK, 0.0)
    beyond = np.log1p(shape * over / scale) / shape
    return np.asarray(-np.log(share) * np.clip(up / _MARK, 0.0, 1.0) + beyond)


def reach(tail: Floats) -> Floats:
    """Return how many spreads (m,) the upper 2.5 % of remainders lie beyond."""
    share, scale, shape = _fit(tail)
    return np.asarray(_MARK + scale / shape * (np.maximum(share / 0.025, 1.0) ** shape - 1.0))


def learn(tail: Floats, up: Floats) -> Floats:
    """Return the tail (m, WIDTH) after one more remainder each; what is far out counts as less far."""
    _, scale, _ = _fit(tail)
    excess = np.clip(up - _MARK, 0.0, 25.0 * scale)
    new = np.stack([np.ones(len(up)), up > _MARK, excess, excess * excess], axis=1)
    keep = np.minimum(1.0, _KEEP / (tail[:, :1] + 1.0))
    return np.asarray((tail + new) * keep)


def _fit(tail: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the share beyond the mark, and the generalised Pareto's scale and shape, by moments, shrunk to the prior.

    The shape is put a standard error high: by moments a heavy tail is taken for too light a one.
    """
    share = (tail[:, _OVER] + _PRIOR_LOOKS * _PRIOR_SHARE) / (tail[:, _SEEN] + _PRIOR_LOOKS)
    over = tail[:, _OVER] + _PRIOR_OVER
    mean = (tail[:, _SUM] + _PRIOR_OVER * _PRIOR_EXCESS) / over
    square = (tail[:, _SQUARES] + _PRIOR_OVER * 2.5 * _PRIOR_EXCESS**2) / over
    variance = np.maximum(square - mean * mean, 1e-12)
    found = 0.5 * (1.0 - mean * mean / variance) + 1.2 / np.sqrt(over)
    shape = (tail[:, _OVER] * found + _PRIOR_TRUST * _PRIOR_SHAPE) / (tail[:, _OVER] + _PRIOR_TRUST)
    shape = np.clip(shape, 0.03, 0.45)
    return share, mean * (1.0 - shape), shape
