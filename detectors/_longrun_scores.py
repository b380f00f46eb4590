"""The long-run variance of ratings: how much more sums over hours and days vary than their looks tell.

A mean that goes by the hour or wanders from day to day is no lasting shift. Evidence that adds up looks is divided by that
factor, as quasi-likelihoods are (Wedderburn, Biometrika 61, 1974).
"""

from __future__ import annotations

import numpy as np

from andon.model import Floats

_SPANS = (6 * 3_600.0, 86_400.0)
SHORTEST = _SPANS[0]
_START, _SUM, _VARIANCE, _RATIOS, _FULL = range(5)
_BLOCK = 5
"""Of each span: when it began, its sum and that sum's variance, ratios of squares to variances in full ones, how many."""
WIDTH = _BLOCK * len(_SPANS)
_TRUST = 8.0
"""Full spans that speak for looks apart from each other before any were seen."""
_KEEP = 100.0
"""Full spans remembered."""
_FAR = 9.0
"""No span tells of more than so many times what was usual: a day of trouble is not."""


def factor(slow: Floats) -> Floats:
    """Return by what (m,) long sums vary more than their looks tell; 1 within a standard error, all of it from two on."""
    return np.asarray(np.max([_of_span(slow[:, at : at + _BLOCK]) for at in range(0, WIDTH, _BLOCK)], axis=0))


def learn(slow: Floats, away: Floats, variance: Floats, now: float, seconds: float) -> Floats:
    """Return the record (m, WIDTH) after a look: how far `away` its sum was from what was expected, and its variance."""
    new = slow.copy()
    for place, span in enumerate(_SPANS):
        one = new[:, place * _BLOCK : (place + 1) * _BLOCK]
        one[:, _START] = np.where(one[:, _START] > 0.0, one[:, _START], now - seconds)
        one[:, _SUM] += away
        one[:, _VARIANCE] += variance
        done = np.flatnonzero(now - one[:, _START] >= span * (1.0 - 1e-9))
        if len(done):
            one[done] = _closed(one[done])
    return new


def _closed(one: Floats) -> Floats:
    ratio = np.square(one[:, _SUM]) / np.maximum(one[:, _VARIANCE], 1e-12)
    keep = np.minimum(1.0, _KEEP / (one[:, _FULL] + 1.0))
    new = np.zeros(one.shape)
    new[:, _RATIOS] = (one[:, _RATIOS] + np.minimum(ratio, _FAR * _found(one))) * keep
    new[:, _FULL] = (one[:, _FULL] + 1.0) * keep
    return new


def _found(one: Floats) -> Floats:
    return np.asarray((one[:, _RATIOS] + _TRUST) / (one[:, _FULL] + _TRUST))


def _of_span(one: Floats) -> Floats:
    more = np.maximum(_found(one) - 1.0, 0.0)
    errors = more / np.sqrt(2.0 / (one[:, _FULL] + _TRUST))
    return np.asarray(1.0 + more * np.clip(errors - 1.0, 0.0, 1.0))
