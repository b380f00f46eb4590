from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.oncall.schedule import next_change, on_schedule
from andon.rulebook.model import Layer, Override, Schedule
from andon.walltime import instant

MADRID, SHANGHAI = "Europe/Madrid", "Asia/Shanghai"
WEEKEND, WEEKDAYS = frozenset({5, 6}), frozenset(range(5))
WEEKLY = Layer(("a", "b", "c"), "weekly", "2026-01-05 09:30")


def wall(time: str) -> datetime:
    return datetime.fromisoformat(time)


def on(schedule: Schedule, time: str) -> tuple[str, ...]:
    return on_schedule(schedule, instant(wall(time), schedule.zone))


def one(layer: Layer, zone: str = MADRID) -> Schedule:
    return Schedule("s", zone, (layer,))


def test_the_first_has_the_turn_that_begins_at_the_start() -> None:
    assert on(one(WEEKLY), "2026-01-05 09:30") == ("a",)


def test_nobody_is_on_duty_before_the_start() -> None:
    assert on(one(WEEKLY), "2026-01-05 09:29") == ()


def test_a_turn_ends_when_the_next_begins() -> None:
    assert on(one(WEEKLY), "2026-01-12 09:29") == ("a",)
    assert on(one(WEEKLY), "2026-01-12 09:30") == ("b",)


def test_after_the_last_comes_the_first_again() -> None:
    assert on(one(WEEKLY), "2026-01-26 10:00") == ("a",)


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_handover_stays_at_its_wall_time_when_the_clocks_change(day: str) -> None:
    daily = one(Layer(("a", "b"), "daily", "2026-01-01 09:30"))
    before, after = on(daily, f"{day} 09:29"), on(daily, f"{day} 09:30")
    assert {before, after} == {("a",), ("b",)}


def test_handover_at_a_time_that_does_not_exist_is_the_first_instant_after() -> None:
    daily = one(Layer(("a", "b"), "daily", "2026-03-28 02:30"))
    change = instant(wall("2026-03-29T03:00"), MADRID)
    assert on_schedule(daily, change - 1) == ("a",)
    assert on_schedule(daily, change) == ("b",)


def test_handover_at_a_time_that_exists_twice_is_the_first_and_does_not_go_back() -> None:
    daily = one(Layer(("a", "b"), "daily", "2026-10-24 02:30"))
    first = instant(wall("2026-10-25T02:30"), MADRID)
    assert [on_schedule(daily, first + ahead) for ahead in (-1, 0, 1800, 3600, 5400)] == [
        ("a",), ("b",), ("b",), ("b",), ("b",),
    ]  # fmt: skip


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_an_hourly_rotation_neither_skips_nor_doubles_anyone_when_the_clocks_change(day: str) -> None:
    hourly = one(Layer(("a", "b", "c"), "hourly", "2026-01-01 00:00"))
    start = instant(wall(f"{day} 00:00"), MADRID)
    turns = [on_schedule(hourly, start + 3600 * hour)[0] for hour in range(7)]
    assert all(after == {"a": "b", "b": "c", "c": "a"}[before] for before, after in pairwise(turns))


def test_a_monthly_turn_begins_on_the_last_day_where_a_month_is_short() -> None:
    monthly = one(Layer(("a", "b"), "monthly", "2026-01-31 08:00"))
    assert on(monthly, "2026-02-28 07:59") == ("a",)
    assert on(monthly, "2026-02-28 08:00") == ("b",)
    assert on(monthly, "2026-03-31 08:00") == ("a",)


def test_a_later_layer_wins_where_it_counts() -> None:
    both = Schedule("s", SHANGHAI, (WEEKLY, Layer(("x",), "daily", "2026-01-10 09:30", only=WEEKEND)))
    assert on(both, "2026-01-16 12:00") == ("b",)
    assert on(both, "2026-01-17 12:00") == ("x",)


def test_days_off_do_not_use_up_turns() -> None:
    weekend = one(Layer(("x", "y", "z"), "daily", "2026-01-10 09:30", only=WEEKEND))
    days = ["2026-01-10", "2026-01-11", "2026-01-17", "2026-01-18", "2026-01-24"]
    assert [on(weekend, f"{day} 12:00") for day in days] == [("x",), ("y",), ("z",), ("x",), ("y",)]
    assert on(weekend, "2026-01-12 12:00") == ()


def test_weekdays_in_turn_go_over_the_weekend() -> None:
    days = one(Layer(("x", "y", "z"), "daily", "2026-01-05 00:00", only=WEEKDAYS))
    assert on(days, "2026-01-09 12:00") == ("y",)
    assert on(days, "2026-01-12 12:00") == ("z",)


def test_the_first_keeps_the_first_turn_when_the_start_is_a_day_off() -> None:
    weekend = one(Layer(("x", "y"), "daily", "2026-01-05 00:00", only=WEEKEND))
    assert on(weekend, "2026-01-10 12:00") == ("x",)


def test_hourly_turns_count_on_their_days_only() -> None:
    hourly = one(Layer(("x", "y", "z"), "hourly", "2026-01-05 00:00", only=frozenset({0})))
    assert on(hourly, "2026-01-05 23:10") == ("z",)
    assert on(hourly, "2026-01-12 00:10") == ("x",)


def test_hours_end_at_their_minute() -> None:
    day = one(Layer(("x",), "weekly", "2026-01-05 00:00", hours=(9 * 60, 18 * 60)))
    assert on(day, "2026-01-06 08:59") == ()
    assert on(day, "2026-01-06 09:00") == ("x",)
    assert on(day, "2026-01-06 18:00") == ()


