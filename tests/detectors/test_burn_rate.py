from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from andon.detector import Scores
from andon.errors import ConfigError
from andon.model import Direction, Form, Observation
from detectors.burn_rate import BurnRate
from tests.detectors.making import settings


def burn(
    shares: list[float], events: float = 1_000.0, direction: Direction = Direction.RISES, **options: Any
) -> Scores:
    """`shares` are those of bad events in 5 min, 30 min, 1 h and 6 h (fast) or 2 h, 6 h, 1 d and 3 d (slow)."""
    detector = BurnRate(settings(Form.PROPORTION, direction, **{"budget": 0.01, **options}))
    n = np.full((1, 4), events)
    look = Observation(Form.PROPORTION, n * shares, n, np.array(detector.windows))
    return detector.step({}, np.arange(1), look, 1e6, np.ones(1, dtype=np.bool_))


def test_fast_windows_are_five_minutes_to_six_hours() -> None:
    assert list(BurnRate(settings(Form.PROPORTION, budget=0.01)).windows) == [300.0, 1_800.0, 3_600.0, 21_600.0]


def test_slow_windows_are_two_hours_to_three_days() -> None:
    slow = BurnRate(settings(Form.PROPORTION, budget=0.01, windows="slow"))
    assert list(slow.windows) == [7_200.0, 21_600.0, 86_400.0, 259_200.0]


def test_it_fires_when_an_hour_and_five_minutes_burn_at_fourteen() -> None:
    assert burn([0.15, 0.0, 0.15, 0.0]).score[0] > 0.0


def test_it_fires_when_six_hours_and_half_an_hour_burn_at_six() -> None:
    assert burn([0.0, 0.07, 0.0, 0.07]).score[0] > 0.0


def test_a_fire_that_is_out_in_the_short_window_is_no_fire() -> None:
    assert burn([0.0, 0.0, 0.3, 0.3]).score[0] < 0.0


def test_a_flash_that_the_long_window_does_not_feel_is_no_fire() -> None:
    assert burn([0.5, 0.5, 0.1, 0.05]).score[0] < 0.0


def test_at_the_very_rate_the_score_is_nothing() -> None:
    assert burn([0.144, 0.0, 0.144, 0.0]).score[0] == pytest.approx(0.0)


def test_slow_windows_burn_at_one_over_three_days() -> None:
    assert burn([0.0, 0.011, 0.0, 0.011], windows="slow").score[0] > 0.0 > burn([0.011] * 4, windows="fast").score[0]


def test_of_a_large_budget_the_pair_that_can_burn_is_watched() -> None:
    assert burn([0.0, 0.95, 0.0, 0.95], budget=0.15).score[0] > 0.0
    assert burn([0.4] * 4, budget=0.3, windows="slow").score[0] > 0.0


def test_one_bad_event_after_a_quiet_night_is_no_fire() -> None:
    detector = BurnRate(settings(Form.PROPORTION, budget=0.01))
    n = np.array([[1.0, 1.0, 3.0, 29.0]])
    look = Observation(Form.PROPORTION, np.array([[1.0, 1.0, 1.0, 1.0]]), n, np.array(detector.windows))
    assert detector.step({}, np.arange(1), look, 1e6, np.ones(1, dtype=np.bool_)).score[0] == -np.inf


def test_a_long_window_with_few_events_says_nothing() -> None:
    few = burn([1.0] * 4, events=29.0)
    assert few.score[0] == -np.inf
    assert not few.fresh[0]


def test_how_few_may_be_said() -> None:
    assert burn([1.0] * 4, events=29.0, least=10).score[0] > 0.0


def test_no_data_is_not_all_right_but_nothing() -> None:
    assert burn([float("nan")] * 4).score[0] == -np.inf


def test_no_bad_event_at_all_is_far_below_the_line() -> None:
    assert burn([0.0] * 4).score[0] < -100.0


def test_a_rule_that_watches_for_a_fall_counts_what_is_missing() -> None:
    assert (
        burn([0.8] * 4, direction=Direction.FALLS).score[0]
        > 0.0
        > burn([0.999] * 4, direction=Direction.FALLS).score[0]
    )


def test_since_is_the_beginning_of_the_pair_that_burns_hardest() -> None:
    assert burn([0.5, 0.07, 0.5, 0.07]).since[0] == 1e6 - 3_600.0
    assert np.isnan(burn([0.0] * 4).since[0])


def test_a_budget_for_a_week_burns_at_a_quarter_of_the_rate() -> None:
    assert burn([0.04, 0.0, 0.04, 0.0], of=7 * 86_400.0).score[0] > 0.0


def test_it_is_good_again_below_the_lowest_pair_with_room_to_spare() -> None:
    detector = BurnRate(settings(Form.PROPORTION, budget=0.01))
    look = Observation(Form.PROPORTION, np.ones((1, 4)), np.ones((1, 4)), np.array(detector.windows))
    good = detector.expect({}, np.arange(1), look, 1e6)
    assert (float(good.low[0]), float(good.expected[0])) == (0.0, 0.01)
    assert float(good.high[0]) == pytest.approx(0.054)


def test_of_a_share_of_good_ones_the_upper_side_is_good() -> None:
    detector = BurnRate(settings(Form.PROPORTION, Direction.FALLS, budget=0.01))
    look = Observation(Form.PROPORTION, np.ones((1, 4)), np.ones((1, 4)), np.array(detector.windows))
    good = detector.expect({}, np.arange(1), look, 1e6)
    assert float(good.low[0]) == pytest.approx(0.946)
    assert float(good.high[0]) == 1.0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "needs a budget"),
        ({"budget": 1.0}, "a share below 1"),
        ({"budget": 0.0}, "above 0"),
        ({"budget": 0.2}, "more than all there is. State one below 0.17, or slow windows"),
        ({"budget": 0.01, "windows": "quick"}, "one of: fast, slow"),
        ({"budget": 0.01, "of": -1.0}, "of is -1.0"),
    ],
)
def test_a_budget_it_cannot_mean_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        BurnRate(settings(Form.PROPORTION, **options))
