from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.respond.figures import DAY, HOUR, MONTH, YEAR, duration, moment, number, odds, value
from andon.testing.pages import NOON

anything = st.floats(allow_nan=True, allow_infinity=True)


@pytest.mark.parametrize(
    ("x", "shown"), [(0, "0"), (1240, "1,240"), (412.4, "412"), (42.04, "42"), (42.16, "42.2"), (4.2, "4.2"), (0.9999, "1"),
                     (0.42, "0.42"), (0.0421, "0.042"), (-3.25, "-3.2"), (1e-9, "0"), (math.nan, "?"), (-math.inf, "?"), (99.96, "100")]
)  # fmt: skip
def test_numbers_show_the_digits_that_count(x: float, shown: str) -> None:
    assert number(x) == shown


@pytest.mark.parametrize(
    ("x", "unit", "en", "zh"),
    [
        (0.042, "share", "4.2 %", "4.2%"),
        (1.0, "share", "100 %", "100%"),
        (0.0004, "share", "0.04 %", "0.04%"),
        (1240, "ms", "1,240 ms", "1,240 毫秒"),
        (12_400, "ms", "12.4 s", "12.4 秒"),
        (3.5, "ms", "3.5 ms", "3.5 毫秒"),
        (90, "s", "90 s", "90 秒"),
        (7.5, "per hour", "7.5 per hour", "每小时 7.5"),
        (12, "points", "12 points", "12 分"),
        (38, "", "38", "38"),
        (3, "boxes", "3 boxes", "3 boxes"),
        (math.nan, "share", "?", "?"),
    ],
)
def test_values_carry_their_unit(x: float, unit: str, en: str, zh: str) -> None:
    assert (value(x, unit, "en"), value(x, unit, "zh")) == (en, zh)


def test_a_voice_says_percent() -> None:
    assert (value(0.042, "share", "en", spoken=True), value(0.042, "share", "zh", spoken=True)) == (
        "4.2 percent",
        "百分之4.2",
    )


@given(
    anything, st.sampled_from(["share", "ms", "", "per hour", "reason.first", "line.n"]), st.sampled_from(["en", "zh"])
)
def test_every_number_gives_a_short_text(x: float, unit: str, lang: str) -> None:
    assert 0 < len(value(x, unit, lang)) <= 40


@pytest.mark.parametrize(
    ("seconds", "en", "zh"),
    [
        (0, "0 s", "0 秒"),
        (-5, "0 s", "0 秒"),
        (45, "45 s", "45 秒"),
        (59.7, "1 min", "1 分钟"),
        (3599, "1 h", "1 小时"),
        (7800, "2 h 10 min", "2 小时 10 分钟"),
        (2 * DAY, "2 days", "2 天"),
        (math.nan, "?", "?"),
    ],
)
def test_durations_are_said_in_at_most_two_units(seconds: float, en: str, zh: str) -> None:
    assert (duration(seconds, "en"), duration(seconds, "zh")) == (en, zh)


@pytest.mark.parametrize(
    ("seconds", "en", "zh"),
    [
        (9 * MONTH, "as rare as once in 9 months", "约 9 个月一次"),
        (1 * HOUR, "as rare as once in 1 hour", "约 1 小时一次"),
        (3 * DAY, "as rare as once in 3 days", "约 3 天一次"),
        (40 * YEAR, "as rare as once in 40 years", "约 40 年一次"),
        (10, "as rare as once in 1 min", "约 1 分钟一次"),
        (1e6 * YEAR, "rarer than once in 1,000 years", "一千年不到一次"),
        (math.inf, "rarer than once in 1,000 years", "一千年不到一次"),
        (0, "", ""),
        (math.nan, "", ""),
        (-math.inf, "", ""),
    ],
)
def test_odds_are_said_in_words(seconds: float, en: str, zh: str) -> None:
    assert (odds(seconds, "en"), odds(seconds, "zh")) == (en, zh)


@given(st.floats(1, 900 * YEAR), st.floats(1.0, 1.3))
def test_what_is_rarer_is_never_said_in_a_smaller_unit(seconds: float, factor: float) -> None:
    units = ["min", "hour", "day", "month", "year"]

    def unit(x: float) -> int:
        return next(i for i, name in enumerate(units) if f" {name}" in odds(x, "en"))

    assert unit(seconds) <= unit(seconds * factor)


def test_a_time_is_the_readers_own() -> None:
    assert moment(NOON, "Asia/Shanghai", "en", NOON) == "20:00"


def test_another_day_is_named() -> None:
    assert moment(NOON - DAY, "Asia/Shanghai", "en", NOON) == "03-01 20:00"
    assert moment(NOON - DAY, "Asia/Shanghai", "zh", NOON) == "03月01日 20:00"


def test_utc_is_named_since_it_is_nobodys_wall_clock() -> None:
    assert moment(NOON, "UTC", "en", NOON) == "12:00 UTC"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "", "x" * 5000, "\x00"])
def test_a_zone_that_is_none_reads_utc(zone: str) -> None:
    assert moment(NOON, zone, "en", NOON) == "12:00 UTC"


@given(anything, anything)
def test_no_time_is_too_odd_to_be_shown(at: float, near: float) -> None:
    assert moment(at, "Europe/Madrid", "en", near)
