"""Bets on the mean of something bounded: factors that are fair however it is distributed, so long as its mean is as told.

Places lie from 0 to 1, the ends of the scale. A bet of lambda pays 1 + lambda (u - mean) on a rating at place u: 1 on
average, and never below nothing (Waudby-Smith & Ramdas, JRSS B 86, 2024).
"""

from __future__ import annotations

import numpy as np

from andon.model import Floats
from detectors._parts import parts

_MOST = 0.75
"""Of what it has, a bet loses at most so much by one rating."""


def shifted(mean: Floats, ratio: Floats) -> Floats:
    """Return where a mean lies once its odds (what is below it to what is above) are `ratio` times as much."""
    return np.asarray(mean * ratio / (1.0 + mean * (ratio - 1.0)))


def stakes(mean: Floats, variance: Floats, shift: Floats) -> Floats:
    """Return lambda (m, j), the one by which a bet grows fastest if the mean (m, 1) has gone by `shift` (m, j)."""
    low, high = -_MOST / np.maximum(1.0 - mean, 1e-9), _MOST / np.maximum(mean, 1e-9)
    return np.clip(shift / (variance + shift * shift), low, high)


def log_pay(hist: Floats, places: Floats, mean: Floats, stake: Floats) -> Floats:
    """Return the log (m, j) of what bets pay on a look's ratings: `hist` (m, k) of them at `places` (k,)."""
    found = np.empty(stake.shape)
    away = places - mean
    for part in parts(len(hist), stake.shape[1] * len(places)):
        pays = np.log1p(stake[part, :, None] * away[part, None, :])
        found[part] = (pays @ hist[part, :, None])[:, :, 0]
    return found


def jump(stake: Floats, n: Floats, variance: Floats, third: Floats, spread: Floats) -> Floats:
    """Return ln F (m,), by how much a crossing overshoots its line on average; the line may be that much lower.

    `third` (m,): third central moment of a rating. `spread` (m,): how many times the variance of a look's sum is what
    ratings apart from each other would give; the log of what a bet pays is divided by it. Siegmund's correction
    (Sequential Analysis, 1985) with Spitzer's share of the skewness, bounded.
    """
    sd = 0.583 * np.abs(stake) * np.sqrt(n * variance / spread)[:, None]
    skew = stake * (third / (variance * spread))[:, None] / 6.0
    over = np.maximum(skew + np.sqrt(skew * skew + sd * sd), 0.0)
    return np.asarray(np.log(np.exp(-np.minimum(over, 5.0)).mean(axis=1)))
