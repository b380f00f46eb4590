from __future__ import annotations

import pytest
from msgspec.structs import replace

from andon.model import Delivery, Incident, Outcome, Reason, Rung, Sending, State
from andon.respond.fallback import after_receipt
from tests.oncall.company import HOUR, MINUTE, MONDAY, RED, incident
from tests.respond.world import answer, due_row, kinds, sent, view, whom

FAILED, SENT = Sending.FAILED_FOR_GOOD, Sending.SENT
NOW = MONDAY + 5


def failed(
    made: Outcome, *statuses: Sending, index: int = 0, now: Incident | None = None, before: tuple[Delivery, ...] = ()
) -> Outcome | None:
    """Return what follows when a chain's pages fared so, told of page `index`; those not named have been sent."""
    fared = [*statuses, *[SENT] * len(made.pages)]
    deliveries = tuple(
        Delivery(page=page, status=status, reason="bad number") for page, status in zip(made.pages, fared, strict=False)
    )
    return after_receipt(now or made.incident, deliveries[index], view(pages=(*before, *deliveries)), NOW)


def test_after_a_definite_no_the_persons_other_channels_follow() -> None:
    done = failed(answer(), FAILED)
    assert done is not None
    assert whom(done) == [("li", "sms")]


def test_only_channels_that_the_tiers_ladder_uses_follow() -> None:
    done = failed(answer(), FAILED)
    assert done is not None
    assert "phone" not in [channel for _, channel in whom(done)]


def test_the_pages_that_follow_belong_to_the_same_row_and_step() -> None:
    made = answer()
    done = failed(made, FAILED)
    assert done is not None
    assert {(page.row, page.round, page.step) for page in done.pages} == {(made.pages[0].row, 1, 0)}
    assert done.incident.version == made.incident.version + 1


def test_the_ladder_does_not_move_while_another_channel_follows() -> None:
    made = answer()
    done = failed(made, FAILED)
    assert done is not None
    assert done.incident.rung == made.incident.rung


@pytest.mark.parametrize("status", [SENT, Sending.DELIVERED, Sending.DROPPED, Sending.BUNDLED, Sending.FAILED_FOR_NOW])
def test_nothing_follows_what_is_not_a_definite_no(status: Sending) -> None:
    assert failed(answer(), status) is None


def test_nothing_follows_while_the_person_may_be_reached_by_another_page_of_the_row() -> None:
    red = answer(one=incident(tier=RED))
    assert failed(red, FAILED) is None
    assert failed(red, FAILED, FAILED, Sending.QUEUED) is None


def test_a_definite_failure_on_all_goes_to_the_next_step_at_once_and_says_so() -> None:
    red = answer(one=incident(tier=RED))
    done = failed(red, FAILED, FAILED, FAILED)
    assert done is not None
    assert kinds(done)[:2] == ["skipped", "page-due"]
    assert "bad number" in done.rows[0].text
    assert whom(done) == [("li", "phone"), ("boss", "phone")]
    assert done.incident.rung.due == NOW + 10 * MINUTE


def test_the_next_step_is_hurried_once() -> None:
    red = answer(one=incident(tier=RED))
    first = failed(red, FAILED, FAILED, FAILED)
    assert first is not None
    assert failed(red, FAILED, FAILED, FAILED, index=1, now=first.incident) is None


def test_one_of_two_people_who_can_be_reached_is_enough() -> None:
    second = answer(one=incident(tier=RED, rung=Rung(began=MONDAY, step=1, due=MONDAY)))
    assert whom(second) == [("li", "phone"), ("boss", "phone")]
    done = failed(second, FAILED, SENT)
    assert done is not None
    assert {person for person, _ in whom(done)} == {"li"}
    assert done.incident.rung == second.incident.rung


def test_a_rooms_failure_leads_nowhere() -> None:
    assert failed(answer(), SENT, FAILED, index=1) is None


def test_after_an_ack_nothing_follows_what_it_has_cancelled() -> None:
    made = answer()
    acked = replace(made.incident, state=State.ACKED, holder="wang")
    assert failed(made, FAILED, now=acked) is None


def test_a_round_that_reached_nobody_goes_to_lead_and_catch_all_at_once() -> None:
    third = answer(one=incident(rung=Rung(began=MONDAY, step=2, due=MONDAY)))
    assert whom(third) == [("boss", "slack"), ("boss", "sms")]
    done = failed(third, FAILED, FAILED)
    assert done is not None
    assert ("ortiz", "slack") in whom(done)
    assert (done.incident.rung.last, done.incident.rung.due) == (True, None)


def test_a_round_that_reached_somebody_waits_for_its_repeat() -> None:
    first = answer()
    third = answer(one=incident(rung=Rung(began=MONDAY, step=2, due=MONDAY)))
    assert failed(third, FAILED, FAILED, before=sent(first)) is None


def test_a_last_that_failed_is_tried_again_later() -> None:
    last = answer(one=incident(rung=Rung(round=2, began=MONDAY, step=3, due=MONDAY, last=True)))
    assert last.incident.rung.due is None
    done = failed(last, *[FAILED] * len(last.pages), index=2)
    assert done is not None
    assert done.incident.rung.due == NOW + 4 * HOUR
    assert done.pages == ()


def test_a_page_outside_the_ladder_that_reaches_nobody_is_told_in_the_ledger() -> None:
    still = incident(rung=Rung(began=MONDAY))
    made = answer(one=still, rows=[due_row("person:wang", reason=Reason.FIRST)])
    done = failed(made, FAILED)
    assert done is not None
    assert (kinds(done), done.pages) == (["skipped"], ())
    assert done.incident.rung == still.rung


def test_good_news_that_does_not_arrive_is_not_sent_by_other_ways() -> None:
    made = answer(one=incident(rung=Rung(began=MONDAY)), rows=[due_row("lead", reason=Reason.RECOVERED)])
    assert failed(made, FAILED) is None


def test_the_pages_that_follow_keep_within_the_limits() -> None:
    made = answer()
    delivery = Delivery(page=made.pages[0], status=FAILED)
    done = after_receipt(made.incident, delivery, view(pages=(delivery,), recent={("li", "sms"): [NOW - 10]}), NOW)
    assert done is not None
    assert done.pages[0].held == "limit"
