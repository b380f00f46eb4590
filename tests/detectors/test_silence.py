from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from andon.errors import ConfigError
from andon.model import Form
from detectors.silence import Silence
from tests.detectors.making import Draw, Trial, seen, settings

HOUR, DAY, WEEK = 3_600.0, 86_400.0, 7 * 86_400.0


def silence(**options: Any) -> Trial:
    return Trial(Silence(settings(Form.COUNT, **{"silent": 900.0, **options})))


def taught(rate: Draw, days: int = 14, piece: float = 1_800.0) -> Trial:
    trial = Trial(Silence(settings(Form.COUNT, silent=900.0)))
    trial.draw(rate, int(days * DAY / piece), piece)
    return trial


def poisson(hourly: float, *, night: float = 1.0, seed: int = 1) -> Draw:
    rng = np.random.default_rng(seed)

    def draw(now: float, seconds: float) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        quiet = night if (now - seconds / 2) % DAY < 6 * HOUR else 1.0
        return rng.poisson([hourly * quiet * seconds / HOUR]).astype(np.float64), np.array([seconds])

    return draw


def nothing_for(trial: Trial, minutes: int) -> list[float]:
    return [float(trial.step(0.0, 60.0, learn=False).score[0]) for _ in range(minutes)]


def test_a_busy_feed_that_stops_is_told_after_the_time_asked_and_not_before() -> None:
    trial = silence(expected=600)
    trial.step(10.0, 60.0)
    told = [score > 0 for score in nothing_for(trial, 20)]
    assert told == [False] * 14 + [True] * 6


def test_a_thin_feed_is_given_longer_than_the_time_asked() -> None:
    trial = silence(expected=6)
    told = nothing_for(trial, 120)
    assert told[30] < 0 < told[95]


def test_anything_that_comes_ends_the_silence() -> None:
    trial = silence(expected=600)
    nothing_for(trial, 30)
    assert trial.step(1.0, 60.0).score[0] == -np.inf
    assert nothing_for(trial, 1)[0] < 0.0


def test_a_feed_with_no_exposure_at_all_is_silent_too() -> None:
    trial = silence(expected=600)
    scores = [trial.step(np.nan, 0.0) for _ in range(20)]
    assert scores[-1].score[0] > 0.0
    assert scores[-1].fresh[0]


def test_silence_began_when_the_last_signal_had_come() -> None:
    trial = silence(expected=600)
    trial.step(5.0, 60.0)
    last = trial.now
    nothing_for(trial, 19)
    assert trial.step(0.0, 60.0).since[0] == last


def test_it_learns_what_is_usual_and_finds_the_feed_gone_by_day() -> None:
    trial = taught(poisson(120.0))
    trial.now += 12 * HOUR
    assert nothing_for(trial, 20)[-1] > 0.0


def test_a_night_that_is_usually_quiet_is_no_silence() -> None:
    trial = taught(poisson(120.0, night=0.0))
    assert max(nothing_for(trial, 5 * 60)) < 0.0


def test_in_two_days_of_a_calm_feed_it_never_speaks() -> None:
    draw = poisson(20.0, night=0.1, seed=5)
    trial = taught(draw)
    assert max(float(scores.score[0]) for scores in trial.draw(draw, 2 * 24 * 60)) < 0.0


def test_a_feed_that_comes_in_bursts_is_given_several_gaps() -> None:
    def burst(now: float, seconds: float) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        due = now // 1_800.0 > (now - seconds) // 1_800.0
        return np.array([500.0 * due]), np.array([seconds])

    trial = taught(burst, days=4, piece=300.0)
    assert max(float(scores.score[0]) for scores in trial.draw(burst, 24 * 60)) < 0.0
    told = nothing_for(trial, 10 * 60)
    assert told[120] < 0.0 < told[-1]


def watched(trial: Trial, draw: Draw, minutes: int) -> list[bool]:
    """Tell at which minutes it is over its line; like the bank, nothing is learnt right after."""
    over = [False]
    for _ in range(minutes):
        scores = trial.step(*draw(trial.now + 60.0, 60.0), learn=not over[-1])
        over.append(bool(scores.score[0] > 0.0))
    return over[1:]


def test_a_feed_that_comes_once_an_hour_is_known_for_it_after_one_false_silence() -> None:
    def hourly(now: float, seconds: float) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        due = (now - 300.0) // HOUR - (now - seconds - 300.0) // HOUR
        return np.array([500.0 * due]), np.array([seconds])

    trial = taught(hourly, days=14, piece=HOUR)  # in which no gap is to be seen
    over = watched(trial, hourly, 24 * 60)
    assert not any(over[3 * 60 :])
    assert max(nothing_for(trial, 10 * 60)) > 0.0


def test_a_feed_that_ends_within_an_hour_of_the_evening_is_not_silent_then() -> None:
    rng = np.random.default_rng(1)

    def shop(now: float, seconds: float) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        minutes = now - np.arange(0.0, seconds, 60.0) - 30.0
        open_for = np.count_nonzero((minutes % DAY >= 6.5 * HOUR) & (minutes % DAY < 22.25 * HOUR))
        return rng.poisson([2_000.0 * open_for / 60.0]).astype(np.float64), np.array([seconds])

    trial = taught(shop, days=14, piece=HOUR)
    assert not any(watched(trial, shop, 36 * 60))
    assert nothing_for(trial, 15)[-1] > 0.0


def test_a_long_outage_teaches_little_about_a_feed_that_is_known() -> None:
    draw = poisson(120.0)
    trial = taught(draw)
    watched(trial, draw, 24 * 60)
    nothing_for(trial, 12 * 60)
    watched(trial, draw, 60)
    assert nothing_for(trial, 20)[-1] > 0.0


def test_it_learns_for_a_week_unless_the_volume_is_given() -> None:
    assert silence().step(1.0, 60.0).learning_left[0] == WEEK - 60.0
    assert silence(expected=60).step(1.0, 60.0).learning_left[0] == 0.0


def test_a_gap_in_which_nobody_looked_is_not_held_against_the_feed() -> None:
    trial = silence(expected=600)
    trial.step(5.0, 60.0)
    trial.now += WEEK
    assert nothing_for(trial, 5)[-1] < 0.0


def test_whatever_comes_is_good_and_nothing_is_not() -> None:
    trial = silence(expected=600)
    usual = trial.detector.expect(trial.state, trial.rows, seen(Form.COUNT, [0.0], [60.0]), trial.now)
    assert 0.0 < usual.low[0] <= 1.0 / 60.0 <= usual.high[0]
    assert usual.expected[0] == pytest.approx(600 / HOUR)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "how long"),
        ({"silent": 0.0}, "above 0"),
        ({"silent": 900.0, "expected": "much"}, "expected is 'much'"),
        ({"silent": 900.0, "expected": 0}, "above 0"),
    ],
)
def test_a_silence_it_cannot_mean_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        Silence(settings(Form.COUNT, **options))
