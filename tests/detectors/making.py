"""Looks and detectors for tests, in few words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from andon.bank.probe import NEAR
from andon.detector import Detector, Scores, Settings, State
from andon.model import Direction, Floats, Form, Observation
from andon.testing.series import START
from andon.testing.trial import copied, empty

T0 = START
Draw = Callable[[float, float], tuple[Floats, Floats]]
"""(now, seconds) -> x and n of every row."""


def settings(
    form: Form,
    direction: Direction = Direction.RISES,
    *,
    every: float = 60.0,
    smallest: float = float("nan"),
    **options: Any,
) -> Settings:
    """Return settings with options."""
    return Settings(every, form, direction, smallest, options=options)


def seen(form: Form, x: Iterable[float], n: Iterable[float], seconds: float = 60.0) -> Observation:
    """Return one window's observation of several rows."""
    return Observation(form, np.array(list(x))[:, None], np.array(list(n))[:, None], np.array([seconds]))


class Trial:
    """A detector stepped over `rows` series that a function draws."""

    def __init__(self, detector: Detector, rows: int = 1) -> None:
        self.detector, self.rows, self.now = detector, np.arange(rows), T0
        self.state: State = empty(detector, rows)
        self.form = next(form for form in Form if form in detector.takes)

    def step(self, x: Floats | float, n: Floats | float, seconds: float = 60.0, *, learn: bool = True) -> Scores:
        """Take up one look."""
        self.now += seconds
        wide = np.zeros(len(self.rows))
        look = seen(self.form, wide + x, wide + n, seconds)
        learns = np.full(len(self.rows), learn)
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            return self.detector.step(self.state, self.rows, look, self.now, learns)

    def draw(self, draw: Draw, looks: int, seconds: float = 60.0, *, learn: bool = True) -> list[Scores]:
        """Take up many looks."""
        return [self.step(*draw(self.now + seconds, seconds), seconds, learn=learn) for _ in range(looks)]

    def forgive(self) -> None:
        """Set the evidence back, as the bank does after history and after an alert."""
        for name, what in self.detector.fields.items():
            if what.evidence:
                self.state[name][:] = what.fill

    def copy(self) -> Trial:
        """Return another that goes its own way from here."""
        other = Trial(self.detector, len(self.rows))
        other.now, other.state = self.now, copied(self.state)
        return other

    def run_length(self, draw: Draw, looks: int, asked: float, seconds: float = 60.0) -> tuple[float, float]:
        """Return looks at risk over alarms, and the share of rows that rang in the first tenth of `asked`.

        The threshold is ln `asked`; like the bank, it lets nobody learn near it.
        """
        calm = np.ones(len(self.rows), dtype=np.bool_)
        learn, line, risk, early = calm.copy(), np.log(asked), 0.0, 0.0
        for place in range(1, looks + 1):
            self.now += seconds
            x, n = draw(self.now, seconds)
            scores = self.detector.step(self.state, self.rows, seen(self.form, x, n, seconds), self.now, learn)
            risk += float(calm.sum())
            calm &= ~(scores.fresh & (scores.score >= line))
            learn = calm & (scores.score < line - NEAR)
            if place == round(asked / 10):
                early = float(1.0 - calm.mean())
        return risk / max(float((~calm).sum()), 0.5), early
