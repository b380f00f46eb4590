from __future__ import annotations

from datetime import datetime

import pytest

from andon.model import Incident
from andon.oncall.duty import Recipient
from andon.respond.route import quiet_until
from andon.rulebook.model import Person
from andon.walltime import instant
from tests.oncall.company import MONDAY, PEOPLE, RED, book, incident
from tests.respond.world import answer, kinds

MADRID = "Europe/Madrid"
NIGHT = Recipient("x", "X", MADRID, quiet=(22 * 60, 7 * 60))
NOON = Recipient("x", "X", MADRID, quiet=(12 * 60, 13 * 60))


def at(wall: str) -> float:
    return instant(datetime.fromisoformat(wall), MADRID)


def quiet_li(one: Incident, now: float = MONDAY) -> tuple[str, float]:
    """Return what holds li's page and until when, li being quiet from 08:00 to 12:00 (MONDAY is 10:00 there)."""
    li = Person("li", "李娜", "Asia/Shanghai", "zh", {"slack": "U1"}, quiet=(8 * 60, 12 * 60))
    made = answer(now, one, book=book(people={**PEOPLE, "li": li})).pages[0]
    return made.held, made.due


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-01-05 22:00", "2026-01-06 07:00"),
        ("2026-01-06 06:59", "2026-01-06 07:00"),
        ("2026-03-29 01:59", "2026-03-29 07:00"),
        ("2026-10-25 02:30", "2026-10-25 07:00"),
    ],
)
def test_a_night_is_quiet_until_its_morning(now: str, until: str) -> None:
    assert quiet_until(NIGHT, at(now)) == at(until)


@pytest.mark.parametrize("now", ["2026-01-06 07:00", "2026-01-05 21:59"])
def test_a_day_is_not_quiet(now: str) -> None:
    assert quiet_until(NIGHT, at(now)) is None


def test_quiet_hours_may_lie_within_a_day() -> None:
    assert quiet_until(NOON, at("2026-01-05 12:30")) == at("2026-01-05 13:00")
    assert quiet_until(NOON, at("2026-01-05 13:00")) is None


def test_one_without_quiet_hours_is_never_quiet() -> None:
    assert quiet_until(Recipient("x", "X"), MONDAY) is None


def test_a_yellow_page_is_held_until_the_quiet_hours_end() -> None:
    assert quiet_li(incident()) == ("quiet", MONDAY + 7200)


def test_a_red_page_is_never_held() -> None:
    assert quiet_li(incident(tier=RED)) == ("", MONDAY)


def test_a_held_page_is_told_as_held() -> None:
    li = Person("li", "李娜", "Asia/Shanghai", "zh", {"slack": "U1"}, quiet=(8 * 60, 12 * 60))
    assert kinds(answer(book=book(people={**PEOPLE, "li": li}))) == ["page-due", "held", "paged"]
