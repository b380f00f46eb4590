"""Peaks over a threshold: the generalised Pareto distribution of what lies beyond a mark, by moments, shrunk to a prior.

Source: Pickands, Ann. Statist. 3 (1975); the estimate by moments: Hosking & Wallis, Technometrics 29 (1987).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from andon.model import Floats

FAR = 25.0
"""Scales beyond which an excess teaches no more."""
_LEAST = 0.03
_WIDE = 4.5
"""The prior's mean of squares, over its mean squared: far more than the exponential distribution's 2, for safety."""


@dataclass(frozen=True, slots=True)
class Prior:
    """What is supposed before anything was seen: of `looks` a `share` beyond the mark; `over` excesses, `excess` on average.

    `shape`, worth `trust` excesses; `most`: no shape is greater.
    """

    looks: float
    share: float
    over: float
    excess: float
    shape: float
    trust: float
    most: float


def share(prior: Prior, seen: Floats, over: Floats) -> Floats:
    """Return the share of looks beyond the mark, of `seen` of which so many were `over` it."""
    return np.asarray((over + prior.looks * prior.share) / (seen + prior.looks))


def mean(prior: Prior, over: Floats, total: Floats) -> Floats:
    """Return the mean excess, of `over` that came to a `total`."""
    return np.asarray((total + prior.over * prior.excess) / (over + prior.over))


def shape(prior: Prior, over: Floats, mean: Floats, squares: Floats) -> Floats:
    """Return the shape by the excesses' number, mean and sum of squares.

    It is put above what moments say: a heavy tail is taken for too light a one by them.
    """
    square = (squares + prior.over * _WIDE * prior.excess**2) / (over + prior.over)
    variance = np.maximum(square - mean * mean, 1e-12)
    found = 0.5 * (1.0 - mean * mean / variance) + 1.2 / np.sqrt(over + 10.0)
    return np.clip((over * found + prior.trust * prior.shape) / (over + prior.trust), _LEAST, prior.most)


def surprise(fit: tuple[Floats, Floats, Floats], up: Floats, mark: float) -> Floats:
    """Return -ln of the chance of being `up` or more; 0 below nothing, and evenly more up to the mark.

    `fit`: share beyond the mark, scale and shape.
    """
    beyond, scale, bent = fit
    over = np.maximum(up - mark, 0.0)
    return np.asarray(np.log1p(bent * over / scale) / bent - np.log(beyond) * np.clip(up / mark, 0.0, 1.0))
