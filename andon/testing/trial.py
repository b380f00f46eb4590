"""A detector on trial: the rig it is set up in, and its run over made-up series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from andon.detector import Detector, Scores, Settings, State, adds
from andon.model import Direction, Floats, Form, Observation
from andon.testing.series import LOOK, START, Calm

WEEKS = 5
"""A detector has learnt by then."""
COARSE = 3_600.0
"""Seconds of the pieces in which history comes."""


@dataclass(frozen=True)
class Rig:
    """A detector, the form and options it is tried with, and what it is to find.

    `fault`: "rises", "falls" or "silence" (see `series.Calm`), to be found within `within` looks. `bookkeeping`: arrays of
    the state that may change though nothing is learnt: times of looks, and what is computed from the rest and kept.
    """

    detector: type[Detector]
    form: Form
    options: Mapping[str, Any] = field(default_factory=dict)
    fault: str = "rises"
    within: int = 30
    bookkeeping: frozenset[str] = frozenset({"clock", "curve"})

    def make(self, **options: Any) -> Detector:
        """Make one, with further options."""
        return self.detector(self.settings(**options))

    def settings(self, **options: Any) -> Settings:
        """Return the settings it is made from."""
        direction = Direction.FALLS if self.fault == "falls" else Direction.RISES
        return Settings(LOOK, self.form, direction, options={**self.options, **options})


@dataclass
class Run:
    """A detector at work on `calm` series; `now` is the end of the last look."""

    detector: Detector
    calm: Calm
    state: State
    rng: np.random.Generator
    now: float = START

    @classmethod
    def new(cls, rig: Rig, rows: int, seed: int = 1) -> Run:
        """Begin, having seen nothing."""
        detector = rig.make()
        return cls(detector, Calm(rig.form, rows), empty(detector, rows), np.random.default_rng(seed))

    def look(self, fault: str = "", seconds: float = LOOK, *, learn: bool = True) -> Scores:
        """Go one look on, of `seconds` or as long as the detector's windows are."""
        self.now += seconds
        windows = tuple(max(float(window), seconds) for window in self.detector.windows)
        return self.step(self.calm.look(self.rng, self.now, windows, fault), learn=learn)

    def step(self, observation: Observation, *, learn: bool = True) -> Scores:
        """Take up one observation of all rows, with arithmetic errors raised."""
        rows = np.arange(self.calm.rows)
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            scores = self.detector.step(self.state, rows, observation, self.now, np.full(len(rows), learn))
        return checked(scores, len(rows))

    def teach(self) -> Run:
        """Learn from history until nothing is left to learn, hourly pieces of what adds up; then forget the evidence."""
        seconds = COARSE if self.calm.form is Form.LEVEL or adds(self.detector, self.calm.form) else LOOK
        for _ in range(WEEKS * 168):
            if not self.look(seconds=seconds).learning_left.any():
                break
        self.forgive()
        return self

    def forgive(self) -> None:
        """Set the evidence back, as the bank does after history, and after an alert is over."""
        for name, what in self.detector.fields.items():
            if what.evidence:
                self.state[name][:] = what.fill


def must(holds: bool, otherwise: str) -> None:
    """Raise AssertionError unless it holds."""
    if not holds:
        raise AssertionError(otherwise)


def empty(detector: Detector, rows: int) -> State:
    """Return the state of `rows` series that have seen nothing."""
    return {name: np.full((rows, *what.shape), what.fill, what.dtype) for name, what in detector.fields.items()}


def copied(state: State) -> State:
    """Return a copy that shares nothing."""
    return {name: array.copy() for name, array in state.items()}


def same(one: State, other: State) -> bool:
    """Tell whether two states hold the same."""
    return all(np.array_equal(one[name], other[name]) for name in one)


def alike(one: float, other: float) -> bool:
    """Tell whether two scores are equal but for rounding."""
    return bool(one == other or abs(one - other) <= 1e-6 * max(1.0, abs(other)))


def equal(one: Scores, other: Scores) -> bool:
    """Tell whether two steps said the same, to the last bit."""
    pairs = [(one.score, other.score), (one.since, other.since), (one.learning_left, other.learning_left)]
    return np.array_equal(one.fresh, other.fresh) and all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)


def checked(scores: Scores, rows: int) -> Scores:
    """Return scores that have the shapes, types and ranges the protocol asks for."""
    floats: tuple[Floats, ...] = (scores.score, scores.since, scores.learning_left)
    must(all(array.shape == (rows,) and array.dtype == np.float64 for array in floats), "scores are not float64 (m,)")
    must(scores.fresh.shape == (rows,) and scores.fresh.dtype == np.bool_, "fresh is not bool (m,)")
    must(not np.isnan(scores.score).any() and not np.isposinf(scores.score).any(), f"a score is {scores.score}")
    must(bool((scores.learning_left >= 0).all()), f"learning_left is {scores.learning_left}")
    return scores
