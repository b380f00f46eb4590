from __future__ import annotations

import numpy as np
import pytest

from detectors import _odds


def test_a_share_moves_as_its_odds_do() -> None:
    assert _odds.moved(np.array([0.2]), np.array([1.6])) == pytest.approx(0.4 / 1.4)


def test_what_a_shift_has_put_into_a_share_is_taken_out_again() -> None:
    before, odds = np.array([0.02, 0.3, 0.9]), np.array([2.2, 0.4, 3.5])
    mixed = 0.7 * before + 0.3 * _odds.moved(before, odds)
    assert _odds.before(mixed, np.full(3, 0.3), odds) == pytest.approx(before)
