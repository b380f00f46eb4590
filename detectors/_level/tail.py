"""A series' own upper tail: how often what is off exceeds a mark, and by how much (peaks over threshold).

It is learnt twice, over the last hundreds of looks and over thousands, and the likelier of the two is believed: what came
lately may come again, and what comes rarely has come before. Both are shrunk to a prior.
"""

from __future__ import annotations

import numpy as np

from andon.model import Floats
from detectors._level import pareto

_MARK = 3.0
_SEEN, _OVER, _SUM, _LONG_SEEN, _LONG_OVER, _LONG_SUM, _SQUARES = range(7)
WIDTH = 7
_KEEP, _LONG_KEEP = 300.0, 10_000.0
"""Looks remembered, lately and at all."""
_PRIOR = pareto.Prior(looks=40.0, share=0.05, over=30.0, excess=0.4, shape=0.2, trust=10.0, most=0.5)
_BEYOND = 0.6
"""How much of what is rarer than anything seen is believed."""
_YOUNG = 30.0
"""Looks after which half is believed of how rare anything is."""


def surprise(tail: Floats, up: Floats, looks: Floats) -> Floats:
    """Return -ln of the chance of being `up` (m,) units off or more; 0 below the middle.

    A tail reaches beyond what was seen in `looks` (m,) by its shape alone, and that is believed in part.
    """
    found = pareto.surprise(_fit(tail), up, _MARK)
    seen = np.log(looks + 1.0) + 2.0
    found = np.where(found > seen, seen + _BEYOND * (found - seen), found)
    return np.asarray(found * (looks / (looks + _YOUNG)))


def learn(tail: Floats, up: Floats) -> Floats:
    """Return the tail (m, WIDTH) after one more look each; what is far out counts as less far."""
    _, scale, _ = _fit(tail)
    new, over = tail.T.astype(np.float64), up > _MARK
    excess = np.clip(up - _MARK, 0.0, pareto.FAR * scale)
    keep = np.minimum(1.0, _KEEP / (new[_SEEN] + 1.0))
    long_keep = np.minimum(1.0, _LONG_KEEP / (new[_LONG_SEEN] + 1.0))
    for place, what in ((_SEEN, 1.0), (_OVER, over), (_SUM, excess)):
        new[place] = (new[place] + what) * keep
        new[place + _LONG_SEEN] = (new[place + _LONG_SEEN] + what) * long_keep
    new[_SQUARES] = (new[_SQUARES] + excess * excess) * long_keep
    return np.ascontiguousarray(new.T)


def _fit(tail: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the share beyond the mark, and scale and shape of what lies there: of the two memories the one that expects more."""
    now = tail.T.astype(np.float64)
    mean = pareto.mean(_PRIOR, now[[_OVER, _LONG_OVER]], now[[_SUM, _LONG_SUM]])
    shape = pareto.shape(_PRIOR, now[_LONG_OVER], mean[1], now[_SQUARES])
    share = pareto.share(_PRIOR, now[[_SEEN, _LONG_SEEN]], now[[_OVER, _LONG_OVER]])
    return share.max(axis=0), mean.max(axis=0) * (1.0 - shape), shape
