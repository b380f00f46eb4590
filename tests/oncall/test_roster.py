from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.oncall import checks
from andon.oncall.duty import on_duty
from andon.oncall.roster import Shift, gaps, shifts
from andon.rulebook.check import Level, World
from andon.rulebook.checks import notices
from andon.rulebook.model import Layer, Override, Rulebook, Schedule
from tests.oncall.company import DAY, HOUR, MONDAY, book

YEAR = 365 * DAY
assert checks  # it has registered what it finds
OFFICE = Layer(("li", "wang"), "daily", "2026-01-05 09:00", frozenset(range(5)), (9 * 60, 18 * 60))
NIGHT = Layer(("boss",), "weekly", "2025-12-29 09:00")


def duty(*layers: Layer, zone: str = "Asia/Shanghai", overrides: tuple[Override, ...] = ()) -> Rulebook:
    return book(schedules={"payments": Schedule("payments", zone, layers, overrides)})


def test_shifts_follow_each_other_and_name_who_is_on_duty() -> None:
    found = list(shifts(duty(OFFICE, zone="Asia/Shanghai"), "payments", MONDAY, MONDAY + DAY))
    assert found == [
        Shift(MONDAY, MONDAY + 8 * HOUR, ("li",)),
        Shift(MONDAY + 8 * HOUR, MONDAY + 23 * HOUR, ()),
        Shift(MONDAY + 23 * HOUR, MONDAY + DAY, ("wang",)),
    ]


def test_fixed_people_have_one_shift_and_an_unknown_owner_nobody() -> None:
    assert list(shifts(book(), "everyone", 0.0, DAY)) == [Shift(0.0, DAY, ("ortiz",))]
    assert list(shifts(book(), "nobody", 0.0, DAY)) == [Shift(0.0, DAY, ())]


def test_a_layer_beneath_fills_the_hours_of_another() -> None:
    assert gaps(duty(NIGHT, OFFICE), "payments", MONDAY, MONDAY + YEAR) == []


def test_an_override_that_takes_the_only_one_away_leaves_a_gap() -> None:
    away = Override("2026-02-01 00:00", "2026-02-02 12:00", remove="boss")
    [gap] = gaps(duty(NIGHT, overrides=(away,)), "payments", MONDAY, MONDAY + YEAR)
    assert gap.end - gap.begin == 36 * HOUR


def test_a_night_that_the_clock_makes_longer_is_a_longer_gap() -> None:
    every_day = replace(OFFICE, only=frozenset())
    found = gaps(duty(every_day, zone="Europe/Berlin"), "payments", MONDAY, MONDAY + YEAR)
    assert sorted({(one.end - one.begin) / HOUR for one in found[1:-1]}) == [14.0, 15.0, 16.0]


@given(
    st.lists(
        st.sampled_from([OFFICE, NIGHT, replace(OFFICE, rotate="hourly"), replace(NIGHT, rotate="monthly")]), max_size=3
    ),
    st.sampled_from(["Europe/Berlin", "America/Chicago", "Asia/Shanghai", "Australia/Lord_Howe"]),
    st.floats(0.0, YEAR),
    st.floats(HOUR, 14 * DAY),
)
def test_every_instant_has_the_shift_of_who_is_on_duty_then(
    layers: list[Layer], zone: str, after: float, length: float
) -> None:
    known, begin = duty(*layers, zone=zone), MONDAY + after
    found = list(shifts(known, "payments", begin, begin + length))
    assert [one.begin for one in found] == [begin, *(one.end for one in found[:-1])]
    assert found[-1].end == begin + length
    for one in found:
        for at in (one.begin, (one.begin + one.end) / 2, one.end - 1e-3):
            assert on_duty(known, "payments", at) == one.people


@pytest.mark.parametrize(("layers", "count"), [((NIGHT, OFFICE), 0), ((OFFICE,), 1), ((), 0)])
def test_a_year_in_which_somebody_is_always_there_is_no_finding(layers: tuple[Layer, ...], count: int) -> None:
    found = notices(duty(*layers), World({}, {"slack"}, now=MONDAY))
    mine = [one for one in found if one.code == "duty-gap"]
    assert len(mine) == count
    assert all(one.level is Level.ERROR and "andon oncall gaps" in one.text for one in mine)


def test_a_finding_names_the_first_gap_and_counts_the_rest() -> None:
    [found] = (one for one in notices(duty(OFFICE), World({}, {"slack"}, now=MONDAY)) if one.code == "duty-gap")
    assert "from 2026-01-05 18:00 to 2026-01-06 09:00 Asia/Shanghai, and 260 times more" in found.text


def test_without_a_time_no_duty_is_looked_at() -> None:
    assert not [one for one in notices(duty(OFFICE), World({}, {"slack"})) if one.code == "duty-gap"]
