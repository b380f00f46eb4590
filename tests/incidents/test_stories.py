"""Whole lives of incidents on a timeline."""

from __future__ import annotations

from andon.model import Reason, State, Verb
from tests.incidents.book import RED, Story


def test_a_call_is_answered_recovers_is_verified_and_closes_by_itself() -> None:
    story = Story().at(0).fires(region="eu").at(1).sent().at(3).acks("li.na")
    assert story.state() is State.ACKED
    story.at(20).recovers(region="eu")
    assert story.state() is State.RECOVERING
    story.at(30).ok(region="eu")
    assert story.state() is State.CLOSED
    assert story.kinds() == [
        "called", "receipt", "acked", "kept", "alert", "recovering", "alert", "verified", "kept", "page-due", "closed",
    ]  # fmt: skip
    assert story.pages() == [(Reason.RECOVERED, ["paged"])]


def test_nobody_answers_so_the_lead_hears_of_the_promise_and_the_tier_rises() -> None:
    story = Story(rule="crash").at(0).fires(region="eu").at(1).sent().at(31)
    assert story.it.tier is RED
    assert story.pages() == [(Reason.AT_RISK, ["lead"])]
    story.at(40)
    assert story.pages()[1:] == [(Reason.AT_RISK, ["lead"]), (Reason.BROKEN, ["lead"])]


def test_a_pull_calls_at_once_and_only_a_resolve_ends_it() -> None:
    story = Story().at(0).pulls()
    assert story.it.rung.due == story.now
    story.sent().at(5).says("li.na", Verb.RESOLVE).at(14)
    assert story.state() is State.RECOVERING
    story.at(16)
    assert story.state() is State.CLOSED
