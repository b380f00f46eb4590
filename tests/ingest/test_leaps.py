from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.ingest.leaps import LEAP, Leaps

DAY = 86_400.0
NOW = 1_772_359_200.0
NONE = -math.inf


def doubted(*times: float, now: float = NOW) -> list[bool]:
    return [bool(one) for one in Leaps().clock(np.array(times), now)[1]]


def test_the_first_signal_starts_the_clock_wherever_it_stands() -> None:
    assert doubted(4_000_000_000.0, now=0.0) == [False]


def test_a_far_off_time_is_doubted_and_does_not_move_the_clock() -> None:
    clock, found = Leaps().clock(np.array([NOW + 400 * DAY, NOW + 1.0]), NOW)
    assert (clock.tolist(), found.tolist()) == ([NOW, NOW + 1.0], [True, False])


def test_a_week_is_believed_at_once() -> None:
    assert doubted(NOW + LEAP) == [False]


def test_the_next_signal_may_agree() -> None:
    assert doubted(NOW + 40 * DAY, NOW + 40 * DAY + 60) == [True, False]


def test_two_far_off_times_that_have_nothing_to_do_with_each_other_are_both_doubted() -> None:
    assert doubted(NOW + 4000 * DAY, NOW + 9000 * DAY) == [True, True]


def test_a_signal_without_a_time_neither_agrees_nor_forgets() -> None:
    assert doubted(NOW + 40 * DAY, NONE, NOW + 40 * DAY) == [True, False, False]


def test_what_comes_once_a_month_costs_one_letter_and_is_believed_then() -> None:
    assert doubted(*(NOW + month * 30 * DAY for month in range(1, 13))) == [True] + [False] * 11


def test_a_feed_of_a_few_a_week_may_pause_for_a_month() -> None:
    days = [*range(0, 60, 2), 88, 90]
    assert not any(doubted(*(NOW + day * DAY for day in days), now=0.0))


def test_a_busy_feed_that_pauses_for_a_month_is_doubted_once() -> None:
    assert doubted(*(NOW + second for second in range(500)), NOW + 30 * DAY, NOW + 30 * DAY).count(True) == 1


@pytest.mark.parametrize("now", [0.0, NOW])
@given(
    st.lists(st.one_of(st.just(NONE), st.floats(0, 200).map(lambda days: NOW + days * DAY)), max_size=30),
    st.integers(0, 30),
)
def test_it_does_not_matter_where_batches_are_cut(now: float, times: list[float], cut: int) -> None:
    whole, parts = Leaps(), Leaps()
    clock, found = whole.clock(np.array(times), now)
    first, found_first = parts.clock(np.array(times[:cut]), now)
    then, found_then = parts.clock(np.array(times[cut:]), first[-1] if len(first) else now)
    assert clock.tolist() == [*first, *then]
    assert found.tolist() == [*found_first, *found_then]
