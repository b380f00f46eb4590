from __future__ import annotations

import numpy as np
import pytest

from andon.model import Floats
from detectors import _longrun_scores as longrun

ROWS = 50


def learnt(days: int, wander: float) -> Floats:
    """Return the record (rows, WIDTH) of looks of an hour, whose sums vary by 1, and whose mean by `wander` from day to day."""
    rng, slow = np.random.default_rng(1), np.zeros((ROWS, longrun.WIDTH))
    for day in range(days):
        mean = rng.normal(0.0, wander, ROWS)
        for hour in range(1, 25):
            away, now = mean + rng.normal(0.0, 1.0, ROWS), 1e9 + 86_400.0 * day + 3_600.0 * hour
            slow = longrun.learn(slow, away, np.ones(ROWS), now, 3_600.0)
    return slow


def test_before_anything_was_seen_looks_are_taken_to_be_independent() -> None:
    assert longrun.factor(np.zeros((1, longrun.WIDTH)))[0] == 1.0


def test_of_independent_looks_evidence_counts_in_full() -> None:
    assert np.median(longrun.factor(learnt(60, 0.0))) == pytest.approx(1.0, abs=0.1)


def test_of_a_mean_that_wanders_from_day_to_day_it_is_divided_by_what_days_vary_more() -> None:
    more = 1.0 + 24.0 * 0.5**2
    assert 0.6 * more < np.median(longrun.factor(learnt(60, 0.5))) < 1.2 * more


def test_one_day_of_trouble_is_not_taken_for_wandering() -> None:
    slow = learnt(30, 0.0)
    for hour in range(1, 25):
        slow = longrun.learn(slow, np.full(ROWS, 5.0), np.ones(ROWS), 1e9 + 30 * 86_400.0 + 3_600.0 * hour, 3_600.0)
    assert np.median(longrun.factor(slow)) < 1.5
