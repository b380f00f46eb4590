"""A series' own upper tail: how often what is off exceeds a mark, and by how much (peaks over threshold).

It is learnt twice, over the last hundreds of looks and over thousands, and the likelier of the two is believed: what came
lately may come again, and what comes rarely has come before. Both are shrunk to a prior.
"""

from __future__ import annotations

import numpy as np

from andon.model import Floats

_MARK = 3.0
_SEEN, _OVER, _SUM, _LONG_SEEN, _LONG_OVER, _LONG_SUM, _SQUARES = range(7)
WIDTH = 7
_KEEP, _LONG_KEEP = 300.0, 10_000.0
"""Looks remembered, lately and at all."""
_PRIOR_LOOKS, _PRIOR_SHARE, _PRIOR_OVER, _PRIOR_EXCESS = 40.0, 0.05, 30.0, 0.4
_PRIOR_SHAPE, _PRIOR_TRUST = 0.15, 10.0
_BEYOND = 0.5
"""How much of what is rarer than anything seen is believed."""
_YOUNG = 30.0
"""Looks after which half is believed of how rare anything is."""


def surprise(tail: Floats, up: Floats, looks: Floats) -> Floats:
    """Return -ln of the chance of being `up` (m,) units off or more; 0 below the middle.

    A tail reaches beyond what was seen in `looks` (m,) by its shape alone, and that is believed in part.
    """
    share, scale, shape = _fit(tail)
    over = np.maximum(up - _MARK, 0.0)
    found = np.log1p(shape * over / scale) / shape - np.log(share) * np.clip(up / _MARK, 0.0, 1.0)
    seen = np.log(looks + 1.0) + 2.0
    found = np.where(found > seen, seen + _BEYOND * (found - seen), found)
    return np.asarray(found * (looks / (looks + _YOUNG)))


def learn(tail: Floats, up: Floats) -> Floats:
    """Return the tail (m, WIDTH) after one more look each; what is far out counts as less far."""
    _, scale, _ = _fit(tail)
    new, over = tail.T.astype(np.float64), up > _MARK
    excess = np.clip(up - _MARK, 0.0, 25.0 * scale)
    keep = np.minimum(1.0, _KEEP / (new[_SEEN] + 1.0))
    long_keep = np.minimum(1.0, _LONG_KEEP / (new[_LONG_SEEN] + 1.0))
    for place, what in ((_SEEN, 1.0), (_OVER, over), (_SUM, excess)):
        new[place] = (new[place] + what) * keep
        new[place + _LONG_SEEN] = (new[place + _LONG_SEEN] + what) * long_keep
    new[_SQUARES] = (new[_SQUARES] + excess * excess) * long_keep
    return np.ascontiguousarray(new.T)


def _fit(tail: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the share beyond the mark, and the generalised Pareto's scale and shape by moments, shrunk to the prior.

    The shape is put above what moments say: a heavy tail is taken for too light a one by them.
    """
    now = tail.T.astype(np.float64)
    share = (now[[_OVER, _LONG_OVER]] + _PRIOR_LOOKS * _PRIOR_SHARE) / (now[[_SEEN, _LONG_SEEN]] + _PRIOR_LOOKS)
    over = now[[_OVER, _LONG_OVER]] + _PRIOR_OVER
    mean = (now[[_SUM, _LONG_SUM]] + _PRIOR_OVER * _PRIOR_EXCESS) / over
    square = (now[_SQUARES] + _PRIOR_OVER * 2.5 * _PRIOR_EXCESS**2) / over[1]
    variance = np.maximum(square - mean[1] * mean[1], 1e-12)
    found = 0.5 * (1.0 - mean[1] * mean[1] / variance) + 1.2 / np.sqrt(now[_LONG_OVER] + 10.0)
    weight = now[_LONG_OVER]
    shape = np.clip((weight * found + _PRIOR_TRUST * _PRIOR_SHAPE) / (weight + _PRIOR_TRUST), 0.03, 0.5)
    return share.max(axis=0), mean.max(axis=0) * (1.0 - shape), shape
