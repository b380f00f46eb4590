from __future__ import annotations

import numpy as np
import pytest

from andon.model import Floats
from detectors import _clock


def after(ends: list[float], seconds: float = 60.0) -> Floats:
    """Return the clock (1, 3) after looks that ended then."""
    clock = np.zeros((1, 3))
    for now in ends:
        _clock.move(clock, _clock.passed(clock, now, seconds, 60.0), now, seconds, 60.0)
    return clock


def test_the_first_look_stands_for_itself() -> None:
    passed = _clock.passed(np.zeros((1, 3)), 1e6, 60.0, 60.0)
    assert (passed.elapsed[0], passed.gap[0], passed.looks[0], bool(passed.near[0])) == (60.0, 60.0, 1.0, True)


def test_a_pause_counts_for_no_more_than_four_usual_gaps() -> None:
    clock = after([1e6, 1e6 + 60.0])
    assert _clock.passed(clock, 1e6 + 240.0, 60.0, 60.0).looks[0] == 3.0
    long = _clock.passed(clock, 1e6 + 86_400.0, 60.0, 60.0)
    assert long.looks[0] == 4.0
    assert not long.near[0]


def test_the_usual_gap_follows_the_looks_that_come() -> None:
    assert after([1e6 + 600.0 * look for look in range(300)])[0, _clock.GAP] == pytest.approx(600.0, rel=0.02)


def test_pieces_of_history_in_a_row_leave_no_gap() -> None:
    assert after([1e6 + 3_600.0 * piece for piece in range(50)], seconds=3_600.0)[0, _clock.GAP] == 60.0


def test_what_is_left_to_learn_takes_as_long_as_the_pace_so_far_tells() -> None:
    left = _clock.left(np.array([0.25, 1.0, 0.0]), np.array([3_600.0, 3_600.0, 3_600.0]), 60.0)
    assert left.tolist() == [10_800.0, 0.0, 28 * 86_400.0]
