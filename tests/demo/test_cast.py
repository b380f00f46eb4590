from __future__ import annotations

from typing import Any

import pytest

from andon.demo.cast import ANSWERS_AFTER, LATE, MENDED_AFTER, MINUTE, TELLS_AFTER, Answer, Cast
from andon.model import Incident, Reason, State, Tier
from tests.demo.day import NOON, incident, page


def called(**others: Any) -> Incident:
    return incident(**{"rule": "crashes", "state": State.CALLED, "holder": ""} | others)


def waiting(cast: Cast) -> list[tuple[float, str, str]]:
    return [(one.at - NOON, one.verb, one.by) for one in cast.due(NOON + 86_400)]


@pytest.mark.parametrize("tier", list(Tier))
def test_a_call_is_answered_after_its_tier_s_time(tier: Tier) -> None:
    cast = Cast()
    assert not cast.reads(page(tier=tier, person="li.na"), called(tier=tier), NOON)
    assert waiting(cast) == [(ANSWERS_AFTER[tier], "ack", "li.na")]


def test_red_is_answered_sooner_than_yellow() -> None:
    assert ANSWERS_AFTER[Tier.RED] < ANSWERS_AFTER[Tier.YELLOW]


@pytest.mark.parametrize("reason", [Reason.RECOVERED, Reason.AT_RISK, Reason.BROKEN, Reason.DRILL])
def test_a_page_that_calls_nobody_is_not_answered(reason: Reason) -> None:
    cast = Cast()
    cast.reads(page(reason=reason), called(), NOON)
    assert waiting(cast) == []


@pytest.mark.parametrize("state", [State.ACKED, State.RECOVERING, State.VERIFIED, State.CLOSED])
def test_what_somebody_has_already_is_not_answered_again(state: State) -> None:
    cast = Cast()
    cast.reads(page(), incident(state=state), NOON)
    assert waiting(cast) == []


def test_of_two_who_read_a_call_the_first_answers_it() -> None:
    cast = Cast()
    cast.reads(page(person="li.na"), called(), NOON)
    cast.reads(page(person="wang.lei"), called(), NOON + MINUTE)
    assert [by for *_, by in waiting(cast)] == ["li.na"]


def test_a_red_page_is_answered_before_the_yellow_one_would_have_been() -> None:
    cast = Cast()
    cast.reads(page(person="li.na", tier=Tier.YELLOW), called(), NOON)
    cast.reads(page(person="lead", tier=Tier.RED, reason=Reason.WORSE), called(tier=Tier.RED), NOON + MINUTE)
    assert waiting(cast) == [(MINUTE + ANSWERS_AFTER[Tier.RED], "ack", "lead")]


def test_a_call_that_comes_again_after_its_answer_is_answered_again() -> None:
    cast = Cast()
    cast.reads(page(), called(), NOON)
    assert len(waiting(cast)) == 1
    cast.reads(page(), called(), NOON + 3600)
    assert len(waiting(cast)) == 1


def test_an_absent_one_sleeps_through_the_first_step_and_is_said_to_once() -> None:
    cast, slow = Cast(), called(rule="pay-slow")
    assert cast.reads(page(person="wang.lei", step=0), slow, NOON)
    assert not cast.reads(page(person="wang.lei", step=0, reason=Reason.REPEAT), slow, NOON + MINUTE)
    assert cast.missed == {(slow.id, "wang.lei")}
    assert waiting(cast) == []


def test_the_next_step_of_the_ladder_is_answered() -> None:
    cast, slow = Cast(), called(rule="pay-slow")
    cast.reads(page(person="wang.lei", step=0), slow, NOON)
    assert not cast.reads(page(person="marta.ruiz", step=1), slow, NOON + 900)
    assert waiting(cast) == [(900 + ANSWERS_AFTER[Tier.YELLOW], "ack", "marta.ruiz")]


def test_a_pull_is_answered_only_after_its_half_hour() -> None:
    cast = Cast()
    cast.reads(page(), called(rule="pull", called=NOON), NOON)
    assert waiting(cast)[0][0] == LATE["pull"] > 30 * MINUTE


def test_a_pull_read_even_later_is_answered_a_minute_after() -> None:
    cast = Cast()
    cast.reads(page(), called(rule="pull", called=NOON), NOON + 7200)
    assert waiting(cast)[0][0] == 7200 + MINUTE


def test_whoever_holds_it_says_how_it_goes_when_asked() -> None:
    cast = Cast()
    cast.reads(page(reason=Reason.ACK_EXPIRED, person="li.na"), incident(state=State.ACKED, holder="li.na"), NOON)
    assert waiting(cast) == [(TELLS_AFTER, "note", "li.na")]


def test_nobody_else_says_how_it_goes() -> None:
    cast = Cast()
    cast.reads(page(reason=Reason.ACK_EXPIRED, person="lead"), incident(state=State.ACKED, holder="li.na"), NOON)
    assert waiting(cast) == []


@pytest.mark.parametrize(("acked", "fixed"), [(NOON, NOON + 3600), (NOON + 3600, NOON)])
def test_the_holder_says_that_it_is_fixed_after_both_the_answer_and_the_cure(acked: float, fixed: float) -> None:
    cast = Cast()
    cast.mends(incident(state=State.ACKED, holder="li.na", milestones={"acked": acked}), fixed)
    assert waiting(cast) == [(3600 + MENDED_AFTER, "resolve", "li.na")]


def test_answers_come_when_due_in_order_and_once() -> None:
    cast = Cast([])
    for at, who in ((3.0, "c"), (1.0, "a"), (2.0, "b")):
        cast._says(Answer(at, who, "ack", who))
    assert [one.by for one in cast.due(2.0)] == ["a", "b"]
    assert cast.due(2.0) == []
    assert [one.by for one in cast.due(3.0)] == ["c"]
