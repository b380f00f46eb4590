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


@dataclass(frozen=True, slots=True)
class Calm:
    """What m like series show while nothing is wrong, and while `fault` is: "rises", "falls" or "silence".

    Of a proportion, 1 in 200 of about 200 events a look; of a count, 20 a look with the variance doubled; both with a daily
    swing of the volume, 5-fold for the count and 20-fold for the proportion's events. Of a level, 100 +- 10. A fault makes
    it 20, 3 and 2 times as much, or divides it by as much.
    """

    form: Form
    rows: int

    def look(self, rng: np.random.Generator, now: float, windows: tuple[float, ...], fault: str = "") -> Observation:
        """Return one look at windows that end at `now`, drawn apart from each other."""
        columns = [self._window(rng, now - seconds / 2, seconds, fault) for seconds in windows]
        x, n = (np.stack(part, axis=1) for part in zip(*columns, strict=True))
        return Observation(self.form, x, n, np.array(windows))

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
