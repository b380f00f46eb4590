from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from andon.detector import State
from andon.errors import ConfigError
from andon.model import Bools, Direction, Form
from andon.testing.trial import copied, empty
from detectors.half_space_trees import HalfSpaceTrees
from tests.detectors.making import T0, seen, settings


def scores(xs: list[float], **options: Any) -> list[float]:
    trees = HalfSpaceTrees(settings(Form.LEVEL, **{"above": 0.9, **options}))
    state: State = empty(trees, 1)
    said: list[float] = []
    for minute, x in enumerate(xs):
        look = seen(Form.LEVEL, [x], [1.0])
        found = trees.step(state, np.arange(1), look, T0 + 60.0 * minute, np.ones(1, dtype=np.bool_))
        said.append(float(found.score[0]))
    return said


def calm(looks: int) -> list[float]:
    drawn: list[float] = np.random.default_rng(1).normal(100.0, 10.0, looks).tolist()
    return drawn


def test_a_value_far_from_the_last_hours_is_beyond_the_line_and_a_usual_one_seldom() -> None:
    said = scores([*calm(1_000), 160.0])
    assert np.mean(np.array(said[:-1]) > 0.0) < 0.01
    assert said[-1] > 0.0


@pytest.mark.long
@pytest.mark.parametrize(("memory", "most"), [(0.0, 0.008), (0.95, 0.001)])
def test_its_documented_line_finds_five_deviations_and_seldom_more_than_it_says(memory: float, most: float) -> None:
    rows, trees = 12, HalfSpaceTrees(settings(Form.LEVEL, Direction.NONE, above=0.92))
    state, rng, x = empty(trees, rows), np.random.default_rng(5), np.zeros(12)
    calm: list[Bools] = []
    far: list[Bools] = []
    for minute in range(700):
        x = memory * x + np.sqrt(1.0 - memory**2) * rng.normal(0.0, 10.0, rows)
        for found, seen_x, learn in ((calm, 100.0 + x, True), (far, np.full(rows, 150.0), False)):
            on = state if learn else copied(state)
            look = seen(Form.LEVEL, seen_x, np.ones(rows))
            scores = trees.step(on, np.arange(rows), look, T0 + 60.0 * minute, np.full(rows, learn))
            found.append(scores.score > 0.0)
            if minute < 260 or minute % 20:
                break
    assert np.mean(calm[260:]) <= most
    assert np.mean(far) >= 0.97


def test_a_usual_value_that_came_at_once_is_unusual_where_the_stream_moves_slowly() -> None:
    wave = 100.0 + 10.0 * np.abs(np.arange(300) / 30.0 % 2.0 - 1.0)
    leap = [*wave[:271].tolist(), 107.0]  # from the bottom, 100
    assert scores(leap, above=0.8, features=["value"])[-1] < 0.0 < scores(leap, above=0.8)[-1]


def test_its_score_is_the_same_whenever_it_is_asked_with_the_same_seed() -> None:
    assert scores(calm(260)) == scores(calm(260))
    assert scores(calm(260))[250:] != scores(calm(260), seed=2)[250:]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "promises nothing by itself"),
        ({"above": 1.0}, "never scores above 1"),
        ({"above": 0.9, "trees": 0}, "n_trees is 0; it must be a number above 0, at most 50"),
        ({"above": 0.9, "height": 30}, "at most 10"),
        ({"above": 0.9, "model": "anomaly.LODA"}, "has no option 'model'"),
        ({"above": 0.9, "window": 300}, "20 to 250"),
    ],
)
def test_trees_it_cannot_mean_are_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=f"half_space_trees.*{said}"):
        HalfSpaceTrees(settings(Form.LEVEL, Direction.RISES, **options))
