from __future__ import annotations

import numpy as np

from andon.model import Bools, Floats
from detectors import _guard

HOUR = 3_600.0


def watched(logs: list[float], seconds: float = HOUR) -> tuple[Floats, list[Bools]]:
    guard, said = np.zeros((1, 2)), []
    for place, log in enumerate(logs):
        guard, familiar = _guard.watch(guard, np.array([log]), (place + 1) * seconds, seconds)
        assert np.array_equal(guard, guard.astype("u2"))
        said.append(familiar)
    return guard, said


def test_what_is_as_ever_may_be_learnt_from() -> None:
    guard, said = watched([-1.0, 2.0, -1.5, 0.4] * 50)
    assert all(one.all() for one in said)
    assert guard[0, 1] == 0.0


def test_what_stands_out_is_not_learnt_from_until_it_has_sunk_back_by_a_third() -> None:
    _, said = watched([5.0, 5.0, -1.0, -1.0, -5.0, -1.0])
    assert [bool(one[0]) for one in said] == [True, False, False, False, True, True]


def test_what_lasts_for_more_than_a_week_is_the_new_usual() -> None:
    _, said = watched([3.0] * 200)
    assert [bool(one[0]) for one in said[2:]] == [False] * 167 + [True] * 31


def test_looks_of_a_minute_make_up_hours() -> None:
    guard, _ = watched([1.0] * 150, 60.0)
    assert guard[0].tolist() == [12_000.0, 2.0]
