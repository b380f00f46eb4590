"""The beta-binomial by share and intra-class correlation: k of n whose chance is Beta spread, variance n p q (1 + (n - 1) c)."""

from __future__ import annotations

import numpy as np

from andon.model import Floats
from detectors._numbers import interval as _interval
from detectors._numbers import log_rising

_ONE = np.ones(1)


def log_mass(k: Floats, n: Floats, share: Floats, correlation: Floats) -> Floats:
    """Return ln P(k | n, share, correlation) but for the binomial coefficient and what only n and correlation decide."""
    size = 1.0 / correlation - 1.0
    return log_rising(share * size, k) + log_rising((1.0 - share) * size, n - k)


def log_ratio(k: Floats, n: Floats, share: Floats, shifted: Floats, correlation: Floats) -> Floats:
    """Return the log odds of k in n by `shifted` against `share`; exact where trials are independent, as of a single one.

    Else by the Polya family with the same mean and variance (binomial, Poisson, negative binomial), told of the rarer
    kind. It is linear in k: where the correlation is put too high, a beta-binomial takes its very mean for a shift.
    """
    often = share > 0.5
    k, share, shifted = (
        np.where(often, *pair) for pair in ((n - k, k), (1.0 - share, share), (1.0 - shifted, shifted))
    )
    mean, moved = n * share, n * shifted
    surplus = mean * ((1.0 - share) * (1.0 + (n - 1.0) * correlation) - 1.0)
    surplus = np.where(np.abs(surplus) < 1e-9 * mean, 1e-9 * mean, surplus)
    size = mean * mean / surplus
    return np.asarray(k * np.log(moved / mean) - (k + size) * np.log1p((moved - mean) / (size + mean)))


def log_norm(n: Floats, correlation: Floats) -> Floats:
    """Return what `log_mass` leaves out and comparisons of correlations need."""
    return log_rising(1.0 / correlation - 1.0, n)


def interval(n: Floats, share: Floats, correlation: Floats) -> tuple[Floats, Floats]:
    """Return the central 95 % of k, (m,) and (m,)."""
    sd = np.sqrt(n * share * (1.0 - share) * (1.0 + (n - 1.0) * correlation))

    def mass(k: Floats, part: slice) -> Floats:
        all_, chance, alike = (column[part, None] for column in (n, share, correlation))
        choose = log_rising(_ONE, k) + log_rising(_ONE, all_ - k)
        return log_mass(k, all_, chance, alike) - choose

    return _interval(mass, n * share, sd, n)
