from __future__ import annotations

import numpy as np
import pytest

from andon.detector import State
from detectors import _hours, _season
from tests.detectors.making import T0

HOUR, DAY = 3_600.0, 86_400.0
ROW, PLAIN = np.arange(1), np.ones(1)


def empty() -> State:
    return {name: np.full((1, *what.shape), what.fill, what.dtype) for name, what in _season.FIELDS.items()}


def shape(at: float) -> float:
    """Return counts an hour: 20-fold over the day, half at the weekend (T0 is a Thursday)."""
    weekend = (at - T0) // DAY % 7 in (2, 3)
    return float(600.0 * np.exp(1.5 * np.sin(2 * np.pi * at / DAY)) * (0.5 if weekend else 1.0))


def learnt(weeks: int, rng: np.random.Generator | None = None) -> State:
    state = empty()
    for hour in range(weeks * 168):
        now = T0 + (hour + 1) * HOUR
        mean = shape(now - HOUR / 2)
        x = float(rng.poisson(mean)) if rng else mean
        _season.learn(state, ROW, np.array([x]), np.array([HOUR]), now, HOUR)
    return state


def test_before_anything_is_learnt_a_rate_is_still_a_positive_number() -> None:
    assert 0.0 < _season.usual(empty(), ROW, PLAIN, T0, 60.0)[0][0] < 1.0


@pytest.mark.parametrize("hours", [3.5, 11.25, 20.75, 51.5, 60.1])
def test_after_four_weeks_it_knows_every_hour_of_the_week(hours: float) -> None:
    at = T0 + 28 * DAY + hours * HOUR
    found = _season.usual(learnt(4, np.random.default_rng(1)), ROW, PLAIN, at + 30.0, 60.0)[0][0] * HOUR
    assert found == pytest.approx(shape(at), rel=0.12)


def test_between_hours_it_follows_the_curve_without_steps() -> None:
    state = learnt(4)
    minutes = [_season.usual(state, ROW, PLAIN, T0 + 28 * DAY + 60.0 * m, 60.0)[0][0] for m in range(24 * 60)]
    steps = np.abs(np.diff(np.log(minutes)))
    assert steps.max() < 0.012


def test_what_it_follows_is_what_is_usual() -> None:
    state, now = learnt(2), T0 + 14 * DAY + 5_000.0
    assert _season.follow(state, ROW, PLAIN, now, 300.0) == _season.usual(state, ROW, PLAIN, now, 300.0)


def test_a_day_not_yet_seen_is_taken_from_the_days_that_were() -> None:
    state = empty()
    for hour in range(48):
        now = T0 + (hour + 1) * HOUR
        _season.learn(state, ROW, np.array([shape(now - HOUR / 2)]), np.array([HOUR]), now, HOUR)
    at = T0 + 4 * DAY + 6 * HOUR
    assert _season.usual(state, ROW, PLAIN, at, 60.0)[0][0] * HOUR == pytest.approx(shape(at), rel=0.25)


def test_a_window_of_a_day_is_usual_as_its_hours_are_on_average() -> None:
    state = learnt(4)
    end = T0 + 29 * DAY
    hours = [_season.usual(state, ROW, PLAIN, end - h * HOUR, HOUR)[0][0] for h in range(24)]
    assert _season.usual(state, ROW, PLAIN, end, DAY)[0][0] == pytest.approx(np.mean(hours))


def test_a_long_piece_of_history_is_spread_over_its_hours() -> None:
    state = empty()
    _season.learn(state, ROW, np.array([240.0]), np.array([DAY]), T0 + DAY, DAY)
    counts, _ = _hours.read(state, ROW)
    assert np.count_nonzero(counts[0]) == 24
    assert counts.sum() == pytest.approx(240.0, rel=1e-3)


def test_an_hour_remembers_eight_weeks_at_most() -> None:
    state = learnt(12)
    assert _hours.read(state, ROW)[1].max() <= 8 * HOUR


def test_an_odd_hour_of_one_weekday_is_believed_when_it_comes_again_and_again() -> None:
    state = empty()
    for hour in range(4 * 168):
        now = T0 + (hour + 1) * HOUR
        x = 500.0 if hour % 168 == 100 else 50.0
        _season.learn(state, ROW, np.array([x]), np.array([HOUR]), now, HOUR)
    at = T0 + (4 * 168 + 100.5) * HOUR
    assert _season.usual(state, ROW, PLAIN, at, 60.0)[0][0] * HOUR > 400.0


def test_it_is_unsure_between_two_hours_that_differ_sharply_and_nowhere_else() -> None:
    state = empty()
    for hour in range(4 * 168):
        x = 500.0 if 9 <= hour % 24 < 21 else 50.0
        _season.learn(state, ROW, np.array([x]), np.array([HOUR]), T0 + (hour + 1) * HOUR, HOUR)
    week = T0 + 28 * DAY
    opening, noon, middle = (
        _season.usual(state, ROW, PLAIN, week + hours * HOUR, 60.0)[1][0] for hours in (9.0, 15.0, 8.5 + 1 / 120)
    )
    assert opening > 1.0
    assert noon < 0.01
    assert middle < 1e-6