def test_a_nights_hours_belong_to_the_day_they_begin_on() -> None:
    night = one(Layer(("x",), "weekly", "2026-01-01 00:00", only=frozenset({4}), hours=(22 * 60, 6 * 60)))
    assert on(night, "2026-01-10 05:59") == ("x",)
    assert on(night, "2026-01-09 05:59") == ()


def test_an_override_replaces_everyone_until_it_ends() -> None:
    swapped = Schedule("s", SHANGHAI, (WEEKLY,), (Override("2026-01-06 00:00", "2026-01-07 00:00", replace="z"),))
    assert on(swapped, "2026-01-06 23:59") == ("z",)
    assert on(swapped, "2026-01-07 00:00") == ("a",)


def test_an_override_adds_and_another_removes() -> None:
    over = (
        Override("2026-01-06 00:00", "2026-01-08 00:00", add="z"),
        Override("2026-01-07 00:00", "2026-01-08 00:00", remove="a"),
    )
    changed = Schedule("s", SHANGHAI, (WEEKLY,), over)
    assert on(changed, "2026-01-06 12:00") == ("a", "z")
    assert on(changed, "2026-01-07 12:00") == ("z",)


def test_two_who_swap_take_each_others_turns_and_nobody_else_is_touched() -> None:
    week = (Override("2026-01-06 00:00", "2026-01-13 09:00", swap=("a", "z")),)
    changed = Schedule("s", SHANGHAI, (WEEKLY,), week)
    assert on(changed, "2026-01-05 23:59") == ("a",)
    assert on(changed, "2026-01-06 12:00") == ("z",)
    assert on(changed, "2026-01-12 12:00") == on(one(WEEKLY), "2026-01-12 12:00") != ("a",)


def test_a_swap_over_both_turns_turns_them_round() -> None:
    both = (Override("2026-01-05 09:30", "2026-01-19 09:30", swap=WEEKLY.people[:2]),)
    changed = Schedule("s", SHANGHAI, (WEEKLY,), both)
    first, second = WEEKLY.people[:2]
    assert on(changed, "2026-01-06 12:00") == (second,)
    assert on(changed, "2026-01-13 12:00") == (first,)


def test_nobody_is_on_duty_twice_at_once() -> None:
    over = (Override("2026-01-06 00:00", "2026-01-07 00:00", add="a"),)
    assert on(Schedule("s", SHANGHAI, (WEEKLY,), over), "2026-01-06 12:00") == ("a",)


def test_an_empty_schedule_has_nobody() -> None:
    assert on(Schedule("s", SHANGHAI, ()), "2026-01-06 12:00") == ()
    assert on(one(Layer((), "daily", "2026-01-01")), "2026-01-06 12:00") == ()


def test_the_next_change_is_the_next_handover() -> None:
    at = instant(wall("2026-01-06T00:00"), MADRID)
    assert next_change(one(WEEKLY), at) == instant(wall("2026-01-12T09:30"), MADRID)


def test_the_next_change_is_an_overrides_edge_if_that_comes_first() -> None:
    over = (Override("2026-01-06 12:34", "2026-01-06 13:00", replace="z"),)
    at = instant(wall("2026-01-06T00:00"), MADRID)
    schedule = Schedule("s", MADRID, (WEEKLY,), over)
    assert next_change(schedule, at) == instant(wall("2026-01-06T12:34"), MADRID)


def test_there_is_no_next_change_where_one_person_is_always_on_duty() -> None:
    assert next_change(one(Layer(("a",), "weekly", "2026-01-05")), instant(wall("2026-01-06T00:00"), MADRID)) is None


def test_an_hourly_change_is_found_across_the_change_of_the_clocks() -> None:
    at = instant(wall("2026-10-25T01:30"), MADRID)
    hourly = one(Layer(("a", "b"), "hourly", "2026-01-01 00:00"))
    assert next_change(hourly, at) == at + 1800
    assert next_change(hourly, at + 1800) == at + 5400


layers = st.builds(
    Layer,
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=4, unique=True).map(tuple),
    st.sampled_from(["hourly", "daily", "weekly", "monthly"]),
    st.sampled_from(["2026-01-05 09:30", "2026-03-28 02:30", "2026-01-31 00:00"]),
    st.frozensets(st.integers(0, 6), max_size=4),
    st.none() | st.tuples(st.integers(0, 1439), st.integers(0, 1440)),
)
instants = st.integers(1_767_000_000, 1_800_000_000).map(float)


@settings(max_examples=25, deadline=None)
@given(st.lists(layers, max_size=3).map(tuple), instants, st.sampled_from([MADRID, SHANGHAI]))
def test_until_the_next_change_nobody_else_is_on_duty(layers: tuple[Layer, ...], at: float, zone: str) -> None:
    schedule = Schedule("s", zone, layers)
    now, then = on_schedule(schedule, at), next_change(schedule, at)
    if then is None:
        return
    assert on_schedule(schedule, then) != now
    assert all(on_schedule(schedule, at + (then - at) * part / 7) == now for part in range(7))


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(["daily", "weekly"]), st.integers(2, 5), st.sampled_from([MADRID, SHANGHAI]))
def test_over_a_year_everyone_has_as_many_turns(rotate: str, size: int, zone: str) -> None:
    people = tuple("abcde"[:size])
    step = 7 if rotate == "weekly" else 1
    schedule = one(Layer(people, rotate, "2026-01-05 02:30"), zone)
    start = wall("2026-01-05T12:00")
    turns = [on_schedule(schedule, instant(start + timedelta(days=step * turn), zone))[0] for turn in range(size * 10)]
    assert set(Counter(turns).values()) == {10}
