"""How an incident is called: opened, opened again, risen, worse."""

from __future__ import annotations

from andon.model import AlertState, Reason, State, Verb
from tests.incidents.book import MINUTE, NOW, RED, YELLOW, Story


def test_bad_again_within_two_hours_of_closing_opens_it_again() -> None:
    story = Story().at(0).fires().at(2).acks("li.na").at(10).ok()
    first = story.it
    story.at(100).fires(RED)
    it = story.it
    assert (it.id, it.code, it.state, it.tier, it.holder) == (first.id, first.code, State.CALLED, RED, "")
    assert (it.rung.round, it.rung.step, it.rung.due) == (1, 0, story.now)
    assert "reopened" in story.kinds()
    assert it.milestones["acked"] == NOW + 2 * MINUTE


def test_a_code_that_was_given_away_meanwhile_is_not_kept() -> None:
    story = Story().at(0).fires().at(2).acks("li.na").at(10).ok()
    code = story.it.code
    story.codes = {code}
    assert story.at(100).fires().it.code != code


def test_bad_again_more_than_two_hours_after_closing_is_another_incident() -> None:
    story = Story().at(0).fires().at(2).acks("li.na").at(10).ok()
    first = story.it
    story.at(131).fires()
    assert story.it.id != first.id
    assert story.it.key == first.key
    assert story.it.version == 1


def test_a_verified_call_that_nobody_answered_is_opened_again_with_its_code() -> None:
    story = Story().at(0).fires().at(10).ok()
    assert story.state() is State.VERIFIED
    story.codes = {story.it.code}
    code = story.it.code
    story.at(20).fires()
    assert (story.state(), story.it.code) == (State.CALLED, code)
    assert story.it.closes_at is None


def test_what_was_closed_by_hand_and_still_fires_does_not_call_again() -> None:
    story = Story().at(0).fires().at(2).says("li.na", Verb.CLOSE, text="known").at(5).fires()
    assert story.state() is State.CLOSED
    assert story.at(300).fires().state() is State.CLOSED


def test_what_was_closed_by_hand_and_gets_worse_calls_again() -> None:
    story = Story().at(0).fires().at(2).says("li.na", Verb.CLOSE, text="known").at(5).fires(RED)
    assert (story.state(), story.it.tier) == (State.CALLED, RED)


def test_what_was_closed_by_hand_recovers_silently_and_may_call_again() -> None:
    story = Story().at(0).fires().at(2).says("li.na", Verb.CLOSE, text="known").at(5).ok()
    assert story.state() is State.CLOSED
    assert story.at(9).fires().state() is State.CALLED


def test_a_pull_after_a_resolve_makes_the_earlier_ones_bad_again() -> None:
    story = Story().at(0).pulls().at(5).says("li.na", Verb.RESOLVE).at(7)
    story.finds(AlertState.FIRING, YELLOW, {"region": "us"}, by="wang", owner="payments")
    assert {alert.state for alert in story.it.alerts.values()} == {AlertState.FIRING}
    assert story.it.clear_at is None


def test_one_that_is_well_and_one_that_recovers_are_recovering() -> None:
    story = Story().at(0).fires(region="eu").fires(region="us").at(5).ok(region="eu").at(6).recovers(region="us")
    assert story.state() is State.RECOVERING


def test_what_was_resolved_before_its_first_page_and_is_worse_is_paged_then() -> None:
    story = Story().at(0).fires()
    story.minute = 0.2
    story.recovers().says("li.na", Verb.RESOLVE)
    assert story.at(8).fires().it.paged_due == story.now


def test_the_first_row_says_who_called() -> None:
    assert [row.by for row in Story().at(0).pulls("wang").rows] == ["wang"]
    assert [row.by for row in Story().at(0).fires().rows] == ["andon"]


def test_the_first_alert_is_the_call_and_does_not_join_it() -> None:
    assert Story().at(0).fires().kinds() == ["called"]


def test_what_was_resolved_before_is_not_resolved_when_it_calls_again() -> None:
    story = Story().at(0).fires().at(2).says("li.na", Verb.RESOLVE).at(10).ok().at(20).fires()
    assert story.it.resolved_at is None
    assert story.at(25).recovers().at(26).fires().it.rung.reason is Reason.FIRST


def test_a_rise_calls_again_starts_red_ladder_and_promises_and_pages_the_holder() -> None:
    story = Story().at(0).fires().at(2).acks("li.na").at(10).fires(RED)
    it = story.it
    assert (it.state, it.tier, it.holder) == (State.CALLED, RED, "li.na")
    assert (it.rung.due, it.rung.reason, it.rung.step) == (story.now, Reason.WORSE, 0)
    assert story.pages() == [(Reason.WORSE, ["holder"])]
    states = [(one.milestone, one.tier, one.state, one.started) for one in it.promises]
    assert states == [
        ("respond", YELLOW, "kept", NOW + 30),
        ("resolve", YELLOW, "void", NOW + 30),
        ("respond", RED, "running", story.now),
        ("resolve", RED, "running", story.now),
    ]


def test_a_new_segment_that_is_red_raises_the_whole_call_with_one_page() -> None:
    story = Story().at(0).fires(region="eu").at(2).acks("li.na").at(10).fires(RED, region="us")
    assert story.it.tier is RED
    assert story.pages() == [(Reason.WORSE, ["holder"])]


def test_severity_does_not_fall_with_a_milder_finding() -> None:
    story = Story().at(0).fires(RED, region="eu").at(5).fires(YELLOW, region="eu")
    assert story.it.tier is RED
