from __future__ import annotations

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from andon.ingest.door import Door, Taken
from andon.ingest.leaps import LEAP, Leaps

DAY = 86_400.0
NOW = 1_772_370_000.0
FAR = 4_070_908_800.0  # the year 2099


def a_door(*, by_events: bool = True) -> Door:
    return Door({}, b"an invented key..", 90 * DAY, by_events)


def sent(door: Door, *times: float | None) -> Taken:
    signals: list[dict[str, object]] = [{"kind": "latency", "value": 5} for _ in times]
    for signal, time in zip(signals, times, strict=True):
        if time is not None:
            signal["time"] = time
    return door.open("\n".join(map(json.dumps, signals)).encode(), 0.0)


def test_one_far_off_time_is_refused_and_what_comes_after_is_taken() -> None:
    taken = sent(a_door(), NOW, FAR, NOW + 1, NOW + 2)
    assert (taken.taken, taken.refused) == (3, 1)
    assert taken.batch.time.tolist() == [NOW, NOW + 1, NOW + 2]
    assert "leap of more than 7 days" in taken.letters[0].reason


def test_the_first_signal_starts_the_clock_wherever_it_stands() -> None:
    assert sent(a_door(), FAR).taken == 1


def test_a_gap_of_weeks_costs_one_letter_and_then_the_feed_goes_on_there() -> None:
    taken = sent(a_door(), NOW, NOW + 30 * DAY, NOW + 30 * DAY + 60, NOW + 30 * DAY + 120)
    assert (taken.taken, taken.refused) == (3, 1)


def test_a_gap_of_a_week_costs_nothing() -> None:
    assert sent(a_door(), NOW, NOW + LEAP, NOW + 2 * LEAP).refused == 0


def test_two_far_off_times_that_do_not_agree_are_both_refused() -> None:
    assert sent(a_door(), NOW, NOW + 400 * DAY, NOW + 500 * DAY, NOW + 1).refused == 2


def test_a_good_time_between_two_far_off_ones_takes_the_first_ones_word_away() -> None:
    assert sent(a_door(), NOW, FAR, NOW + 1, FAR, NOW + 2).refused == 2


def test_a_signal_without_a_time_neither_agrees_nor_disagrees() -> None:
    assert sent(a_door(), NOW, FAR, None, FAR + 1).refused == 1


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


TIMES = st.lists(st.sampled_from([0.0, 1.0, 3 * DAY, 9 * DAY, 10 * DAY, 17 * DAY, 40 * DAY, -np.inf]), max_size=12)


@given(TIMES, st.integers(0, 12))
def test_it_does_not_matter_where_batches_are_cut(times: list[float], cut: int) -> None:
    whole = np.array([NOW + time for time in times])
    clock, doubted = Leaps().clock(whole, 0.0)
    leaps, pieces, now = Leaps(), [], 0.0
    for piece in (whole[:cut], whole[cut:]):
        found = leaps.clock(piece, now)
        pieces.append(found)
        now = float(found[0][-1]) if len(piece) else now
    assert np.array_equal(np.concatenate([one[0] for one in pieces]), clock)
    assert np.array_equal(np.concatenate([one[1] for one in pieces]), doubted)


@given(TIMES)
def test_the_clock_never_goes_back_nor_shows_what_was_doubted(times: list[float]) -> None:
    whole = np.array([NOW + time for time in times])
    clock, doubted = Leaps().clock(whole, 0.0)
    assert (np.diff(clock) >= 0).all()
    believed = np.where(doubted, -np.inf, whole)
    assert np.array_equal(clock, np.maximum.accumulate(np.maximum(believed, 0.0)))
