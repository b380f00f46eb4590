from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.rulebook import units
from andon.rulebook.units import Amount, Rate

READERS: list[Callable[[object], object]] = [
    units.duration, units.frames, units.length, units.share, units.milliseconds, units.factor, units.amount, units.rate,
    units.minutes, units.hours, units.day_hours, units.weekdays, units.wall, units.span,
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("15m", 900), ("4h", 14400), ("30d", 2592000), ("0s", 0), ("1.5h", 5400)]
)
def test_durations_are_seconds(text: str, seconds: float) -> None:
    assert units.duration(text) == seconds


@pytest.mark.parametrize("text", ["15", 15, "15 m", "m", "-5m", "1w", "５m", "401d", "1e3s", True, None, "1.5.5m"])
def test_what_is_no_duration_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="allowed"):
        units.duration(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (40, Amount(40)),
        (0.5, Amount(0.5)),
        ("2%", Amount(0.02, "%")),
        ("5pp", Amount(0.05, "pp")),
        ("1.5s", Amount(1500, "ms")),
    ],
)
def test_an_amount_keeps_how_it_was_written(text: object, found: Amount) -> None:
    assert units.amount(text) == found


def test_a_promise_is_each_alerts_unless_it_says_in_all() -> None:
    assert units.rate("1 per 30d") == Rate(1, 2592000, in_all=False)
    assert units.rate("2  per 12h in all") == Rate(2, 43200, in_all=True)


@pytest.mark.parametrize("text", ["0 per 30d", "1 per 0d", "1 per 30d in", "1per 30d", "per 30d", "1 per 1.2.3d"])
def test_a_promise_of_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="allowed"):
        units.rate(text)


def test_a_time_of_day_is_minutes() -> None:
    assert units.minutes("22:30") == 1350
    assert units.minutes("24:00") == 1440


@pytest.mark.parametrize("text", ["24:01", "9:30", "12:60", "noon", 1350])
def test_a_time_that_no_clock_shows_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="time of day"):
        units.minutes(text)


def test_hours_may_pass_midnight_but_a_calendars_may_not() -> None:
    assert units.hours("22:00-07:00") == (1320, 420)
    with pytest.raises(ValueError, match="split one that passes midnight"):
        units.day_hours("22:00-07:00")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Mon", {0}),
        ("Sat-Sun", {5, 6}),
        ("Mon-Fri", {0, 1, 2, 3, 4}),
        ("Sat-Mon", {5, 6, 0}),
        ("Mon, Wed-Thu", {0, 2, 3}),
    ],
)
def test_days_are_weekdays(text: str, days: set[int]) -> None:
    assert units.weekdays(text) == days


def test_an_unknown_name_is_answered_by_the_choices_and_the_nearest() -> None:
    text = units.choose("paymets", ["payments", "care"], "owner")
    assert text == "read 'paymets'; no owner has that name; did you mean 'payments'? Known: care, payments"


def test_a_long_list_of_choices_is_cut() -> None:
    assert units.choose("zzz", [f"n{i:03}" for i in range(100)], "owner").endswith("n029 and 70 more")


def test_what_is_quoted_of_a_long_text_is_short() -> None:
    assert len(units.said("x" * 10_000)) == 60


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.booleans(), st.none(), st.lists(st.text())))
def test_a_reader_only_ever_reads_or_says_what_is_allowed(value: object) -> None:
    for reader in READERS:
        said = "allowed"
        try:
            reader(value)
        except ValueError as wrong:
            said = str(wrong)
        assert "allowed" in said


@given(st.floats(min_value=0.001, max_value=300), st.sampled_from("smhd"))
def test_a_duration_reads_back(number: float, unit: str) -> None:
    text = f"{number:.3f}{unit}"
    assert math.isclose(units.duration(text), float(text[:-1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit])
