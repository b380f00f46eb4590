from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.oncall import checks
from andon.oncall.load import Hours, classes, load
from andon.rulebook.check import Level, Notice, World
from andon.rulebook.checks import notices
from andon.rulebook.model import Layer, Rulebook
from tests.oncall.company import DAY, HOUR, MONDAY
from tests.oncall.test_roster import NIGHT, YEAR, duty

assert checks  # it has registered what it finds
ZONES = ["Europe/Berlin", "America/Chicago", "Asia/Shanghai", "Australia/Lord_Howe"]
EACH_WEEK = Layer(("li", "wang"), "weekly", "2025-12-29 09:00")


def spent(zone: str, begin: float, end: float) -> dict[Hours, float]:
    found = dict.fromkeys(Hours, 0.0)
    for hours, seconds in classes(zone, begin, end):
        found[hours] += seconds / HOUR
    return found


def test_a_weekday_has_ten_hours_of_business_and_a_weekend_none() -> None:
    midnight = MONDAY - 10 * HOUR
    assert spent("Asia/Shanghai", midnight, midnight + DAY) == {"business": 10.0, "evening": 4.0, "sleep": 10.0}
    assert spent("Asia/Shanghai", midnight + 5 * DAY, midnight + 7 * DAY) == {
        "business": 0.0,
        "evening": 28.0,
        "sleep": 20.0,
    }


def test_the_night_of_a_change_of_clocks_is_as_long_as_it_is() -> None:
    midnight = 1_774_738_800.0  # 2026-03-29 in Berlin begins on 2026-03-28 at 23:00 UTC
    assert spent("Europe/Berlin", midnight, midnight + 23 * HOUR)[Hours.SLEEP] == pytest.approx(9.0)


@given(st.sampled_from(ZONES), st.floats(0.0, YEAR), st.floats(1.0, 10 * DAY))
def test_no_second_is_lost_or_counted_twice(zone: str, after: float, length: float) -> None:
    begin = MONDAY + after
    assert sum(seconds for _, seconds in classes(zone, begin, begin + length)) == pytest.approx(length, abs=1e-3)


def test_a_persons_night_is_by_their_own_clock() -> None:
    found = load(duty(Layer(("ortiz",), "weekly", "2025-12-29 09:00")), "payments", MONDAY, MONDAY + HOUR)
    assert found["ortiz"][Hours.SLEEP] == HOUR  # ten in Shanghai is three in Madrid


def unfair(book: Rulebook) -> list[Notice]:
    found = notices(book, World({}, {"slack"}, now=MONDAY))
    return [one for one in found if one.code == "unfair-load"]


def test_turns_of_the_same_length_are_fair() -> None:
    assert unfair(duty(EACH_WEEK)) == []
    assert unfair(duty(NIGHT)) == []


def test_one_who_has_nearly_all_nights_is_named() -> None:
    days = Layer(("wang",), "daily", "2026-01-05 09:00", hours=(9 * 60, 23 * 60))
    [found] = unfair(duty(Layer(("li",), "weekly", "2025-12-29 09:00"), days))
    assert found.level is Level.WARNING
    assert "li has 3,285 of the 3,650 hours" in found.text
