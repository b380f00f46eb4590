from __future__ import annotations

import numpy as np
import pytest

from andon.model import Floats
from detectors import _longrun_counts

ROWS = 100
LEVEL = np.zeros(ROWS)


def learnt(offs: Floats, variance: float = 1.0) -> Floats:
    spans = np.zeros((ROWS, _longrun_counts.WIDTH))
    for off in offs:
        spans = _longrun_counts.learn(spans, off, np.full(ROWS, variance), LEVEL)
    return spans


def factors(spans: Floats, speed: float) -> Floats:
    return _longrun_counts.factors(spans, np.full((len(spans), 1), speed))[:, 0]


def daily(hours: int, wander: float, seed: int = 1) -> Floats:
    """Draw hours of variance 1 about a level that each day draws anew."""
    rng = np.random.default_rng(seed)
    level = np.repeat(rng.normal(0.0, wander, (hours // 24 + 1, ROWS)), 24, axis=0)[:hours]
    return np.asarray(level + rng.normal(0.0, np.sqrt(1.0 - wander**2), (hours, ROWS)))


def test_before_anything_was_seen_there_is_no_factor() -> None:
    assert factors(np.zeros((1, _longrun_counts.WIDTH)), 0.01).tolist() == [1.0]


def test_of_independent_hours_it_asks_next_to_nothing() -> None:
    assert 1.0 <= factors(learnt(daily(672, 0.0)), 0.2).mean() < 1.15


def test_a_level_that_each_day_draws_anew_is_found() -> None:
    wander = np.sqrt(0.2)
    assert np.median(factors(learnt(daily(672, wander)), 0.01)) == pytest.approx(1.0 + 23 * 0.2, rel=0.3)


def test_what_shows_within_an_hour_need_not_fear_what_wanders_from_day_to_day() -> None:
    spans = learnt(daily(672, np.sqrt(0.2)))
    by_speed = [float(factors(spans, speed).mean()) for speed in (10.0, 2.0, 0.5, 0.05)]
    assert by_speed[0] == 1.0
    assert by_speed == sorted(by_speed)


def test_one_day_of_trouble_does_not_count_in_full() -> None:
    offs = daily(672, 0.0)
    offs[300:324] += 20.0
    assert factors(learnt(offs), 0.2).mean() < 2.5


def test_what_all_hours_share_is_no_wandering() -> None:
    spans = np.zeros((ROWS, _longrun_counts.WIDTH))
    for off in daily(672, 0.0) + 0.5:
        spans = _longrun_counts.learn(spans, off, np.ones(ROWS), np.full(ROWS, 0.25))
    assert factors(spans, 0.01).mean() < 1.2


def test_after_years_it_still_counts_its_hours() -> None:
    spans = learnt(daily(1_700, 0.0))
    assert spans[:, 0].max() < 60 * 24 + 96
    assert 1.0 <= factors(spans, 0.01).mean() < 1.2
