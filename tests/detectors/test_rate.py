from __future__ import annotations

import numpy as np
import pytest

from andon.detector import State
from andon.model import Floats
from detectors import _rate

HOUR, ROWS = 3_600.0, 20
PACE = _rate.Pace.of(HOUR, seasonal=False)
SHIFTS = np.log([1.3, 2.2])


def empty() -> State:
    fields = _rate.fields(len(SHIFTS))
    return {name: np.full((ROWS, *what.shape), what.fill, what.dtype) for name, what in fields.items()}


def learnt(means: Floats, state: State | None = None) -> State:
    state, rng, n = state or empty(), np.random.default_rng(1), np.full(ROWS, HOUR)
    for mean in means:
        rate = state["rate"].astype(np.float64)
        x = rng.poisson(mean, ROWS).astype(np.float64)
        _rate.learn(state, np.arange(ROWS), PACE, (x, n, n, n * _rate.level(rate)), SHIFTS)
    return state


def rate_of(state: State) -> Floats:
    return state["rate"].astype(np.float64)


def test_it_learns_the_level_and_that_there_is_no_more_than_chance() -> None:
    rate = rate_of(learnt(np.full(300, 20.0)))
    assert (_rate.level(rate) * HOUR).mean() == pytest.approx(20.0, rel=0.02)
    assert np.median(_rate.over(rate, PACE)) < 0.1


def test_what_it_rests_on_is_bounded_and_its_age_is_known_for_four_weeks() -> None:
    rate = rate_of(learnt(np.full(700, 20.0)))
    assert _rate.counted(rate).max() < 520 * 20.0
    assert _rate.age(rate).min() >= 28 * 24 * HOUR


def test_what_is_accepted_is_the_level_and_half_as_sure_as_its_window() -> None:
    state, four = learnt(np.full(300, 20.0)), np.full(ROWS, 4.0 * HOUR)
    _rate.accept(state, np.arange(ROWS), np.full(ROWS, 160.0), four, four)
    assert _rate.level(rate_of(state)) * HOUR == pytest.approx(40.0, rel=0.02)
    assert _rate.counted(rate_of(state)).tolist() == [40.0] * ROWS


def test_it_follows_a_level_that_stays() -> None:
    state = learnt(np.full(1_000, 40.0), learnt(np.full(100, 20.0)))
    assert (_rate.level(rate_of(state)) * HOUR).mean() == pytest.approx(40.0, rel=0.06)


def test_a_small_shift_takes_longer_and_is_held_against_longer_spans() -> None:
    factor = learnt(np.repeat(5.0 * np.random.default_rng(3).lognormal(0.0, 0.3, 28), 24))["factor"]
    assert (factor[:, 0] >= factor[:, 1]).all()
    assert factor[:, 0].mean() > 1.1 * factor[:, 1].mean()
