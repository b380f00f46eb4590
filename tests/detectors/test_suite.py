"""The suite shipped to authors finds fault with detectors that have one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from andon.detector import Field, Scores, State
from andon.model import Bools, Form, Ints, Observation
from andon.testing import detectors as suite
from andon.testing.detectors import Check, Rig
from detectors.level import Level


class Scribbles(Level):
    def step(self, state: State, rows: Ints, observation: Observation, now: float, learn: Bools) -> Scores:
        observation.x[:] = 0.0
        return super().step(state, rows, observation, now, learn)


class Mixes(Level):
    def step(self, state: State, rows: Ints, observation: Observation, now: float, learn: Bools) -> Scores:
        scores = super().step(state, rows, observation, now, learn)
        return Scores(scores.score - scores.score.mean(), scores.fresh, scores.since, scores.learning_left)


class Remembers(Level):
    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self.looks = 0

    def step(self, state: State, rows: Ints, observation: Observation, now: float, learn: Bools) -> Scores:
        self.looks += 1
        scores = super().step(state, rows, observation, now, learn)
        return Scores(scores.score + 0.01 * self.looks, scores.fresh, scores.since, scores.learning_left)


class Swells(Level):
    @property
    def fields(self) -> Mapping[str, Field]:
        return {**super().fields, "history": Field("f8", (1_000,))}


class AlwaysLearns(Level):
    def step(self, state: State, rows: Ints, observation: Observation, now: float, learn: Bools) -> Scores:
        return super().step(state, rows, observation, now, np.ones_like(learn))


class CriesWolf(Level):
    def step(self, state: State, rows: Ints, observation: Observation, now: float, learn: Bools) -> Scores:
        scores = super().step(state, rows, observation, now, learn)
        return Scores(scores.score + 8.0, scores.fresh, scores.since, scores.learning_left)


class Sleeps(Level):
    def step(self, state: State, rows: Ints, observation: Observation, now: float, learn: Bools) -> Scores:
        scores = super().step(state, rows, observation, now, learn)
        return Scores(scores.score - 99.0, scores.fresh, scores.since, scores.learning_left)


class NeverReady(Level):
    def step(self, state: State, rows: Ints, observation: Observation, now: float, learn: Bools) -> Scores:
        scores = super().step(state, rows, observation, now, learn)
        return Scores(scores.score, scores.fresh, scores.since, scores.learning_left + 60.0)


class Shrugs(Level):
    def accept(self, state: State, rows: Ints, observation: Observation, now: float) -> None:
        pass


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        (Shrugs, suite.takes_up_what_is_accepted),
        (Scribbles, suite.leaves_inputs_untouched),
        (Mixes, suite.rows_are_apart),
        (Remembers, suite.restores),
        (Swells, suite.declares_itself),
        (AlwaysLearns, suite.learns_only_when_told),
        (CriesWolf, suite.keeps_its_promise),
        (Sleeps, suite.finds_its_fault),
        (NeverReady, suite.says_how_long_it_learns),
    ],
)
def test_a_fault_is_found_by_the_check_that_is_there_for_it(kind: type[Level], check: Check) -> None:
    with pytest.raises((AssertionError, ValueError)):
        check(Rig(kind, Form.LEVEL))


def test_a_detector_without_fault_passes_in_one_line() -> None:
    suite.conforms(Rig(Level, Form.LEVEL))
