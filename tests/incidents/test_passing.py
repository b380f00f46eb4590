"""What the passing of time does."""

from __future__ import annotations

import pytest

from andon.incidents.machine import Tick, decide
from andon.incidents.timers import RUNG, timers, wake
from andon.model import AlertState, Incident, Reason, State, Verb
from andon.rulebook.model import Worsen
from tests.incidents.book import BOOK, HOUR, MINUTE, NOW, RED, YELLOW, Story, book, rule


def names(incident: Incident) -> set[str]:
    return {name for _, name in timers(incident)}


def test_a_tick_before_anything_is_due_changes_nothing() -> None:
    story = Story().at(0).fires()
    outcome = decide(story.it, Tick(), NOW + 1, BOOK, set())
    assert outcome.incident is story.it
    assert outcome.rows == ()


def test_a_tick_on_nothing_is_nothing() -> None:
    assert decide(None, Tick(), NOW, BOOK, set()) is None


def test_the_ladder_is_left_to_others() -> None:
    story = Story().at(0).fires()
    assert wake(story.it) == story.it.rung.due
    assert decide(story.it, Tick(), NOW + 60, BOOK, set()).incident is story.it


def test_an_expired_ack_asks_the_holder_and_then_starts_the_ladder_again() -> None:
    story = Story().at(0).fires().at(2).acks("li.na").at(243)
    assert story.pages() == [(Reason.ACK_EXPIRED, ["holder"])]
    assert story.state() is State.ACKED
    story.at(248)
    assert (story.state(), story.it.rung.reason, story.it.holder) == (State.CALLED, Reason.ACK_EXPIRED, "li.na")
    assert story.it.rung.due == NOW + 247 * MINUTE


def test_the_holder_who_says_a_word_in_time_keeps_it() -> None:
    story = Story().at(0).fires().at(2).acks("li.na").at(243).says("li.na", Verb.NOTE, text="still on it").at(250)
    assert story.state() is State.ACKED
    assert story.it.restart_at is None


def test_a_red_ack_expires_after_half_an_hour() -> None:
    story = Story().at(0).fires(RED).at(2).acks("li.na")
    assert story.it.ack_expires == story.now + 30 * MINUTE


def test_another_may_answer_as_soon_as_the_holder_is_silent() -> None:
    story = Story().at(0).fires().at(2).acks("li.na").at(243).acks("wang")
    assert (story.state(), story.it.holder, story.it.restart_at) == (State.ACKED, "wang", None)


def test_another_may_answer_when_the_ladder_started_again() -> None:
    story = Story().at(0).fires().at(2).acks("li.na").at(250).acks("wang")
    assert (story.state(), story.it.holder) == (State.ACKED, "wang")


@pytest.mark.parametrize(("tier", "minutes"), [(RED, 30.0), (YELLOW, 120.0)])
def test_still_firing_some_time_after_a_resolve_is_worse(tier: object, minutes: float) -> None:
    story = Story().at(0)
    (story.fires(RED) if tier is RED else story.fires()).at(2).says("li.na", Verb.RESOLVE).at(1.9 + minutes)
    assert story.state() is State.RECOVERING
    story.at(2 + minutes)
    assert (story.state(), story.it.rung.reason) == (State.CALLED, Reason.WORSE)
    assert story.pages()[-1] == (Reason.WORSE, ["holder"])


def test_no_data_at_the_check_is_not_all_right() -> None:
    story = Story().at(0).fires().at(2).says("li.na", Verb.RESOLVE).at(3).finds(AlertState.NO_DATA, YELLOW, {}).at(123)
    assert story.state() is State.CALLED


def test_recovering_at_the_check_is_given_its_time() -> None:
    story = Story().at(0).fires().at(2).says("li.na", Verb.RESOLVE).at(115).recovers().at(130)
    assert story.state() is State.RECOVERING


def test_a_verified_call_that_nobody_answered_asks_once_and_closes_after_a_day() -> None:
    story = Story().at(0).fires().at(1).sent().at(10).ok()
    assert story.state() is State.VERIFIED
    assert story.pages() == [(Reason.RECOVERED, ["paged", "on-duty"])]
    story.at(10 + 24 * 60)
    assert (story.state(), story.it.closed_reason) == (State.CLOSED, "never answered")
    assert len(story.pages()) == 1


