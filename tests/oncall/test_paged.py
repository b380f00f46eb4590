from __future__ import annotations

import pytest

from andon.errors import Refused
from andon.oncall.paged import paged
from tests.oncall.company import BOOK, DAY, HOUR, MINUTE, MONDAY, OWNERS, RED, YELLOW, book, rule


def test_a_rules_ladder_is_read_out_as_it_would_be_climbed() -> None:
    told = [
        ((one.at - MONDAY) / MINUTE, one.target, one.recipient.id if one.recipient else "", one.by)
        for one in paged(BOOK, "pay", YELLOW, MONDAY)
        if not one.last
    ]
    assert told == [
        (0, "on-duty", "li", ("slack",)),
        (0, "room", "room:payments", ("slack",)),
        (15, "on-duty", "li", ("sms",)),
        (30, "lead", "boss", ("slack", "sms")),
    ]


def test_what_follows_the_rounds_is_told_too() -> None:
    last = [one for one in paged(BOOK, "pay", RED, MONDAY) if one.last]
    assert [(one.at - MONDAY, one.target) for one in last] == [(HOUR, "lead"), (HOUR, "owner:everyone")]


def test_people_are_those_on_duty_when_the_step_is_due() -> None:
    before = MONDAY + 7 * DAY - 40 * MINUTE  # the handover is at 09:30
    duty = [one.recipient.id for one in paged(BOOK, "pay", RED, before) if one.recipient and one.target == "on-duty"]
    assert duty == ["li", "li"]
    duty = [one.recipient.id for one in paged(BOOK, "pay", RED, before + 8 * MINUTE) if one.recipient and one.step == 1]
    assert duty == ["wang", "boss"]


def test_one_without_the_steps_channels_is_told_as_unreachable() -> None:
    second = [one for one in paged(BOOK, "pay", YELLOW, MONDAY + 7 * DAY) if one.step == 1 and one.round == 1]
    assert [(one.recipient.id if one.recipient else "", one.by) for one in second if not one.last] == [("wang", ())]


def test_the_step_after_one_that_reaches_nobody_goes_at_once() -> None:
    third = [one for one in paged(BOOK, "pay", YELLOW, MONDAY + 7 * DAY) if one.step == 2 and one.round == 1]
    assert [one.at - MONDAY - 7 * DAY for one in third] == [15 * MINUTE]


def test_a_rule_is_found_by_its_name_too() -> None:
    assert paged(BOOK, "pay detractors", YELLOW, MONDAY) == paged(BOOK, "pay", YELLOW, MONDAY)


def test_an_unknown_rule_is_refused_with_those_there_are() -> None:
    with pytest.raises(Refused, match=r"'gone'.*pay, slow"):
        paged(BOOK, "gone", YELLOW, MONDAY)


def test_where_nobody_is_on_any_step_the_last_is_due_at_once() -> None:
    nobody = {**OWNERS, "payments": OWNERS["empty"]}
    planned = paged(book(owners=nobody), "pay", YELLOW, MONDAY)
    assert {one.at for one in planned} >= {MONDAY}
    assert [(one.at, one.recipient.id) for one in planned if one.last and one.recipient] == [(MONDAY, "ortiz")]
    assert any(one.recipient is None for one in planned)


def test_without_a_tier_it_is_the_rules_own_by_id_and_by_name() -> None:
    red = book(rules={"pay": rule("pay", tier=RED)})
    wanted = paged(red, "pay", RED, MONDAY)
    assert paged(red, "pay", None, MONDAY) == paged(red, "pay detractors", None, MONDAY) == wanted
