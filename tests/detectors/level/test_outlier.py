from __future__ import annotations

import numpy as np
import pytest

from andon.detector import State
from andon.model import Floats
from detectors._level import local, news, tail


def learnt(values: Floats) -> Floats:
    record = np.zeros((1, tail.WIDTH))
    for value in values:
        record = tail.learn(record, np.array([value]))
    return record


def nothing() -> State:
    return {name: np.full((1, *what.shape), what.fill, what.dtype) for name, what in news.FIELDS.items()}


def told(state: State, surprise: float, hour: int = 3) -> float:
    rows, one = np.arange(1), np.array([surprise])
    return float(news.judge(state, rows, one, hour, np.ones(1, dtype=np.bool_))[0])


def test_what_is_below_the_middle_is_no_surprise() -> None:
    assert tail.surprise(np.zeros((1, tail.WIDTH)), np.array([-1.0]), np.array([500.0]))[0] == 0.0


def test_the_farther_out_the_greater_the_surprise() -> None:
    record = np.repeat(learnt(np.abs(np.random.default_rng(1).normal(0, 1, 1_000))), 6, axis=0)
    found = tail.surprise(record, np.array([0.0, 1.0, 3.0, 6.0, 12.0, 40.0]), np.full(6, 1_000.0))
    assert np.all(np.diff(found) > 0.0)


def test_a_series_whose_tail_is_heavy_is_surprised_less() -> None:
    rng, far, looks = np.random.default_rng(2), np.array([12.0]), np.array([3_000.0])
    light, heavy = learnt(np.abs(rng.normal(0, 1, 3_000))), learnt(np.abs(rng.standard_t(2, 3_000)))
    assert tail.surprise(heavy, far, looks)[0] < 0.7 * tail.surprise(light, far, looks)[0]


def test_a_young_series_believes_less_of_how_rare_a_look_is() -> None:
    record, far = np.zeros((2, tail.WIDTH)), np.array([30.0, 30.0])
    young, old = tail.surprise(record, far, np.array([30.0, 10_000.0]))
    assert young < 0.5 * old


def test_two_looks_in_a_row_say_more_than_one() -> None:
    state = nothing()
    first, second = told(state, 6.0), told(state, 6.0)
    assert second > first + 1.0


def test_two_far_apart_do_not_add_up() -> None:
    state = nothing()
    first = told(state, 6.0)
    for _ in range(50):
        told(state, 0.0)
    assert told(state, 6.0) == pytest.approx(first, abs=0.02)


def test_what_comes_at_this_hour_every_day_is_less_news_and_at_another_it_is() -> None:
    state = nothing()
    for _ in range(20):
        news.learn(state, np.arange(1), np.array([8.0]), 3)
    assert told({name: array.copy() for name, array in state.items()}, 8.0, hour=3) < 4.0
    assert told(state, 8.0, hour=4) > 7.0


def test_outliers_leave_the_spread_as_it_is_once_it_is_known() -> None:
    rng = np.random.default_rng(3)
    spreads = []
    for share in (0.0, 0.1):
        state, looks = np.zeros((1, 8)), 0.0
        for value in rng.normal(0.0, 10.0, 3_000) + 1e4 * (rng.random(3_000) < share) * (np.arange(3_000) > 50):
            off = np.array([value])
            now = np.array([looks])
            part = local.take(state, now, (off, off), np.array([100.0]), np.ones(1, dtype=np.bool_))
            state = local.learn(state, now, part)
            looks += 1.0
        spreads.append(float(part.spread[0]))
    assert spreads[0] == pytest.approx(10.0, rel=0.25)
    assert spreads[1] < 2.0 * spreads[0]
