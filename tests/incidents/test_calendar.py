from __future__ import annotations

import math
from datetime import datetime
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.incidents.calendar import ALWAYS, _always, _open, after
from andon.rulebook.model import Calendar
from tests.incidents.book import HOUR, MINUTE, NOW, OFFICE

ZONES = ["UTC", "Asia/Shanghai", "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]
instants = st.floats(1.4e9, 1.9e9)
seconds = st.floats(0, 5 * 86_400)
minutes = st.integers(0, 24 * 60)
intervals = st.lists(st.tuples(minutes, minutes), max_size=3).map(tuple)
calendars = st.builds(
    Calendar,
    name=st.just("some"),
    zone=st.sampled_from(ZONES),
    hours=st.dictionaries(st.integers(0, 6), intervals, max_size=7),
)


def at(zone: str, text: str, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


def daily(zone: str, *hours: tuple[int, int]) -> Calendar:
    return Calendar("daily", zone, dict.fromkeys(range(7), hours))


def between(calendar: Calendar, a: float, b: float) -> float:
    """Return the seconds of open hours from `a` to `b`."""
    if _always(calendar):
        return b - a
    stretches = takewhile(lambda one: one[0] < b, _open(calendar, a))
    return sum(max(min(closes, b) - max(opens, a), 0.0) for opens, closes in stretches)


def test_always_is_every_second() -> None:
    assert after(ALWAYS, NOW, 1800) == NOW + 1800


def test_the_lunch_break_does_not_count() -> None:
    start = at("Asia/Shanghai", "2026-01-05 11:50")
    assert after(OFFICE, start, 30 * MINUTE) == at("Asia/Shanghai", "2026-01-05 13:20")


def test_what_is_called_on_friday_evening_is_due_on_monday_morning() -> None:
    start = at("Asia/Shanghai", "2026-01-09 18:20")
    assert after(OFFICE, start, 30 * MINUTE) == at("Asia/Shanghai", "2026-01-12 09:50")


def test_a_time_that_is_used_up_at_closing_is_due_at_closing() -> None:
    start = at("Asia/Shanghai", "2026-01-05 18:00")
    assert after(OFFICE, start, 30 * MINUTE) == at("Asia/Shanghai", "2026-01-05 18:30")


def test_a_day_of_the_office_has_eight_hours() -> None:
    start = at("Asia/Shanghai", "2026-01-05 00:00")
    assert between(OFFICE, start, start + 24 * HOUR) == 8 * HOUR


def test_hours_past_midnight_belong_to_the_evening_before() -> None:
    night = Calendar("night", "UTC", {0: ((22 * 60, 6 * 60),)})
    monday = at("UTC", "2026-01-05 00:00")
    assert between(night, monday, monday + 24 * HOUR) == 2 * HOUR
    assert between(night, monday + 24 * HOUR, monday + 48 * HOUR) == 6 * HOUR


def test_hours_that_end_as_they_begin_are_a_whole_day() -> None:
    assert between(Calendar("on", "UTC", {0: ((480, 480),)}), NOW, NOW + 48 * HOUR) == 24 * HOUR


def test_overlapping_hours_count_once() -> None:
    twice = daily("UTC", (60, 180), (120, 240))
    assert between(twice, at("UTC", "2026-01-05 00:00"), at("UTC", "2026-01-06 00:00")) == 3 * HOUR


def test_midnight_to_midnight_is_the_whole_day() -> None:
    assert between(daily("UTC", (0, 1440)), NOW, NOW + 10 * HOUR) == 10 * HOUR


@pytest.mark.parametrize(
    ("day", "hours", "worked"),
    [("2026-03-29", (60, 240), 2.0), ("2026-10-25", (60, 240), 4.0), ("2026-03-30", (60, 240), 3.0)],
)
def test_hours_on_the_night_of_the_clocks_are_true_hours(day: str, hours: tuple[int, int], worked: float) -> None:
    start = at("Europe/Madrid", f"{day} 00:00")
    assert between(daily("Europe/Madrid", hours), start, start + 12 * HOUR) == worked * HOUR


def test_an_opening_time_that_does_not_exist_is_the_first_instant_after() -> None:
    start = at("Europe/Madrid", "2026-03-29 00:00")
    opens = after(daily("Europe/Madrid", (150, 300)), start, 1.0) - 1.0
    assert opens == at("Europe/Madrid", "2026-03-29 03:00")


def test_an_opening_time_that_exists_twice_is_the_first() -> None:
    start = at("Europe/Madrid", "2026-10-25 00:00")
    opens = after(daily("Europe/Madrid", (150, 300)), start, 1.0) - 1.0
    assert opens == at("Europe/Madrid", "2026-10-25 02:30", fold=0)


def test_a_calendar_without_hours_is_open_always_rather_than_never() -> None:
    assert after(Calendar("empty"), NOW, 60) == NOW + 60


def test_an_endless_time_is_never() -> None:
    assert after(ALWAYS, NOW, math.inf) == math.inf


def test_no_time_is_over_at_once() -> None:
    assert after(OFFICE, NOW, 0.0) == NOW


@settings(max_examples=60, deadline=None)
@given(calendars, instants, seconds)
def test_after_is_where_between_says_so(calendar: Calendar, start: float, length: float) -> None:
    end = after(calendar, start, length)
    assert end >= start
    if math.isfinite(end):
        assert between(calendar, start, end) == pytest.approx(length, abs=1e-3)


@settings(max_examples=60, deadline=None)
@given(calendars, instants, seconds, seconds)
def test_between_adds_up(calendar: Calendar, a: float, first: float, second: float) -> None:
    b, c = a + first, a + first + second
    whole = between(calendar, a, b) + between(calendar, b, c)
    assert between(calendar, a, c) == pytest.approx(whole, abs=1e-3)


@settings(max_examples=60, deadline=None)
@given(calendars, instants, seconds, seconds)
def test_more_time_is_never_due_earlier(calendar: Calendar, start: float, one: float, other: float) -> None:
    least, most = sorted((one, other))
    assert after(calendar, start, least) <= after(calendar, start, most)


@settings(max_examples=60, deadline=None)
@given(calendars, instants, seconds)
def test_business_time_is_never_more_than_time(calendar: Calendar, start: float, length: float) -> None:
    assert 0.0 <= between(calendar, start, start + length) <= length + 1e-3


CHINA = Calendar("china", "Asia/Shanghai", dict.fromkeys(range(5), ((9 * 60, 18 * 60),)), "CN")
SHOP = Calendar(
    "shop", "Asia/Shanghai", {**dict.fromkeys(range(5), ((9 * 60, 18 * 60),)), 5: ((10 * 60, 14 * 60),)}, "CN"
)
MADRID = Calendar("madrid", "Europe/Madrid", dict.fromkeys(range(5), ((9 * 60, 18 * 60),)), "ES-MD")


@pytest.mark.parametrize(
    ("calendar", "start", "ends"),
    [
        (CHINA, "2026-02-13 17:00", "2026-02-14 10:00"),  # the Saturday before Spring Festival is worked
        (CHINA, "2026-02-14 17:00", "2026-02-24 10:00"),  # the festival, its weekend and the Monday after are not
        (SHOP, "2026-02-20 17:00", "2026-02-24 11:00"),  # nor are the Friday and the Saturday in its middle
        (SHOP, "2026-02-28 17:00", "2026-03-02 10:00"),  # a Saturday made up has a weekday's hours
        (SHOP, "2026-03-07 13:00", "2026-03-09 10:00"),  # a Saturday like any other
        (CHINA, "2026-09-30 17:00", "2026-10-08 10:00"),
        (MADRID, "2026-04-30 17:30", "2026-05-04 10:30"),  # 1 May, then 2 May is Madrid's own, on a Saturday
    ],
)
def test_holidays_are_no_business_and_days_made_up_are(calendar: Calendar, start: str, ends: str) -> None:
    begin = at(calendar.zone, start.replace(" ", "T"))
    assert after(calendar, begin, 2 * HOUR) == at(calendar.zone, ends.replace(" ", "T"))
