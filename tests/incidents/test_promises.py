from __future__ import annotations

import math

import msgspec

from andon.incidents.promises import next_due, taken
from andon.model import Clocked, Pledge, Reason, Verb
from tests.incidents.book import HOUR, MINUTE, NOW, POLICY, RED, YELLOW, Story, book


def under(pledge: Pledge) -> Story:
    policy = msgspec.structs.replace(POLICY, pledges={YELLOW: pledge})
    return Story(book(policies={"default": policy}))


def respond(story: Story) -> Clocked:
    return next(one for one in story.it.promises if one.milestone == "respond")


def test_a_promise_runs_from_when_the_first_page_is_due() -> None:
    one = respond(Story().at(0).fires())
    assert (one.started, one.at_risk, one.breaks) == (NOW + 30, NOW + 30 + 24 * MINUTE, NOW + 30 + 30 * MINUTE)


def test_a_promise_follows_its_calendar() -> None:
    story = under(Pledge(respond=30 * MINUTE, resolve=24 * HOUR, clock="office")).at(0).fires()
    monday_16_00 = NOW
    assert respond(story).breaks == monday_16_00 + 30 * MINUTE + 30
    resolve = story.it.promises[1]
    assert resolve.breaks == monday_16_00 + 30 + 3 * 24 * HOUR


def test_a_promise_on_an_unknown_calendar_runs_always() -> None:
    story = under(Pledge(respond=60.0, resolve=120.0, clock="gone")).at(0).fires()
    assert [one.breaks for one in story.it.promises] == [NOW + 90, NOW + 150]


def test_no_pledge_is_no_promise() -> None:
    story = under(Pledge(respond=math.nan, resolve=math.nan)).at(0).fires()
    assert story.it.promises == []
    assert (
        Story(book(policies={"default": msgspec.structs.replace(POLICY, pledges={})})).at(0).fires().it.promises == []
    )


def test_at_risk_and_broken_each_page_the_lead_once() -> None:
    story = Story().at(0).fires().at(24)
    assert story.pages() == []
    assert story.at(25).pages() == [(Reason.AT_RISK, ["lead"])]
    assert respond(story).state == "at-risk"
    assert story.at(31).pages()[1:] == [(Reason.BROKEN, ["lead"])]
    assert story.at(300).pages()[2:] == []
    assert respond(story).state == "broken"


def test_a_late_tick_says_broken_and_not_at_risk() -> None:
    story = Story().at(0).fires()
    story.minute = 40
    story.acks("li.na")
    assert story.pages() == [(Reason.BROKEN, ["lead"])]


def test_a_broken_promise_stays_broken_and_knows_when_it_was_met() -> None:
    story = Story().at(0).fires().at(45).acks("li.na")
    assert (respond(story).state, respond(story).met) == ("broken", story.now)


def test_an_answer_at_the_very_end_is_too_late() -> None:
    story = Story().at(0).fires()
    story.minute = 30.5
    assert respond(story.acks("li.na")).state == "broken"


def test_verified_keeps_the_promise_to_resolve() -> None:
    story = Story().at(0).fires().at(2).acks("li.na").at(60).ok()
    assert [one.state for one in story.it.promises] == ["kept", "kept"]
    assert story.it.promises[1].met == story.now


def test_a_rise_replaces_what_is_open_and_erases_nothing() -> None:
    story = Story().at(0).fires().at(31).fires(RED)
    assert [(one.tier, one.state) for one in story.it.promises] == [
        (YELLOW, "broken"),
        (YELLOW, "void"),
        (RED, "running"),
        (RED, "running"),
    ]


def test_a_worse_call_of_the_same_tier_does_not_restart_the_promise_to_resolve() -> None:
    story = Story().at(0).fires().at(2).says("li.na", Verb.RESOLVE).at(5).recovers().at(8).fires()
    assert len(story.it.promises) == 2


def test_opening_again_promises_again() -> None:
    story = Story().at(0).fires().at(2).acks("li.na").at(10).ok().at(20).fires()
    assert [one.state for one in story.it.promises] == ["kept", "kept", "running", "running"]
    assert story.it.promises[2].started == story.now + 30


def test_what_is_back_to_normal_pages_no_lead() -> None:
    story = Story().at(0).fires().at(10).ok().at(60)
    assert respond(story).state == "broken"
    assert [reason for reason, _ in story.pages()] == [Reason.FIRST]


def test_both_times_are_known() -> None:
    story = Story().at(0).fires().at(2).acks("li.na")
    assert taken(story.it, "respond") == (7 * MINUTE, 1.5 * MINUTE)
    assert taken(story.it, "resolve") is None
    felt, took = (next(row.data[name] for row in story.rows if row.kind == "kept") for name in ("felt", "took"))
    assert (felt, took) == (7 * MINUTE, 1.5 * MINUTE)


def test_the_times_of_a_call_that_was_opened_again_are_its_own() -> None:
    story = Story().at(0).fires().at(2).acks("li.na").at(10).ok().at(60).fires().at(63).acks("wang")
    assert taken(story.it, "respond") == (8 * MINUTE, 2.5 * MINUTE)


def test_a_promise_wants_to_be_looked_at_until_it_is_decided() -> None:
    one = respond(Story().at(0).fires())
    assert next_due(one) == one.at_risk
    assert next_due(msgspec.structs.replace(one, state="at-risk")) == one.breaks
    assert next_due(msgspec.structs.replace(one, state="broken")) is None
