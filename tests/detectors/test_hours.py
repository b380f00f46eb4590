from __future__ import annotations

import numpy as np
import pytest

from andon.detector import State
from detectors import _hours
from detectors._hours import HOUR, MOST, WEEK

ROWS = np.arange(2)


def empty() -> State:
    return {name: np.full((2, *what.shape), what.fill, what.dtype) for name, what in _hours.FIELDS.items()}


def add(state: State, hour: int, x: float, seconds: float = HOUR) -> None:
    _hours.add(state, ROWS, hour, np.array([x, 2.0 * x]), np.full(2, seconds))


@pytest.mark.parametrize("rate", [1e-4, 0.3, 17.0, 1e6, 1e11])
def test_an_hour_is_read_as_it_was_written(rate: float) -> None:
    state = empty()
    add(state, 5, rate)
    counts, time = _hours.read(state, ROWS)
    assert counts[:, 5] == pytest.approx([rate, 2.0 * rate], rel=4e-4)
    assert time[0, 5] == HOUR
    assert np.count_nonzero(counts) == 2


def test_short_looks_add_up_and_go_in_once_the_hour_is_over() -> None:
    state = empty()
    for _ in range(100):
        add(state, 3, 0.01, 10.0)
    under_way, _ = _hours.read(state, ROWS)
    assert under_way[:, 3] == pytest.approx([1.0, 2.0], rel=1e-3)
    assert not state["hour_rates"].any()
    add(state, 4, 0.0, 10.0)
    counts, time = _hours.read(state, ROWS)
    assert counts[:, 3] / time[:, 3] == pytest.approx([1e-3, 2e-3], rel=1e-3)
    assert 1_000.0 <= time[0, 3] <= 1_120.0


def test_an_hour_without_counts_is_known_to_have_none() -> None:
    state = empty()
    add(state, 7, 0.0)
    counts, time = _hours.read(state, ROWS)
    assert (counts[0, 7], time[0, 7]) == (0.0, HOUR)


def test_what_is_too_rare_or_too_much_for_its_two_bytes_is_the_least_or_the_most() -> None:
    state = empty()
    for hour, x in ((0, 1e-12), (1, 1e20)):
        add(state, hour, x)
    counts, _ = _hours.read(state, ROWS)
    assert 0.0 < counts[0, 0] < 1e-5
    assert 1e11 < counts[0, 1] < 1e12


def test_eight_weeks_are_remembered_and_rates_stay_true() -> None:
    state, rng = empty(), np.random.default_rng(2)
    for _ in range(200):
        add(state, 9, float(rng.poisson(5_000)))
    counts, time = _hours.read(state, ROWS)
    assert time[0, 9] == MOST
    assert counts[0, 9] / time[0, 9] * HOUR == pytest.approx(5_000.0, rel=0.02)


def test_a_second_learnt_of_an_hour_is_not_taken_for_more_counts() -> None:
    state = empty()
    add(state, 3, 1.0, 1.0)
    add(state, 4, 0.0, 1.0)
    assert _hours.read(state, ROWS)[0][:, 3] == pytest.approx([1.0, 2.0], rel=1e-3)


def test_a_little_time_each_week_adds_up() -> None:
    state = empty()
    for _ in range(100):
        add(state, 3, 1.0, 55.0)
        add(state, 4, 0.0, 1.0)
    counts, time = _hours.read(state, ROWS)
    assert counts[0, 3] / time[0, 3] == pytest.approx(1.0 / 55.0, rel=0.1)
    assert 5_000.0 < time[0, 3] < 12_500.0


def test_a_rate_that_is_scaled_a_thousandfold_is_not_forgotten() -> None:
    state = empty()
    add(state, 2, 1.0)
    _hours.scale(state, ROWS, np.full(2, 1_000.0))
    counts, time = _hours.read(state, ROWS)
    assert counts[0, 2] / time[0, 2] * HOUR == pytest.approx(1_000.0, rel=1e-3)


@pytest.mark.parametrize("factor", [0.25, 4.0])
def test_a_scaled_hour_has_another_rate_and_is_no_surer(factor: float) -> None:
    state = empty()
    for _ in range(4):
        add(state, 2, 600.0)
    before, _ = _hours.read(state, ROWS)
    _hours.scale(state, ROWS, np.array([factor, 1.0]))
    counts, time = _hours.read(state, ROWS)
    assert counts[0, 2] / time[0, 2] == pytest.approx(factor * 600.0 / HOUR, rel=0.02)
    assert counts[0, 2] <= before[0, 2] * 1.001
    assert counts[1] == pytest.approx(before[1], rel=1e-3)


def test_every_hour_of_the_week_has_a_place_of_its_own() -> None:
    state = empty()
    for hour in range(WEEK):
        add(state, hour, 10.0 + hour)
    counts, _ = _hours.read(state, ROWS)
    assert counts[0] == pytest.approx(10.0 + np.arange(WEEK), rel=1e-3)
