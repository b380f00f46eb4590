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


def weigh(
    k: Floats, n: Floats, share: Floats, shifted: Floats, correlation: Floats, off: Floats
) -> tuple[Floats, Floats]:
    """Return the log odds (m, j) of k in n (m, 1) by `shifted` (m, j) against `share`, and ln F (m,) for the overshoot.

    What a share that is `off` (m, j) towards the shift lets their exponential grow by is taken off: it is no evidence.

    Exact where trials are independent, as of a single one. Else by the Polya family with the same mean and variance
    (binomial, Poisson, negative binomial), told of the rarer kind. It is linear in k: where the correlation is put too high,
    a beta-binomial takes its very mean for a shift.

    A sum of such odds that crosses a line is over it by 1/F on average, so that the line may be lower by as much:
    Siegmund's correction (Sequential Analysis, 1985) for a look's spread where shifted, with a third of a single one's step.
    """
    often = share > 0.5
    k, share, shifted, off = (
        np.where(often, *pair) for pair in ((n - k, k), (1.0 - share, share), (1.0 - shifted, shifted), (-off, off))
    )
    mean, moved = n * share, n * shifted
    surplus = mean * ((1.0 - share) * (1.0 + (n - 1.0) * correlation) - 1.0)
    surplus = np.where(np.abs(surplus) < 1e-9 * mean, 1e-9 * mean, surplus)
    size = mean * mean / surplus
    whole = np.log1p((moved - mean) / (size + mean))
    each = np.log(moved / mean) - whole
    variance = np.maximum(moved * (1.0 + moved / size) * (1.0 - 1.0 / n), 0.0)
    step = np.where(each > 0.0, 1.0 - share, share) / 3.0
    jump = np.abs(each) * np.sqrt(step * step + 0.583**2 * variance)
    over = np.log(np.exp(-np.minimum(jump, 5.0)).mean(axis=1))
    return k * each - size * whole - np.maximum(n * off * np.expm1(each), 0.0), over


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
