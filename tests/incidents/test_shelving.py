"""Shelving: somebody asks for quiet, with a reason and an end."""

from __future__ import annotations

from andon.model import State, Verb
from tests.incidents.book import HOUR, MINUTE, NOW, RED, Story


def called() -> Story:
    return Story().at(0).fires().at(2)


def test_shelving_holds_the_step_that_only_a_recovery_cancels_too() -> None:
    story = Story().at(0).fires(RED).at(2).says("li.na", Verb.SHELVE, seconds=HOUR, text="upgrade")
    assert story.it.rung.due is None


def test_shelving_holds_the_ladder_and_at_its_end_what_is_bad_calls_again() -> None:
    story = called().says("li.na", Verb.SHELVE, seconds=HOUR, text="upgrade")
    assert (story.it.rung.due, story.it.shelved_until) == (None, story.now + HOUR)
    story.at(70)
    assert (story.state(), story.it.shelved_until) == (State.CALLED, None)
    assert story.it.rung.due == NOW + 62 * MINUTE


def test_at_the_end_of_shelving_what_is_well_again_calls_nobody() -> None:
    story = called().says("li.na", Verb.SHELVE, seconds=HOUR, text="upgrade").at(30).recovers().at(70)
    assert (story.state(), story.it.rung.due) == (State.RECOVERING, None)
    assert story.ok().state() is State.CLOSED


def test_falling_back_while_shelved_calls_nobody_before_the_end() -> None:
    story = called().says("li.na", Verb.SHELVE, seconds=HOUR, text="upgrade").at(30).recovers().at(40).fires()
    assert story.it.rung.due is None
    assert story.at(70).it.rung.due is not None


def test_a_rise_ends_the_shelving() -> None:
    story = called().says("li.na", Verb.SHELVE, seconds=HOUR, text="upgrade").at(30).fires(RED)
    assert (story.it.shelved_until, story.it.rung.due) == (None, story.now)


def test_a_fixed_position_waits_for_the_end_of_the_shelving() -> None:
    story = Story(rule="crash").at(0).fires().at(2).says("li.na", Verb.SHELVE, seconds=HOUR, text="upgrade")
    assert story.at(61).it.tier is not RED
    assert story.at(63).it.tier is RED


def test_what_joins_while_shelved_is_paged_by_nobody() -> None:
    story = called().says("li.na", Verb.SHELVE, seconds=HOUR, text="upgrade").at(20).fires(region="us").at(50)
    assert story.pages() == []


def test_escalating_what_is_shelved_ends_the_shelving_and_says_so() -> None:
    story = called().says("li.na", Verb.SHELVE, seconds=HOUR, text="upgrade").at(5).says("wang", Verb.ESCALATE)
    assert (story.state(), story.it.shelved_until, story.it.rung.due) == (State.CALLED, None, story.now)
    assert story.kinds()[-2:] == ["escalated", "unshelved"]


def test_escalating_what_is_not_shelved_says_nothing_of_shelving() -> None:
    assert called().says("li.na", Verb.ESCALATE).kinds() == ["called", "escalated"]


def test_giving_on_what_is_shelved_does_not_start_the_clock_of_an_answer() -> None:
    story = called().says("li.na", Verb.SHELVE, seconds=HOUR, text="upgrade").says("li.na", Verb.GIVE, whom="wang")
    assert (story.it.holder, story.it.ack_expires) == ("wang", None)
