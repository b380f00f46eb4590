"""Rules on scores, from ratings to evidence in their own units."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from andon.detector import Detector
from andon.model import Direction, Finding, Form, Kind, Projection
from andon.rulebook.model import Test
from andon.streams.metrics import SCALES, metric
from detectors.level import Level
from detectors.score import Score
from detectors.threshold import Threshold
from tests.bank.world import MONTHLY, World, batch, rule, states

KINDS: dict[str, type[Detector]] = {"score": Score, "level": Level, "threshold": Threshold}
CALM = (0.02, 0.01, 0.02, 0.02, 0.03, 0.06, 0.07, 0.15, 0.22, 0.18, 0.22)
"""Of 0 to 10: NPS 17."""
BAD = (0.12, 0.06, 0.06, 0.06, 0.08, 0.08, 0.08, 0.16, 0.14, 0.08, 0.08)
"""NPS -38."""


def rated(word: str, test: Test) -> World:
    return World(
        rule(test, metric=metric(word, SCALES, {}), projection=Projection(Kind.RATING, "nps", by=("shop",))),
        detectors=KINDS,
    )


def minutes(world: World, shares: Sequence[float], count: int, seed: int = 1, many: int = 20) -> list[Finding]:
    rng, found = np.random.default_rng(seed), []
    for _ in range(count):
        values = rng.choice(11, many, p=np.array(shares) / np.sum(shares))
        found += world.minute(
            *(({"shop": "west"}, float(value), 1.0) for value in values), kind=Kind.RATING, name="nps"
        )
    return found


def falls(detector: str = "score") -> Test:
    return Test(detector, Direction.FALLS, promise=MONTHLY)


@pytest.mark.parametrize(("word", "calm", "bad"), [("nps", 17.0, -38.0), ("mean:nps", 7.4, 5.0)])
def test_a_score_that_falls_is_told_in_its_own_units_and_is_good_again_once_it_is_back(
    word: str, calm: float, bad: float
) -> None:
    world = rated(word, falls())
    assert minutes(world, CALM, 105) == []
    [fired] = minutes(world, BAD, 10, seed=2)
    told = fired.evidence
    assert told is not None
    assert told.detector == "score"
    assert told.expected == pytest.approx(calm, abs=0.15 * abs(calm))
    assert told.observed == pytest.approx(bad, abs=0.35 * abs(bad))
    assert told.observed < told.low < told.expected < told.high
    assert (told.unit, told.n % 20) == ("points", 0)
    assert told.odds >= 30 * 86_400.0
    assert states(minutes(world, CALM, 30, seed=3))[-1] == "ok"


def test_the_board_shows_a_score_and_what_is_usual() -> None:
    world = rated("nps", falls())
    minutes(world, CALM, 105)
    [light] = world.bank.lights()
    assert light.expected == pytest.approx(17.0, abs=5.0)
    assert -100.0 <= light.observed <= 100.0
    assert light.n == 20


def test_what_a_score_has_learnt_survives_a_restart_in_the_middle_of_a_fall() -> None:
    one, other = rated("nps", falls()), rated("nps", falls())
    for world in (one, other):
        minutes(world, CALM, 105)
    other.restart()
    assert [found.score for found in minutes(one, BAD, 5, seed=2)] == [
        found.score for found in minutes(other, BAD, 5, seed=2)
    ]


def test_a_fixed_line_below_nothing_goes_for_points() -> None:
    world = rated("nps", Test("threshold", Direction.FALLS, {"below": -10.0, "over": 300.0}))
    assert minutes(world, CALM, 10) == []
    assert states(minutes(world, BAD, 6, seed=2)) == ["firing"]


@pytest.mark.long
def test_a_score_may_be_watched_as_a_level() -> None:
    world = rated("mean:nps", falls("level"))
    assert minutes(world, CALM, 210) == []
    [fired] = minutes(world, BAD, 30, seed=2)
    assert fired.evidence is not None
    assert fired.evidence.detector == "level"


@pytest.mark.parametrize(("detector", "looks"), [("score", 1), ("level", 10)])
def test_history_is_learnt_whole_by_what_adds_up_and_look_by_look_as_a_level(detector: str, looks: int) -> None:
    world = rated("nps", falls(detector))
    told = [(at, {"shop": "west"}, 7.0 + at % 3, 1.0) for at in np.arange(5.0, 600.0, 60.0).tolist()]
    world.streams.fold(batch(Kind.RATING, [(at, labels, value, of) for at, labels, value, of in told], "nps"))
    seen: list[float] = []
    probe = world.bank.judges[0].probes[0]
    learn = probe.learn
    probe.learn = lambda view, seconds: (seen.append(seconds), learn(view, seconds))[1]  # type: ignore[method-assign,func-returns-value]
    world.bank.learn(600.0, 600.0)
    assert len(seen) == looks
    assert math.fsum(seen) == 600.0
    assert world.bank.judges[0].rule.metric.form is Form.SCORE
