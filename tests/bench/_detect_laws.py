"""Laws that looks are drawn from, one after the other apart: what a detector is held against an optimum on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from scipy import stats

from andon.model import Floats

Draw: TypeAlias = Callable[[float, float], tuple[Floats, Floats]]
"""(now, seconds) -> x and n of every row, of a look that ended at `now`."""


class Stream(Protocol):
    """What some like series show while nothing is wrong."""

    def open(self, rng: np.random.Generator, rows: int) -> Draw:
        """Begin `rows` series of it."""
        ...


class Law(Stream, Protocol):
    """A stream whose looks are independent and alike."""

    def log_mass(self, x: Floats) -> Floats:
        """Return the log of the probability, or of its density, of one look's `x`."""
        ...


@dataclass(frozen=True, slots=True)
class Trials:
    """k of `n`, with `factor` times the binomial's variance."""

    n: int
    share: float
    factor: float = 1.0

    def open(self, rng: np.random.Generator, rows: int) -> Draw:
        """Begin `rows` series of it."""
        all_ = np.full(rows, float(self.n))

        def draw(now: float, seconds: float) -> tuple[Floats, Floats]:
            del now, seconds
            share = rng.beta(*self._beta(), rows) if self.factor > 1.0 else self.share
            return rng.binomial(self.n, share, rows).astype(np.float64), all_

        return draw

    def log_mass(self, x: Floats) -> Floats:
        """Return the log of the probability of `x` successes."""
        if self.factor > 1.0:
            return np.asarray(stats.betabinom.logpmf(x, self.n, *self._beta()))
        return np.asarray(stats.binom.logpmf(x, self.n, self.share))

    def _beta(self) -> tuple[float, float]:
        size = (self.n - 1.0) / (self.factor - 1.0) - 1.0
        return self.share * size, (1.0 - self.share) * size


@dataclass(frozen=True, slots=True)
class Counts:
    """`mean` a look, with `factor` times Poisson's variance."""

    mean: float
    factor: float = 1.0

    def open(self, rng: np.random.Generator, rows: int) -> Draw:
        """Begin `rows` series of it."""

        def draw(now: float, seconds: float) -> tuple[Floats, Floats]:
            del now
            mean = self.mean
            rate = rng.gamma(mean / (self.factor - 1.0), self.factor - 1.0, rows) if self.factor > 1.0 else mean
            return rng.poisson(rate, rows).astype(np.float64), np.full(rows, seconds)

        return draw

    def log_mass(self, x: Floats) -> Floats:
        """Return the log of the probability of a count of `x`."""
        if self.factor > 1.0:
            return np.asarray(stats.nbinom.logpmf(x, self.mean / (self.factor - 1.0), 1.0 / self.factor))
        return np.asarray(stats.poisson.logpmf(x, self.mean))


@dataclass(frozen=True, slots=True)
class Levels:
    """Normal levels."""

    mean: float
    sd: float

    def open(self, rng: np.random.Generator, rows: int) -> Draw:
        """Begin `rows` series of it."""

        def draw(now: float, seconds: float) -> tuple[Floats, Floats]:
            del now, seconds
            return rng.normal(self.mean, self.sd, rows), np.full(rows, 50.0)

        return draw

    def log_mass(self, x: Floats) -> Floats:
        """Return the log of the density at `x`."""
        return np.asarray(stats.norm.logpdf(x, self.mean, self.sd))
