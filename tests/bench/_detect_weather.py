"""Streams that are in control and yet hard: over-dispersed, seasonal, trending, wandering, swelling, on holiday."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from andon.model import Floats, Form, Observation
from andon.testing.series import START, scored
from tests.bench._detect_laws import Draw, window

DAY, HOUR = 86_400.0, 3_600.0
TUESDAY = 5
"""Days after the start, which is a Thursday."""
_STARS: Floats = np.arange(1.0, 6.0)
_USUAL: Floats = np.array([0.05, 0.05, 0.1, 0.25, 0.55])


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day that begins at `at`, epoch seconds: how many times the usual volume, and the usual level, it has.

    `known`: somebody wrote down that it will come and with what volume.
    """

    at: float
    volume: float = 0.3
    level: float = 1.0
    known: bool = False


@dataclass(frozen=True, slots=True)
class Weather:
    """Like series of a form, each drawn on its own; `every` seconds a look.

    `volume`: events behind a look; `level`: the share, counts an event, the gauge, or of stars by what
    the odds of each next lower value are multiplied. Volume swings by
    e^(+-swing) within the day, is 0 outside of `opens`, and is `later` times as much from the time `turns` on.
    The level's season has hour of the day (e^(+-shape)), and `tuesday` times as much from 10 to 14 on Tuesdays; it grows by
    `trend` a look; each day has a random level of its own (`daily`, relative sd) and an hourly one that
    returns within half a day (`hourly`). `factor`: variance over chance's. A gauge's noise is `noise` of its level, with
    `tail` ("normal", "t3", "lognormal"), correlated by `persists` from look to look, and as if of `volume` events, so
    that `later` changes it too.
    """

    form: Form
    volume: float
    level: float
    every: float
    swing: float = 0.0
    opens: tuple[float, float] = (0.0, 24.0)
    turns: float = np.inf
    later: float = 1.0
    shape: float = 0.0
    tuesday: float = 1.0
    trend: float = 0.0
    daily: float = 0.0
    hourly: float = 0.0
    factor: float = 1.0
    noise: float = 0.05
    tail: str = "normal"
    persists: float = 0.0
    holiday: Holiday | None = None

    def open(self, rng: np.random.Generator, rows: int) -> Draw:
        """Begin `rows` series of it."""
        wander, noise = _Wander(self, rng, rows), _Noise(self, rng, rows)
        looks = {Form.PROPORTION: self._share, Form.COUNT: self._count, Form.SCORE: self._stars}

        def draw(now: float, seconds: float) -> Observation:
            at = now - seconds / 2
            volume = self._volume(at) * seconds / self.every
            level = self._season(at) * wander.at(at)
            if self.form is Form.LEVEL:
                return self._gauge(rng, level, volume, seconds, noise.next())
            return looks[self.form](rng, level, volume, seconds, at)

        return draw

    def _share(self, rng: np.random.Generator, level: Floats, volume: float, seconds: float, at: float) -> Observation:
        del at
        n = rng.poisson(volume, len(level))
        share = np.minimum(self.level * level, 0.99)
        if self.factor > 1.0:
            size = np.maximum(n - 1.0, 1.0) / (self.factor - 1.0)
            share = rng.beta(share * size, (1.0 - share) * size)
        return window(self.form, rng.binomial(n, share).astype(np.float64), n.astype(np.float64), seconds)

    def _count(self, rng: np.random.Generator, level: Floats, volume: float, seconds: float, at: float) -> Observation:
        mean = self.level * level * volume
        if self.factor > 1.0:
            mean = rng.gamma(np.maximum(mean, 1e-12) / (self.factor - 1.0), self.factor - 1.0)
        holiday = self.resting(at)
        exposure = seconds * (holiday.volume if holiday and holiday.known else 1.0)
        return window(self.form, rng.poisson(mean).astype(np.float64), np.full(len(level), exposure), seconds)

    def _gauge(
        self, rng: np.random.Generator, level: Floats, volume: float, seconds: float, noise: Floats
    ) -> Observation:
        n = rng.poisson(volume, len(level)).astype(np.float64)
        thin = np.sqrt(self.volume / np.maximum(n, 1.0))
        x = np.where(n > 0.0, self.level * level * (1.0 + self.noise * thin * noise), np.nan)
        return window(self.form, x, n, seconds)

    def _stars(self, rng: np.random.Generator, level: Floats, volume: float, seconds: float, at: float) -> Observation:
        del at
        n = rng.poisson(volume, len(level))
        shares = _USUAL * level[:, None] ** (3.0 - _STARS)
        shares /= shares.sum(axis=1, keepdims=True)
        if self.factor > 1.0:
            size = np.maximum(n - 1.0, 1.0) / (self.factor - 1.0)
            shares = rng.standard_gamma(shares * size[:, None]) + 1e-300
            shares /= shares.sum(axis=1, keepdims=True)
        return scored(rng.multinomial(n, shares)[:, None].astype(np.float64), _STARS, np.array([seconds]))

    def _volume(self, at: float) -> float:
        hour = at % DAY / HOUR
        volume = (
            self.volume * np.exp(self.swing * np.sin(2 * np.pi * at / DAY)) * (self.later if at >= self.turns else 1.0)
        )
        holiday = self.resting(at)
        volume *= holiday.volume if holiday else 1.0
        return float(volume) if self.opens[0] <= hour < self.opens[1] else 0.0

    def _season(self, at: float) -> float:
        day, hour = int((at - START) // DAY) % 7, at % DAY / HOUR
        season = np.exp(self.shape * np.sin(2 * np.pi * at / DAY)) * (1.0 + self.trend * (at - START) / self.every)
        if day == TUESDAY and 10.0 <= hour < 14.0:
            season *= self.tuesday
        holiday = self.resting(at)
        return float(season * holiday.level if holiday else season)

    def resting(self, at: float) -> Holiday | None:
        """Return the holiday that goes on at a time."""
        return self.holiday if self.holiday and self.holiday.at <= at < self.holiday.at + DAY else None


class _Wander:
    """Every row's own level, relative, as it goes about its mean."""

    def __init__(self, weather: Weather, rng: np.random.Generator, rows: int) -> None:
        self._weather, self._rng = weather, rng
        self._day, self._hour = -1, -1
        self._daily, self._hourly = np.zeros(rows), np.zeros(rows)

    def at(self, at: float) -> Floats:
        """Return the level at a time; times ascend."""
        day, hour = int(at // DAY), int(at // HOUR)
        if day != self._day:
            self._day, self._daily = day, self._rng.normal(0.0, 1.0, len(self._daily))
        if hour != self._hour:
            keep = np.exp(-1.0 / 12.0)
            self._hour = hour
            self._hourly = keep * self._hourly + np.sqrt(1 - keep**2) * self._rng.normal(0.0, 1.0, len(self._daily))
        return np.asarray(np.exp(self._weather.daily * self._daily + self._weather.hourly * self._hourly))


class _Noise:
    """A gauge's noise, of mean 0 and sd 1 but for lognormal tails, which have skew."""

    def __init__(self, weather: Weather, rng: np.random.Generator, rows: int) -> None:
        self._keep, self._tail, self._rng, self._rows = weather.persists, weather.tail, rng, rows
        self._last = self._draw()

    def next(self) -> Floats:
        """Return the next look's."""
        self._last = self._keep * self._last + np.sqrt(1.0 - self._keep**2) * self._draw()
        return self._last

    def _draw(self) -> Floats:
        if self._tail == "t3":
            return np.asarray(self._rng.standard_t(3.0, self._rows) / np.sqrt(3.0))
        if self._tail == "lognormal":
            skewed = self._rng.lognormal(0.0, 0.75, self._rows)
            return np.asarray((skewed - np.exp(0.75**2 / 2)) / np.sqrt((np.exp(0.75**2) - 1) * np.exp(0.75**2)))
        return self._rng.normal(0.0, 1.0, self._rows)
