"""How alike the trials of one look are: their intra-class correlation, 1 all the same, 0 independent.

Of n trials that are so alike a sum varies 1 + (n - 1) c times as much. Three things make them alike: clusters, a rate that wanders,
both as `_dispersion` learnt them, and a base rate that is itself not quite known.
"""

from __future__ import annotations

import numpy as np

from andon.model import Floats
from detectors import _dispersion

_HOUR = 3_600.0
_PIECES = 96.0
_LEAST, _MOST = 1e-9, 0.9
_CLUSTERS = 0.5
"""Clusters alone make trials no more alike than this."""


def block(looks: Floats, every: float) -> Floats:
    """Return the seconds (m,) of a block, by which it is learnt: an hour, and while young a 96th of the `looks` seen."""
    return np.clip(looks * (every / _PIECES), every, max(_HOUR, every))


def of_look(excess: Floats, wander: Floats, n: Floats, known: Floats, blocks: Floats) -> Floats:
    """Return the correlation (m,) of the `n` trials of a look that is `blocks` long.

    `excess` and `wander`: what the ladder expects, the latter already as a correlation; `known`: trials behind the base rate.
    """
    clusters = np.minimum(excess / np.maximum(n - 1.0, 1.0), _CLUSTERS)
    return np.clip(clusters + wander / _dispersion.over(blocks) + (1.0 + excess) / (known + 2.0), _LEAST, _MOST)


def of_rungs(excess: Floats, wander: Floats, n: Floats, unsure: Floats) -> Floats:
    """Return the correlation (m, 2 * RUNGS) of a block's `n` trials (m, 1), were each rung's dispersion the true one.

    `excess` (rungs,), `wander` (m, rungs), as a correlation; `unsure` (m, 1): that of a base rate not quite known.
    """
    clusters = np.minimum(excess / np.maximum(n - 1.0, 1.0), _CLUSTERS)
    return np.clip(np.concatenate([clusters, wander], axis=1) + unsure, _LEAST, _MOST)
