"""The long-run variance of remainders: a baseline that wanders keeps them together, and is no lasting shift.

Sums of 8 and of 64 remainders in a row vary as much as as many apart would, times a factor; evidence that adds up
remainders must be divided by it (as quasi-likelihoods are: Wedderburn, Biometrika 61, 1974; for time series: Newey & West,
Econometrica 55, 1987).
"""

from __future__ import annotations

import numpy as np

from andon.model import Floats

_SPANS = (8.0, 64.0)
_SEEN, _SUM, _SQUARES = range(3)
_BLOCK = 4
"""Of each span: the running sum, how many are in it, squares of full sums, how many of these."""
WIDTH = 3 + _BLOCK * len(_SPANS)
_KEEP = 4_000.0
"""Looks remembered."""
_TRUST = 8.0
"""Full sums that speak for independence before any were seen."""


def factor(lasting: Floats) -> Floats:
    """Return by what (m,) sums of remainders vary more than if these were independent; at least 1."""
    seen = np.maximum(lasting[:, _SEEN], 1.0)
    mean = lasting[:, _SUM] / seen
    variance = np.maximum(lasting[:, _SQUARES] / seen - mean * mean, 1e-6)
    most = np.ones(len(lasting))
    for place, span in enumerate(_SPANS):
        squares, full = lasting[:, 5 + _BLOCK * place], lasting[:, 6 + _BLOCK * place]
        off = np.maximum(squares / np.maximum(full, 1.0) - np.square(span * mean), 0.0)
        found = (off / (span * variance) * full + _TRUST) / (full + _TRUST)
        most = np.maximum(most, found)
    return most


def learn(lasting: Floats, remainder: Floats) -> Floats:
    """Return the record (m, WIDTH) after one more bounded remainder (m,) each."""
    new = lasting.copy()
    new[:, : _SQUARES + 1] += np.stack([np.ones(len(remainder)), remainder, remainder * remainder], axis=1)
    new[:, : _SQUARES + 1] *= np.minimum(1.0, _KEEP / new[:, :1])
    for place, span in enumerate(_SPANS):
        total, count, squares, full = range(3 + _BLOCK * place, 3 + _BLOCK * (place + 1))
        new[:, total] += remainder
        new[:, count] += 1.0
        done = new[:, count] >= span
        new[done, squares] += np.square(new[done, total])
        new[done, full] += 1.0
        new[done, squares : full + 1] *= np.minimum(1.0, _KEEP / span / new[done, full])[:, None]
        new[done, total : count + 1] = 0.0
    return new
