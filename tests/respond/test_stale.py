from __future__ import annotations

import pytest
from msgspec.structs import replace

from andon.model import Delivery, Incident, Page, Reason, Sending, State
from andon.respond.stale import LOOK_AGAIN, Fate, judge
from tests.oncall.company import HOUR, MONDAY, RED, incident
from tests.respond.world import page

FIRST = page()
OUTSIDE = page(step=-1)


def fate(one: Page, now: Incident | None, *others: Delivery) -> Fate:
    return judge(one, now, others, MONDAY).fate


def test_a_page_of_an_open_call_goes() -> None:
    assert fate(FIRST, incident()) is Fate.SEND


@pytest.mark.parametrize("state", [State.VERIFIED, State.CLOSED])
def test_what_has_verified_meanwhile_is_dropped(state: State) -> None:
    assert fate(FIRST, incident(state=state)) is Fate.DROP


def test_a_page_of_a_forgotten_incident_is_dropped() -> None:
    assert fate(FIRST, None) is Fate.DROP


@pytest.mark.parametrize("reason", [Reason.FIRST, Reason.WORSE, Reason.REPEAT, Reason.ACK_EXPIRED])
def test_an_ack_cancels_the_ladders_pages_and_names_who_has_it(reason: Reason) -> None:
    verdict = judge(replace(FIRST, reason=reason), incident(state=State.ACKED, holder="wang"), (), MONDAY)
    assert verdict.fate is Fate.DROP
    assert "wang" in verdict.why


def test_a_step_that_waits_for_a_recovery_comes_after_an_ack() -> None:
    assert fate(page(tier=RED, step=2), incident(tier=RED, state=State.ACKED)) is Fate.SEND


def test_the_fallback_after_the_rounds_is_cancelled_by_an_ack() -> None:
    assert fate(page(step=3), incident(state=State.ACKED)) is Fate.DROP


@pytest.mark.parametrize("reason", [Reason.FIRST, Reason.REPEAT, Reason.ADDED, Reason.AT_RISK, Reason.BROKEN])
def test_an_ack_does_not_cancel_what_stands_outside_the_ladder(reason: Reason) -> None:
    assert fate(replace(OUTSIDE, reason=reason), incident(state=State.ACKED)) is Fate.SEND


def test_a_holder_who_has_answered_again_is_not_asked_whether_it_is_still_theirs() -> None:
    asked = replace(OUTSIDE, reason=Reason.ACK_EXPIRED)
    assert fate(asked, incident(state=State.ACKED, restart_at=MONDAY + 60)) is Fate.SEND
    assert fate(asked, incident(state=State.ACKED, restart_at=None)) is Fate.DROP


def test_a_recovering_incidents_ladder_page_waits() -> None:
    verdict = judge(FIRST, incident(state=State.RECOVERING), (), MONDAY)
    assert (verdict.fate, verdict.until) == (Fate.WAIT, MONDAY + LOOK_AGAIN)


def test_a_shelved_incidents_page_waits_for_the_end() -> None:
    verdict = judge(FIRST, incident(shelved_until=MONDAY + HOUR), (), MONDAY)
    assert (verdict.fate, verdict.until) == (Fate.WAIT, MONDAY + HOUR)
    assert fate(FIRST, incident(shelved_until=MONDAY)) is Fate.SEND


def test_a_yellow_ladders_page_is_dropped_once_red_has_its_own() -> None:
    assert fate(FIRST, incident(tier=RED)) is Fate.DROP
    assert fate(OUTSIDE, incident(tier=RED)) is Fate.SEND


def test_nobody_hears_of_a_recovery_who_never_heard_of_the_call() -> None:
    good_news = replace(OUTSIDE, reason=Reason.RECOVERED)
    over = incident(state=State.VERIFIED)
    assert fate(good_news, over) is Fate.DROP
    assert fate(good_news, over, Delivery(page=FIRST, status=Sending.DROPPED)) is Fate.DROP
    assert fate(good_news, over, Delivery(page=replace(FIRST, person="wang"), status=Sending.SENT)) is Fate.DROP
    assert fate(good_news, over, Delivery(page=FIRST, status=Sending.SENT)) is Fate.SEND


def test_the_question_to_answer_what_got_well_by_itself_is_asked_until_it_is_closed() -> None:
    question = replace(OUTSIDE, asks="answer")
    assert fate(question, incident(state=State.VERIFIED)) is Fate.SEND
    assert fate(question, incident(state=State.CLOSED)) is Fate.DROP


def test_a_drill_always_goes() -> None:
    drill = replace(FIRST, reason=Reason.DRILL)
    assert fate(drill, incident(state=State.ACKED, shelved_until=MONDAY + 60)) is Fate.SEND
