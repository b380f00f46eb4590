from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.ingest.door import Door, Taken
from andon.ingest.leaps import LEAP, Leaps

DAY = 86_400.0
NOW = 1_772_359_200.0
FAR = 4_070_908_800.0  # the year 2099
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


def test_a_feed_whose_first_signals_have_no_time_has_its_usual_gap_all_the_same() -> None:
    leaps = Leaps()
    leaps.clock(np.array([NONE, NOW, NOW + DAY]), 0.0)
    _, found = leaps.clock(np.array([NOW + 32 * DAY]), NOW + DAY)
    assert found.tolist() == [True]


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


TIMES = st.lists(st.sampled_from([0.0, 1.0, 3 * DAY, 9 * DAY, 10 * DAY, 17 * DAY, 40 * DAY, NONE]), max_size=12)


@given(TIMES)
def test_the_clock_never_goes_back_nor_shows_what_was_doubted(times: list[float]) -> None:
    whole = np.array([NOW + time for time in times])
    clock, doubted = Leaps().clock(whole, 0.0)
    assert (np.diff(clock) >= 0).all()
    believed = np.where(doubted, -np.inf, whole)
    assert np.array_equal(clock, np.maximum.accumulate(np.maximum(believed, 0.0)))


# ---------------------------------------------------------------- at the door


def a_door(*, by_events: bool = True) -> Door:
    return Door({}, b"an invented key..", 90 * DAY, by_events)


def sent(door: Door, *times: float) -> Taken:
    return door.open(
        b"\n".join(json.dumps({"kind": "latency", "value": 5, "time": one}).encode() for one in times), 0.0
    )


def test_one_far_off_time_is_a_letter_with_its_reason_and_what_comes_after_is_taken() -> None:
    taken = sent(a_door(), NOW, FAR, NOW + 1, NOW + 2)
    assert taken.batch.time.tolist() == [NOW, NOW + 1, NOW + 2]
    assert [letter.position for letter in taken.letters] == [2]
    assert "leap of more than 7 days" in taken.letters[0].reason


def test_a_good_time_between_two_far_off_ones_takes_the_first_ones_word_away() -> None:
    assert sent(a_door(), NOW, FAR, NOW + 1, FAR, NOW + 2).refused == 2


def test_what_was_doubted_is_remembered_from_one_body_to_the_next() -> None:
    door = a_door()
    assert [sent(door, NOW).refused, sent(door, FAR).refused, sent(door, FAR + 1).refused] == [0, 1, 0]


def test_a_changed_rulebook_does_not_forget_what_was_doubted() -> None:
    door = a_door()
    sent(door, NOW, FAR)
    door.use({})
    assert sent(door, FAR + 1).refused == 0


def test_where_the_clock_is_the_walls_nothing_is_doubted() -> None:
    taken = sent(a_door(by_events=False), NOW)
    assert (taken.refused, taken.ahead) == (0, 1)
