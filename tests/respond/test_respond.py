from __future__ import annotations

import dataclasses

import pytest
from msgspec.structs import replace

from andon.model import Clocked, Outcome, Policy, Reason, Rung, Sending, State, Step, Tier
from andon.respond.respond import respond
from tests.oncall.company import DAY, HOUR, MINUTE, MONDAY, OWNERS, RED, YELLOW, book, incident, policy
from tests.respond.world import alert, alerts, answer, due_row, evidence, kinds, sent, view, whom


def test_the_first_step_pages_who_is_on_duty_and_the_room() -> None:
    assert whom(answer()) == [("li", "slack"), ("room:payments", "slack")]


def test_nothing_is_paged_before_it_is_due_and_the_very_outcome_comes_back() -> None:
    outcome = Outcome(incident())
    assert respond(outcome, MONDAY - 1, view()) is outcome


def test_a_page_has_the_row_that_made_it_due_and_a_row_that_says_it() -> None:
    done = answer()
    assert kinds(done) == ["page-due", "paged", "paged"]
    assert [row.n for row in done.rows] == [2, 3, 4]
    assert {page.row for page in done.pages} == {2}
    assert done.rows[1].data["page"] == done.pages[0].id


def test_rows_follow_those_of_the_decision_and_the_incident_counts_them() -> None:
    done = answer(one=incident(rows=5), rows=[due_row("lead", n=5)])
    assert [row.n for row in done.rows] == [5, *range(6, 6 + len(done.rows) - 1)]
    assert done.incident.rows == done.rows[-1].n


@pytest.mark.parametrize("version", [3, 4])
def test_the_version_is_the_one_after_the_stored_whether_or_not_a_decision_raised_it(version: int) -> None:
    assert answer(one=incident(version=version), stored=3).incident.version == 4


def test_the_ladder_stands_at_the_next_step_afterwards() -> None:
    rung = answer().incident.rung
    assert (rung.step, rung.due) == (1, MONDAY + 15 * MINUTE)


def test_a_page_is_self_contained() -> None:
    promise = Clocked(
        milestone="respond",
        tier=YELLOW,
        clock="office",
        allowed=1800,
        started=MONDAY,
        at_risk=MONDAY + 1440,
        breaks=MONDAY + 1800,
    )
    one = incident(
        alerts=alerts(alert(region="cn", evidence=evidence()), alert(region="es", tier=Tier.RED, since=MONDAY)),
        promises=[replace(promise, state="void", breaks=0.0), promise],
    )
    page = answer(one=one, board_url="https://b", answer_url=lambda inc, who, _: f"{inc}/{who}").pages[0]
    assert (page.name, page.address, page.lang, page.zone) == ("李娜", "U1", "zh", "Asia/Shanghai")
    assert (page.code, page.title, page.owner, page.tier) == ("7K", "pay detractors", "payments", YELLOW)
    assert page.segments == [{"region": "es"}, {"region": "cn"}]
    assert page.evidence == evidence()
    assert (page.respond_by, page.board_url, page.answer_url) == (MONDAY + 1800, "https://b", "inc-1/li")


def test_a_rooms_page_has_no_answer_link() -> None:
    done = answer(answer_url=lambda inc, who, _: f"{inc}/{who}")
    assert [bool(page.answer_url) for page in done.pages] == [True, False]


def test_what_customers_wrote_is_masked() -> None:
    one = incident(alerts=alerts(alert(evidence=evidence("tel 13800138000", ["mail a@b.example"]))))
    page = answer(one=one).pages[0]
    assert page.evidence is not None
    assert (page.text, page.evidence.text, page.evidence.quotes) == ("tel ***", "tel ***", ["mail ***"])


def test_a_pulls_title_is_masked_as_its_words_are_its_authors() -> None:
    assert answer(one=incident(title="call 13800138000", single=True)).pages[0].title == "call ***"


def test_red_goes_by_every_channel_at_once() -> None:
    assert whom(answer(one=incident(tier=RED)))[:3] == [("li", "slack"), ("li", "sms"), ("li", "phone")]


