"""Made-up series for trying detectors: calm ones, and the textbook fault of each form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from andon.model import Floats, Form, Observation

LOOK = 60.0
"""Seconds between looks."""
START = 1_767_225_600.0
"""2026-01-01, a Thursday, at midnight UTC."""
_DAY = 86_400.0
_USUAL: Floats = np.array([0.1, 0.1, 0.25, 0.3, 0.25])


def scored(hist: Floats, values: Floats, seconds: Floats) -> Observation:
    """Return the observation of ratings by their histogram (m, w, k) over `values` (k,)."""
    n = hist.sum(axis=2)
    mean = np.divide(hist @ values, n, out=np.full(n.shape, np.nan), where=n > 0.0)
    return Observation(Form.SCORE, mean, n, seconds, hist, values)


@dataclass(frozen=True, slots=True)
class Calm:
    """What m like series show while nothing is wrong, and while `fault` is: "rises", "falls" or "silence".

    Of a proportion, 1 in 200 of about 200 events a look; of a count, 20 a look with the variance doubled; both with a daily
    swing of the volume, 5-fold for the count and 20-fold for the proportion's events. Of a level, 100 +- 10. A fault makes
    it 20, 3 and 2 times as much, or divides it by as much. Of a score, about 20 ratings of 1 to 5 a look, mean 3.5; a fault
    multiplies or divides the odds of each next value by 2: mean 4.3 or 2.3.
    """

    form: Form
    rows: int

    def look(self, rng: np.random.Generator, now: float, windows: tuple[float, ...], fault: str = "") -> Observation:
        """Return one look at windows that end at `now`, drawn apart from each other."""
        if self.form is Form.SCORE:
            return self._score(rng, now, windows, fault)
        columns = [self._window(rng, now - seconds / 2, seconds, fault) for seconds in windows]
        x, n = (np.stack(part, axis=1) for part in zip(*columns, strict=True))
        return Observation(self.form, x, n, np.array(windows))

    def _score(self, rng: np.random.Generator, now: float, windows: tuple[float, ...], fault: str) -> Observation:
        odds = _USUAL * 2.0 ** (np.arange(5.0) * {"rises": 1.0, "falls": -1.0}.get(fault, 0.0))
        looks, days = np.array(windows) / LOOK, np.sin(2 * np.pi * (now - np.array(windows) / 2) / _DAY)
        n = rng.poisson(20.0 * looks * np.exp(days), (self.rows, len(windows)))
        return scored(rng.multinomial(n, odds / odds.sum()).astype(np.float64), np.arange(1.0, 6.0), np.array(windows))

    def _window(self, rng: np.random.Generator, at: float, seconds: float, fault: str) -> tuple[Floats, Floats]:
        looks, day = seconds / LOOK, np.sin(2 * np.pi * at / _DAY)
        factor = {"rises": 1.0, "falls": -1.0}.get(fault, 0.0)
        if self.form is Form.COUNT:
            mean = 20.0 * looks * np.exp(0.8 * day) * 3.0**factor * (fault != "silence")
            x = rng.poisson(rng.gamma(np.full(self.rows, max(mean, 1e-9)))).astype(np.float64)
            return x * (fault != "silence"), np.full(self.rows, seconds)
        if self.form is Form.PROPORTION:
            n = 1 + rng.poisson(200.0 * looks * np.exp(1.5 * day), self.rows)
            return rng.binomial(n, 0.005 * 20.0**factor).astype(np.float64), n.astype(np.float64)
        return rng.normal(100.0 * 2.0**factor, 10.0, self.rows), np.full(self.rows, 50.0 * looks)
