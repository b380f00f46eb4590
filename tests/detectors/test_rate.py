from __future__ import annotations

import numpy as np
import pytest

from andon.detector import State
from andon.model import Floats
from detectors import _rate

HOUR, ROWS = 3_600.0, 40
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
    rate = rate_of(learnt(np.full(2_000, 20.0)))
    assert _rate.counted(rate).max() < 620 * 20.0
    assert _rate.age(rate).min() >= 28 * 24 * HOUR


def test_it_remembers_the_less_the_more_the_rate_wanders() -> None:
    days = np.random.default_rng(2).normal(1.0, 0.2, 45)
    wandering, calm = learnt(np.repeat(50.0 * days, 24)), learnt(np.full(45 * 24, 50.0))
    assert _rate.counted(rate_of(wandering)).mean() < 0.6 * _rate.counted(rate_of(calm)).mean()
    assert wandering["factor"][:, 0].mean() > 1.5 > calm["factor"][:, 0].mean()


def test_a_small_shift_takes_longer_and_is_held_against_longer_spans() -> None:
    factor = learnt(np.repeat(5.0 * np.random.default_rng(3).lognormal(0.0, 0.3, 28), 24))["factor"]
    assert (factor[:, 0] >= factor[:, 1]).all()
    assert factor[:, 0].mean() > 1.1 * factor[:, 1].mean()
