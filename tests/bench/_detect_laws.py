"""Laws that looks are drawn from, one after the other apart: what a detector is held against an optimum on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from scipy import stats

from andon.model import Floats, Form, Observation
from andon.testing.series import scored

Draw: TypeAlias = Callable[[float, float], Observation]
"""(now, seconds) -> one window of every row, of a look that ended at `now`."""


class Stream(Protocol):
    """What some like series show while nothing is wrong."""

    def open(self, rng: np.random.Generator, rows: int) -> Draw:
        """Begin `rows` series of it."""
        ...


class Law(Stream, Protocol):
    """A stream whose looks are independent and alike."""

    def log_mass(self, seen: Observation) -> Floats:
        """Return the log of the probability, or of its density, of one look, (m,), but for what all of its kind share."""
        ...


def window(form: Form, x: Floats, n: Floats, seconds: float) -> Observation:
    """Return one window of every row, x (m,) and n (m,)."""
    return Observation(form, x[:, None], n[:, None], np.array([seconds], dtype=np.float64))


@dataclass(frozen=True, slots=True)
class Trials:
    """k of `n`, with `factor` times the binomial's variance."""

    n: int
    share: float
    factor: float = 1.0

    def open(self, rng: np.random.Generator, rows: int) -> Draw:
        """Begin `rows` series of it."""
        all_ = np.full(rows, float(self.n))

        def draw(now: float, seconds: float) -> Observation:
            del now
            share = rng.beta(*self._beta(), rows) if self.factor > 1.0 else self.share
            return window(Form.PROPORTION, rng.binomial(self.n, share, rows).astype(np.float64), all_, seconds)

        return draw

    def log_mass(self, seen: Observation) -> Floats:
        """Return the log of the probability of so many successes."""
        x = seen.x[:, 0]
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

        def draw(now: float, seconds: float) -> Observation:
            del now
            mean = self.mean
            rate = rng.gamma(mean / (self.factor - 1.0), self.factor - 1.0, rows) if self.factor > 1.0 else mean
            return window(Form.COUNT, rng.poisson(rate, rows).astype(np.float64), np.full(rows, seconds), seconds)

        return draw

    def log_mass(self, seen: Observation) -> Floats:
        """Return the log of the probability of such a count."""
        x = seen.x[:, 0]
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

        def draw(now: float, seconds: float) -> Observation:
            del now
            return window(Form.LEVEL, rng.normal(self.mean, self.sd, rows), np.full(rows, 50.0), seconds)

        return draw

    def log_mass(self, seen: Observation) -> Floats:
        """Return the log of the density at such a level."""
        x = seen.x[:, 0]
        return np.asarray(stats.norm.logpdf(x, self.mean, self.sd))


@dataclass(frozen=True, slots=True)
class Stars:
    """`n` ratings of 1 star and more, with these `shares`."""

    n: int
    shares: tuple[float, ...]

    def open(self, rng: np.random.Generator, rows: int) -> Draw:
        """Begin `rows` series of it."""
        values = np.arange(1.0, len(self.shares) + 1.0)

        def draw(now: float, seconds: float) -> Observation:
            del now
            hist = rng.multinomial(self.n, self.shares, (rows, 1)).astype(np.float64)
            return scored(hist, values, np.array([seconds]))

        return draw

    def log_mass(self, seen: Observation) -> Floats:
        """Return the log of the probability of such ratings, but for the multinomial coefficient."""
        if seen.hist is None:
            raise ValueError("a score is told by its histogram")
        return np.asarray(seen.hist[:, 0] @ np.log(self.shares))
