from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.errors import ConfigError
from andon.model import Direction, Form, Observation
from detectors.threshold import Threshold
from tests.detectors.making import seen, settings

EVERYONE = np.ones(1, dtype=np.bool_)
ROW = np.arange(1)


def score(form: Form, x: float, n: float, **options: Any) -> float:
    line = Threshold(settings(form, **options))
    return float(line.step({}, ROW, seen(form, [x], [n]), 60.0, EVERYONE).score[0])


def test_the_line_itself_scores_nothing() -> None:
    assert score(Form.PROPORTION, 2.0, 100.0, above=0.02) == 0.0


@pytest.mark.parametrize(("x", "sign"), [(3.0, 1.0), (1.0, -1.0)])
def test_above_means_more_than_the_line(x: float, sign: float) -> None:
    assert np.sign(score(Form.PROPORTION, x, 100.0, above=0.02)) == sign


@pytest.mark.parametrize(("x", "sign"), [(3.0, -1.0), (1.0, 1.0)])
def test_below_means_less_than_the_line(x: float, sign: float) -> None:
    assert np.sign(score(Form.PROPORTION, x, 100.0, below=0.02)) == sign


def test_a_count_is_the_number_in_the_window_whatever_its_length() -> None:
    assert score(Form.COUNT, 31.0, 600.0, above=30.0, over=600.0) > 0.0 > score(Form.COUNT, 29.0, 600.0, above=30.0)


def test_a_level_is_compared_as_it_is_negative_ones_too() -> None:
    assert score(Form.LEVEL, -3.0, 5.0, below=-2.0) > 0.0 > score(Form.LEVEL, -1.0, 5.0, below=-2.0)


def test_a_line_at_zero_can_be_crossed() -> None:
    assert score(Form.COUNT, 1.0, 60.0, above=0) == 1.0


@pytest.mark.parametrize(("x", "n"), [(0.0, 0.0), (np.nan, 10.0), (np.nan, 0.0), (1.0, np.nan)])
def test_an_empty_window_says_nothing(x: float, n: float) -> None:
    assert score(Form.PROPORTION, x, n, above=0.02) == -np.inf


def test_it_wants_one_window_as_long_as_over_or_as_a_look() -> None:
    assert list(Threshold(settings(Form.LEVEL, above=1.0, over=600.0)).windows) == [600.0]
    assert list(Threshold(settings(Form.LEVEL, above=1.0)).windows) == [60.0]


def test_it_began_where_its_window_begins() -> None:
    line = Threshold(settings(Form.LEVEL, above=1.0, over=600.0))
    look = Observation(Form.LEVEL, np.array([[2.0], [0.0]]), np.ones((2, 1)), np.array([600.0]))
    since = line.step({}, np.arange(2), look, 1_000.0, np.ones(2, dtype=np.bool_)).since
    assert since[0] == 400.0
    assert np.isnan(since[1])


@given(
    line=st.floats(-1e6, 1e6),
    value=st.floats(-1e7, 1e7),
    side=st.sampled_from(["above", "below"]),
)
def test_what_is_beyond_the_line_is_never_good(line: float, value: float, side: str) -> None:
    detector = Threshold(settings(Form.LEVEL, Direction.RISES, **{side: line}))
    look = seen(Form.LEVEL, [value], [1.0])
    beyond = detector.step({}, ROW, look, 60.0, EVERYONE).score[0] > 0
    good = detector.expect({}, ROW, look, 60.0)
    assert good.low[0] <= good.expected[0] <= good.high[0]
    assert not (beyond and good.low[0] <= value <= good.high[0])


def test_between_clear_and_the_line_a_value_neither_fires_nor_is_good() -> None:
    detector = Threshold(settings(Form.PROPORTION, above=0.02))
    look = seen(Form.PROPORTION, [19.0], [1000.0])
    assert detector.step({}, ROW, look, 60.0, EVERYONE).score[0] < 0.0
    assert detector.expect({}, ROW, look, 60.0).high[0] < 0.019


def test_clear_may_be_given() -> None:
    detector = Threshold(settings(Form.PROPORTION, below=0.9, clear=0.95))
    good = detector.expect({}, ROW, seen(Form.PROPORTION, [1.0], [1.0]), 60.0)
    assert (float(good.low[0]), float(good.high[0])) == (0.95, 1.0)


def test_what_is_expected_of_a_count_is_a_rate_per_second() -> None:
    detector = Threshold(settings(Form.COUNT, above=60.0, over=600.0))
    good = detector.expect({}, ROW, seen(Form.COUNT, [1.0], [600.0], 600.0), 60.0)
    assert good.high[0] == pytest.approx(0.09)
    assert good.low[0] == 0.0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "exactly one of above and below"),
        ({"above": 1.0, "below": 0.5}, "exactly one of above and below"),
        ({"above": "much"}, "above is 'much'"),
        ({"above": float("nan")}, "above is nan"),
        ({"above": True}, "above is True"),
        ({"above": 1.0, "over": 0.0}, "over is 0.0; it must be a number above 0"),
        ({"above": 1.0, "clear": 2.0}, "beyond the line"),
        ({"above": 1.0, "for": 60.0}, "no option 'for'"),
    ],
)
def test_an_option_it_cannot_mean_is_refused_with_what_is_allowed(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        Threshold(settings(Form.LEVEL, **options))