def test_a_step_that_nobody_can_be_reached_by_is_passed_over_at_once_and_says_so() -> None:
    done = answer(MONDAY + 7 * DAY, incident(rung=Rung(began=MONDAY, step=1, due=MONDAY)))
    assert whom(done) == [("boss", "slack"), ("boss", "sms")]
    assert "wang" in next(row.text for row in done.rows if row.kind == "skipped")


def test_a_channel_that_is_not_set_up_is_passed_over() -> None:
    done = answer(one=incident(rung=Rung(began=MONDAY, step=1, due=MONDAY)), channels=frozenset({"slack"}))
    assert whom(done) == [("boss", "slack")]
    assert "li" in next(row.text for row in done.rows if row.kind == "skipped")


def test_an_empty_roster_goes_up_to_lead_and_catch_all_at_once() -> None:
    done = answer(book=book(owners={**OWNERS, "payments": OWNERS["empty"]}))
    assert whom(done) == [("ortiz", "slack")]
    assert done.incident.rung == Rung(round=1, step=3, began=MONDAY, due=None, last=True)


def test_a_room_does_not_stand_for_the_people_who_are_missing() -> None:
    nobody = {**OWNERS, "payments": dataclasses.replace(OWNERS["payments"], schedule="")}
    done = answer(book=book(owners=nobody))
    assert ("room:payments", "slack") in whom(done)
    assert ("boss", "slack") in whom(done)


def test_with_nobody_at_all_the_incident_tries_again_and_says_so() -> None:
    done = answer(book=book(owners={}))
    assert done.pages == ()
    assert done.incident.rung.due == MONDAY + 4 * HOUR
    assert kinds(done).count("skipped") == 4


def test_a_tier_without_ladder_calls_lead_and_catch_all() -> None:
    done = answer(one=incident(policy=Policy(name="none")))
    assert {person for person, _ in whom(done)} == {"boss", "ortiz"}


def test_further_rounds_are_repeats() -> None:
    done = answer(one=incident(rung=Rung(round=2, began=MONDAY, due=MONDAY, reason=Reason.WORSE)))
    assert {page.reason for page in done.pages} == {Reason.REPEAT}


def test_a_first_round_has_the_reason_that_called() -> None:
    done = answer(one=incident(rung=Rung(began=MONDAY, due=MONDAY, reason=Reason.ACK_EXPIRED)))
    assert {page.reason for page in done.pages} == {Reason.ACK_EXPIRED}


def test_steps_without_after_go_together() -> None:
    steps = [Step(notify=["on-duty"], by=["slack"]), Step(notify=["lead"], by=["slack"])]
    done = answer(one=incident(policy=policy(ladders={YELLOW: steps})))
    assert whom(done) == [("li", "slack"), ("boss", "slack")]


def test_an_acked_incident_pages_only_steps_that_wait_for_a_recovery() -> None:
    red = incident(tier=RED, state=State.ACKED, holder="li", rung=Rung(began=MONDAY, step=1, due=MONDAY))
    first = answer(one=red)
    assert first.pages == ()
    assert first.incident.rung.due == MONDAY + 10 * MINUTE
    then = answer(MONDAY + 10 * MINUTE, replace(first.incident, version=2), stored=2)
    assert whom(then) == [("ortiz", "slack"), ("ortiz", "phone")]
    assert then.incident.rung.due is None


@pytest.mark.parametrize("state", [State.RECOVERING, State.VERIFIED, State.CLOSED])
def test_no_step_is_taken_while_it_recovers_or_is_over(state: State) -> None:
    assert answer(one=incident(state=state)).pages == ()


def test_a_late_service_takes_one_step_and_counts_on_from_now() -> None:
    done = answer(MONDAY + 5 * HOUR)
    assert [page.step for page in done.pages] == [0, 0]
    assert done.incident.rung.due == MONDAY + 5 * HOUR + 15 * MINUTE


def test_page_ids_tell_row_person_and_channel_apart() -> None:
    done = answer(one=incident(tier=RED))
    assert len({page.id for page in done.pages}) == len(done.pages)
    assert answer(one=incident(tier=RED)).pages == done.pages
    other = answer(one=incident(tier=RED, rows=2))
    assert not {page.id for page in other.pages} & {page.id for page in done.pages}


def test_the_same_event_answered_twice_makes_no_page_again() -> None:
    once = answer()
    assert answer(pages=sent(once, Sending.QUEUED)).pages == ()