def test_what_was_never_announced_is_not_said_to_have_recovered() -> None:
    story = Story().at(0).fires().at(10).ok()
    assert story.pages() == [(Reason.FIRST, ["on-duty"])]


def test_what_recovered_before_its_first_page_was_due_closes_in_silence() -> None:
    story = Story().at(0).fires().at(0.2).recovers().at(10).ok()
    assert story.state() is State.CLOSED
    assert story.pages() == []


def test_a_pull_is_verified_when_nobody_pulls_for_a_while_after_a_resolve() -> None:
    story = Story().at(0).pulls().at(5).says("li.na", Verb.RESOLVE)
    assert story.it.clear_at == story.now + 600
    assert story.at(16).state() is State.CLOSED
    assert all(alert.state is AlertState.OK for alert in story.it.alerts.values())


def test_a_verified_call_has_no_other_timer_than_its_closing() -> None:
    story = Story(rule="crash").at(0).fires().at(20).ok().at(70)
    assert names(story.it) == {"closes"}
    assert all(one.at is None for one in story.it.rises)
    assert story.it.clear_at is None


def test_a_pull_that_is_over_waits_for_nothing_any_more() -> None:
    assert Story().at(0).pulls().at(5).says("li.na", Verb.RESOLVE).at(16).it.clear_at is None


def test_a_pull_that_nobody_resolves_stays_open() -> None:
    story = Story().at(0).pulls().at(2).acks("li.na").at(3 * 60)
    assert story.state() is State.ACKED


def test_the_fixed_position_raises_the_tier() -> None:
    story = Story(rule="crash").at(0).fires().at(2).acks("li.na").at(29)
    assert story.it.tier is YELLOW
    story.at(30)
    assert story.it.tier is RED
    assert story.pages() == [(Reason.WORSE, ["holder"])]


def test_an_ack_holds_the_fixed_position_that_says_so() -> None:
    story = Story(rule="slow").at(0).fires().at(2).acks("li.na").at(31)
    assert story.it.tier is YELLOW
    assert "skipped" in story.kinds()
    assert "rise" not in names(story.it)


def test_an_open_incident_keeps_the_fixed_position_it_was_called_under() -> None:
    story = Story(rule="crash").at(0).fires()
    story.book = book(rules={"crash": rule("crash")})
    assert story.at(31).it.tier is RED


def test_a_fixed_position_is_armed_anew_when_the_call_is_opened_again() -> None:
    story = Story(rule="crash").at(0).fires().at(2).acks("li.na").at(10).ok().at(60).fires().at(89)
    assert story.it.tier is YELLOW
    assert story.at(91).it.tier is RED


def test_resolved_holds_a_fixed_position_that_says_so() -> None:
    patient = book(rules={"p": rule("p", worsens=(Worsen(RED, after=30 * MINUTE, unless="resolved"),))})
    story = Story(patient, "p").at(0).fires().at(2).says("li.na", Verb.RESOLVE).at(31)
    assert story.it.tier is YELLOW


def test_a_late_tick_does_things_in_the_order_in_which_they_were_due() -> None:
    story = Story().at(0).pulls().at(5).says("li.na", Verb.RESOLVE)
    story.minute = 3000
    story.happen(Tick())
    assert story.kinds()[-3:] == ["verified", "kept", "closed"]
    assert story.pages() == []


def test_a_closed_incident_waits_for_nothing() -> None:
    story = Story().at(0).fires().at(2).says("li.na", Verb.CLOSE, text="known")
    assert wake(story.it) is None


def test_what_it_waits_for_has_names() -> None:
    story = Story(rule="crash").at(0).fires()
    assert names(story.it) == {RUNG, "promise", "rise"}
    story.at(2).says("li.na", Verb.LATER, seconds=HOUR).acks("li.na")
    assert names(story.it) == {"ack", "later", "promise", "rise"}
    story.says("li.na", Verb.SHELVE, seconds=HOUR, text="why")
    assert names(story.it) == {"shelved", "later", "promise"}
    story.says("li.na", Verb.RESOLVE)
    assert names(story.it) == {"shelved", "check", "later", "promise"}
