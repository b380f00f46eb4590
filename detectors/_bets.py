"""Bets on the mean of something bounded: fair however it is distributed, so long as its mean is as told.

Places lie from 0 to 1, the ends of the scale. A bet of lambda pays 1 + lambda (u - mean) on a rating at place u: 1 on
average, and never below nothing (Waudby-Smith & Ramdas, JRSS B 86, 2024).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from andon.model import Floats
from detectors._parts import parts

_MOST = 0.75
"""Of what it has, a bet loses at most so much by one rating."""
_EVEN: Floats = 1.0 / np.arange(1.0, 5.0)
"""What is known before the first rating: the moments of one that may lie anywhere on the scale."""


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """What is learnt of m series' single ratings, each (m,): how many were seen, mean, variance, third central moment."""

    n: Floats
    mean: Floats
    variance: Floats
    third: Floats


def sums(hist: Floats, places: Floats) -> Floats:
    """Return the sums (m, 4) of the powers 0 to 3 of ratings' places: `hist` (m, k) of them at `places` (k,)."""
    return hist @ (places[:, None] ** np.arange(4.0))


def usual(seen: Floats) -> Usual:
    """Return what sums (m, 4) tell of the next rating, whoever drew them: Dirichlet's process, Ferguson (1973)."""
    told = seen + _EVEN
    mean, second, third = (told[:, power] / told[:, 0] for power in (1, 2, 3))
    variance = np.maximum(second - mean * mean, 1e-9)
    return Usual(seen[:, 0], mean, variance, third - 3.0 * mean * second + 2.0 * mean**3)


def stakes(of: Usual, gone: Floats) -> Floats:
    """Return lambda (m, j), the one by which a bet grows fastest if the mean has gone by `gone` (m, j), in bounds."""
    low, high = -_MOST / np.maximum(1.0 - of.mean, 1e-9), _MOST / np.maximum(of.mean, 1e-9)
    return np.clip(gone / (of.variance[:, None] + gone * gone), low[:, None], high[:, None])


def log_pay(hist: Floats, places: Floats, of: Usual, stake: Floats) -> Floats:
    """Return the log (m, j) of what bets pay on a look's ratings: `hist` (m, k) of them at `places` (k,)."""
    found, away = np.empty(stake.shape), places - of.mean[:, None]
    for part in parts(len(hist), stake.shape[1] * len(places)):
        pays = np.log1p(stake[part, :, None] * away[part, None, :])
        found[part] = (pays @ hist[part, :, None])[:, :, 0]
    return found


def overshoot(stake: Floats, n: Floats, of: Usual, spread: Floats) -> Floats:
    """Return ln F (m,), by how much a crossing overshoots its line on average; the line may be that much lower.

    `spread` (m,): how many times the variance of a look's `n` ratings is what ratings apart from each other would give; the
    log of what a bet pays is divided by it. Siegmund's correction (Sequential Analysis, 1985) with Spitzer's share of the
    skewness, bounded.
    """
    sd = 0.583 * np.abs(stake) * np.sqrt(n * of.variance / spread)[:, None]
    skew = np.minimum(stake * (of.third / (of.variance * spread))[:, None] / 6.0, 0.5)
    jump = np.maximum(skew + np.sqrt(skew * skew + sd * sd), 0.0)
    return np.asarray(np.log(np.exp(-np.minimum(jump, 5.0)).mean(axis=1)))
