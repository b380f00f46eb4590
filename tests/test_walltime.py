from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.walltime import at_minute, instant, local

MADRID, SHANGHAI, LORD_HOWE = "Europe/Madrid", "Asia/Shanghai", "Australia/Lord_Howe"


def wall(time: str) -> datetime:
    return datetime.fromisoformat(time)


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def test_a_usual_wall_time_is_its_instant() -> None:
    assert instant(wall("2026-01-05T09:30"), SHANGHAI) == utc("2026-01-05T01:30")


@pytest.mark.parametrize("time", ["2026-03-29T02:00", "2026-03-29T02:30", "2026-03-29T02:59:59"])
def test_a_time_that_does_not_exist_means_the_first_instant_after(time: str) -> None:
    assert instant(wall(time), MADRID) == utc("2026-03-29T01:00")


def test_a_time_that_exists_twice_means_the_first() -> None:
    assert instant(wall("2026-10-25T02:30"), MADRID) == utc("2026-10-25T00:30")


def test_a_gap_of_half_an_hour_ends_where_the_clock_goes_on() -> None:
    gap = instant(wall("2026-10-04T02:15"), LORD_HOWE)
    assert local(gap, LORD_HOWE) == wall("2026-10-04T02:30")


def test_a_day_that_a_country_skipped_begins_with_the_next() -> None:
    assert instant(wall("2011-12-30T12:00"), "Pacific/Apia") == instant(wall("2011-12-31T00:00"), "Pacific/Apia")


def test_minute_1440_is_the_next_midnight_on_the_day_the_clocks_change() -> None:
    day = date(2026, 3, 29)
    assert at_minute(day, 1440, MADRID) - at_minute(day, 0, MADRID) == 23 * 3600


@given(st.datetimes(wall("2000-01-01T00:00"), wall("2040-01-01T00:00")), st.sampled_from([MADRID, SHANGHAI, LORD_HOWE]))
def test_instants_go_up_as_wall_times_do(begin: datetime, zone: str) -> None:
    assert instant(begin, zone) <= instant(begin + timedelta(minutes=30), zone)


@given(st.floats(946_684_800, 2_208_988_800), st.sampled_from([MADRID, SHANGHAI, LORD_HOWE]))
def test_an_instants_wall_time_never_means_a_later_instant(at: float, zone: str) -> None:
    at = float(int(at))
    assert instant(local(at, zone), zone) <= at
