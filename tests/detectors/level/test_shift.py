from __future__ import annotations

import numpy as np

from andon.detector import State
from andon.model import Bools, Floats
from detectors._level import shift

SIZES = shift.sizes(1.0)
ROWS = np.arange(1)


def state() -> State:
    return {name: np.full((1, *what.shape), what.fill, what.dtype) for name, what in shift.fields(3).items()}


def look(at: State, unit: float) -> tuple[Floats, Bools]:
    logs = shift.logs(at, ROWS, SIZES, np.array([unit]), np.zeros(1))
    found = shift.judge(at, ROWS, logs, np.ones(1), 0.0)
    return found.score, found.fresh


def calm(at: State, looks: int, seed: int = 1) -> State:
    for unit in np.random.default_rng(seed).normal(0, 1, looks):
        shift.learn(at, ROWS, SIZES, np.array([unit]))
    return at


def test_a_shift_is_told_only_once_it_is_rare() -> None:
    at = calm(state(), 500)
    found = [float(look(at, 1.5)[0][0]) for _ in range(30)]
    assert found[0] == -np.inf
    assert min(score for score in found if np.isfinite(score)) >= 7.4


def test_what_was_told_may_raise_an_alarm_again_only_when_it_has_grown() -> None:
    at = calm(state(), 500)
    told = [float(score[0]) for score, fresh in (look(at, 1.2) for _ in range(40)) if fresh[0]]
    assert len(told) > 2
    assert np.all(np.diff(told) >= 1.0)


def test_beyond_doubt_it_begins_again_and_asks_for_more() -> None:
    at = calm(state(), 500)
    before = shift.logs(at, ROWS, SIZES, np.array([2.0]), np.zeros(1))
    for _ in range(60):
        score, _fresh = look(at, 2.0)
        shift.settle(at, ROWS, score)
        if at["often"][0] > 0.0:
            break
    assert not at["evidence"][0, 0].any()
    assert np.all(shift.logs(at, ROWS, SIZES, np.array([2.0]), np.zeros(1)) < before / 5.0)


def test_a_shift_smaller_than_what_matters_is_none() -> None:
    at = calm(state(), 500)
    assert np.all(shift.logs(at, ROWS, SIZES, np.array([1.0]), np.array([4.0])) < 0.0)


def test_where_either_way_matters_both_are_looked_for() -> None:
    assert sorted(shift.sizes(0.0)) == sorted([*shift.sizes(1.0), *-shift.sizes(1.0)])
