from __future__ import annotations

import numpy as np
import pytest

from andon.model import Floats
from detectors._level import longrun


def learnt(remainders: Floats) -> Floats:
    record = np.zeros((len(remainders), longrun.WIDTH))
    for column in remainders.T:
        record = longrun.learn(record, column)
    return longrun.factor(record)


def test_before_anything_was_seen_remainders_are_independent() -> None:
    assert longrun.factor(np.zeros((2, longrun.WIDTH))).tolist() == [1.0, 1.0]


def test_of_independent_remainders_it_asks_next_to_nothing() -> None:
    found = learnt(np.random.default_rng(1).normal(0.5, 1.0, (50, 2_000)))
    assert 1.0 <= found.mean() < 1.3
    assert found.min() >= 1.0


@pytest.mark.parametrize("persistence", [0.5, 0.9])
def test_of_persistent_ones_it_finds_by_how_much_their_sums_vary_more(persistence: float) -> None:
    rng, now, columns = np.random.default_rng(2), np.zeros(50), []
    for _ in range(4_000):
        now = persistence * now + rng.normal(0.0, 1.0, 50)
        columns.append(now)
    found = learnt(np.stack(columns, axis=1))
    assert np.median(found) == pytest.approx((1.0 + persistence) / (1.0 - persistence), rel=0.25)


def test_what_never_moves_is_no_wandering() -> None:
    assert learnt(np.zeros((1, 500)))[0] == pytest.approx(1.0)


def test_rows_are_apart_and_the_record_before_is_left_as_it_was() -> None:
    before = np.zeros((2, longrun.WIDTH))
    after = longrun.learn(before, np.array([1.0, -2.0]))
    assert not before.any()
    assert np.array_equal(after[1:], longrun.learn(before[1:], np.array([-2.0])))
