"""The negative binomial by mean and size: a Poisson count whose rate is Gamma spread, variance mean + mean^2 / size."""

from __future__ import annotations

import numpy as np

from andon.model import Floats
from detectors import _numbers


def log_ratio(x: Floats, mean: Floats, size: Floats, log_shift: Floats) -> Floats:
    """Return ln P(x | mean e^shift, size) - ln P(x | mean, size); what does not depend on the mean cancels."""
    return np.asarray(x * log_shift - (x + size) * np.log1p(np.expm1(log_shift) * mean / (size + mean)))


def log_mass(x: Floats, mean: Floats, size: Floats) -> Floats:
    """Return ln P(x | mean, size) but for ln x!, which no comparison of means and sizes needs."""
    part = mean / (size + mean)
    return np.asarray(_numbers.log_rising(size, x) + size * np.log1p(-part) + x * np.log(part))


def interval(mean: Floats, size: Floats) -> tuple[Floats, Floats]:
    """Return the central 95 % of counts, (m,) and (m,)."""

    def mass(x: Floats, part: slice) -> Floats:
        return log_mass(x, mean[part, None], size[part, None]) - _numbers.log_rising(np.ones(1), x)

    return _numbers.interval(mass, mean, np.sqrt(mean + mean * mean / size), np.inf)
