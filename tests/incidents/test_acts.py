"""What people say, and whether they may."""

from __future__ import annotations

import math

import msgspec
import pytest

from andon.errors import Refused
from andon.incidents.machine import decide
from andon.incidents.people import answerers
from andon.model import Act, Reason, State, Verb
from andon.rulebook.model import Layer, Override, Schedule
from tests.incidents.book import BOOK, HOUR, MINUTE, NOW, RED, Story, book


def called() -> Story:
    return Story().at(0).fires().at(2)


def test_an_ack_stops_the_ladder_and_keeps_the_promise() -> None:
    story = called().acks("li.na")
    it = story.it
    assert (it.state, it.holder, it.rung.due) == (State.ACKED, "li.na", None)
    assert it.milestones["acked"] == story.now
    assert [one.state for one in it.promises] == ["kept", "running"]
    assert it.ack_expires == story.now + 4 * HOUR
    assert [row.via for row in story.rows if row.kind == "acked"] == ["sms"]


def test_an_ack_leaves_the_step_that_only_a_recovery_cancels() -> None:
    story = Story().at(0).fires(RED)
    due = story.it.rung.due
    assert story.acks("li.na").it.rung.due == due


def test_the_first_ack_wins_and_the_second_is_told_who_has_it() -> None:
    story = called().acks("li.na").at(3).acks("wang")
    assert story.it.holder == "li.na"
    assert (story.rows[-1].kind, story.rows[-1].by, story.rows[-1].text) == ("already", "wang", "li.na")


def test_the_holders_second_ack_is_progress() -> None:
    story = called().acks("li.na").at(60).acks("li.na")
    assert story.rows[-1].kind == "confirmed"
    assert story.it.ack_expires == story.now + 4 * HOUR


def test_a_repeated_act_changes_nothing() -> None:
    story = called().says("li.na", Verb.ACK, id="x")
    before = story.it
    assert story.at(3).says("li.na", Verb.ACK, id="x").it is before


def test_an_act_that_was_given_in_time_and_came_late_keeps_the_promise() -> None:
    story = called().at(40)
    assert [one.state for one in story.it.promises] == ["broken", "running"]
    story.says("li.na", Verb.ACK, at=NOW + 20 * MINUTE)
    assert story.it.promises[0].state == "kept"
    assert "correction" in story.kinds()


def test_an_ack_before_the_call_counts_from_the_call() -> None:
    assert called().says("li.na", Verb.ACK, at=0.0).it.milestones["acked"] == NOW


def test_an_ack_from_the_future_counts_from_now() -> None:
    assert called().says("li.na", Verb.ACK, at=NOW + HOUR).it.milestones["acked"] == NOW + 2 * MINUTE


@pytest.mark.parametrize(
    ("by", "verb", "changes", "why"),
    [
        ("ghost", Verb.ACK, {}, "not in the rulebook's people"),
        ("", Verb.ACK, {}, "nobody is not"),
        ("stranger", Verb.ACK, {}, "may not answer"),
        ("li.na", Verb.GIVE, {}, "needs the name"),
        ("li.na", Verb.GIVE, {"whom": "ghost"}, "got 'ghost'"),
        ("li.na", Verb.JOIN, {"whom": ""}, "needs the name"),
        ("li.na", Verb.LATER, {}, "at most 24 h"),
        ("li.na", Verb.LATER, {"seconds": -1.0}, "at most 24 h"),
        ("li.na", Verb.LATER, {"seconds": math.nan}, "at most 24 h"),
        ("li.na", Verb.SHELVE, {"seconds": 86_401.0, "text": "why"}, "at most 24 h"),
        ("li.na", Verb.SHELVE, {"seconds": 60.0}, "needs a reason"),
        ("li.na", Verb.NOTE, {"text": "  "}, "needs a text"),
        ("li.na", Verb.CLOSE, {}, "needs a reason"),
    ],
)
def test_what_is_not_allowed_is_refused_with_the_reason(
    by: str, verb: Verb, changes: dict[str, object], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        called().says(by, verb, **changes)


def test_a_closed_incident_takes_notes_and_no_answers() -> None:
    story = called().says("li.na", Verb.CLOSE, text="known")
    with pytest.raises(Refused, match="is closed"):
        story.acks("li.na")
    story.says("li.na", Verb.TOLD).says("li.na", Verb.NOTE, text="mail went out")
    assert story.it.notes == ["mail went out"]
    assert "told" in story.it.milestones


def test_an_act_on_nothing_is_refused() -> None:
    with pytest.raises(Refused, match="no incident"):
        decide(None, Act(verb=Verb.ACK, incident="7K", by="li.na", at=NOW), NOW, BOOK, set())


def test_a_refused_act_leaves_no_trace() -> None:
    story = called()
    before = story.it
    with pytest.raises(Refused):
        story.acks("stranger")
    assert story.it is before


def test_a_resolve_answers_and_waits_for_the_figures() -> None:
    story = called().says("li.na", Verb.RESOLVE)
    assert (story.state(), story.it.holder, story.it.resolved_at) == (State.RECOVERING, "li.na", story.now)
    assert [one.state for one in story.it.promises] == ["kept", "running"]
    assert story.it.rung.due is None


def test_a_second_resolve_is_told_so() -> None:
    story = called().says("li.na", Verb.RESOLVE).at(3).says("wang", Verb.RESOLVE)
    assert story.rows[-1].kind == "already"
    assert story.it.resolved_at == NOW + 2 * MINUTE


def test_an_ack_while_it_recovers_is_the_answer() -> None:
    story = called().at(10).recovers().at(11).acks("li.na").at(20).ok()
    assert story.state() is State.CLOSED


def test_an_ack_after_it_is_back_to_normal_closes_it() -> None:
    story = called().at(10).ok()
    assert story.state() is State.VERIFIED
    story.at(60).acks("li.na")
    assert (story.state(), story.it.milestones["acked"]) == (State.CLOSED, story.now)


def test_falling_back_after_an_ack_while_recovering_is_acked() -> None:
    story = called().at(10).recovers().at(11).acks("li.na").at(12).fires()
    assert (story.state(), story.it.rung.due) == (State.ACKED, None)


def test_escalate_makes_the_next_step_due_now() -> None:
    story = called().says("li.na", Verb.ESCALATE)
    assert (story.state(), story.it.rung.due) == (State.CALLED, story.now)


def test_escalate_after_an_ack_calls_on() -> None:
    story = called().acks("li.na").at(5).says("li.na", Verb.ESCALATE)
    assert (story.state(), story.it.rung.due, story.it.holder) == (State.CALLED, story.now, "li.na")
    assert story.it.ack_expires is None


def test_escalate_after_the_ladders_end_starts_it_anew() -> None:
    story = called()
    spent = msgspec.structs.replace(story.it.rung, last=True, round=3, due=None)
    story.incident = msgspec.structs.replace(story.it, rung=spent)
    rung = story.says("li.na", Verb.ESCALATE).it.rung
    assert (rung.round, rung.step, rung.due, rung.last) == (1, 0, story.now, False)


def test_a_whole_day_later_is_allowed() -> None:
    assert called().says("li.na", Verb.LATER, seconds=24 * HOUR).it.later_at == NOW + 2 * MINUTE + 24 * HOUR


def test_escalate_while_it_recovers_calls_the_lead() -> None:
    story = called().at(5).recovers().says("wang", Verb.ESCALATE)
    assert story.pages() == [(Reason.REPEAT, ["lead"])]
    assert story.state() is State.RECOVERING


def test_who_is_given_it_is_paged_may_answer_and_must_soon() -> None:
    story = called().acks("li.na").at(5).says("li.na", Verb.GIVE, whom="stranger")
    assert (story.it.holder, story.state()) == ("stranger", State.ACKED)
    assert story.pages() == [(Reason.FIRST, ["person:stranger"])]
    assert story.it.ack_expires == story.now + 15 * MINUTE
    story.at(7).acks("stranger")
    assert story.it.ack_expires == story.now + 4 * HOUR


def test_giving_before_anybody_answered_stops_no_ladder() -> None:
    story = called()
    due = story.it.rung.due
    story.says("li.na", Verb.GIVE, whom="stranger")
    assert (story.state(), story.it.holder, story.it.rung.due) == (State.CALLED, "", due)
    assert story.acks("stranger").it.holder == "stranger"


def test_taking_it_oneself_pages_nobody() -> None:
    story = called().acks("li.na").says("wang", Verb.GIVE, whom="wang")
    assert (story.it.holder, story.pages()) == ("wang", [])


def test_who_is_called_in_is_paged_and_may_answer() -> None:
    story = called().says("li.na", Verb.JOIN, whom="stranger")
    assert story.pages() == [(Reason.FIRST, ["person:stranger"])]
    assert story.acks("stranger").it.holder == "stranger"


def test_who_asked_to_be_asked_later_is() -> None:
    story = called().acks("li.na").says("li.na", Verb.LATER, seconds=30 * MINUTE).at(33)
    assert story.pages() == [(Reason.REPEAT, ["person:li.na"])]


def test_a_note_is_kept_and_is_the_first_action() -> None:
    story = called().acks("li.na").at(5).says("li.na", Verb.NOTE, text="rolling back")
    assert story.it.notes == ["rolling back"]
    assert story.it.milestones["first_action"] == story.now


def test_an_ack_is_no_action_yet() -> None:
    assert "first_action" not in called().acks("li.na").it.milestones


def test_closing_what_is_still_bad_is_recorded_as_such() -> None:
    story = called().says("li.na", Verb.CLOSE, text="known")
    assert (story.state(), story.it.closed_reason) == (State.CLOSED, "known")
    assert story.rows[-1].data["still_bad"] == 1.0
    assert [one.state for one in story.it.promises] == ["kept", "void"]


def test_owner_catch_all_and_whom_the_ladders_name_may_answer() -> None:
    assert answerers(called().it, BOOK) == {"li.na", "wang", "j.ortiz", "boss"}


def test_whom_an_override_brings_in_may_answer() -> None:
    swapped = Schedule(
        "payments", "UTC", (Layer(("li.na",), "weekly", "2026-01-05"),), (Override("a", "b", add="stranger"),)
    )
    assert "stranger" in answerers(called().it, book(schedules={"payments": swapped}))


def test_when_the_owner_is_gone_the_catch_all_still_answers() -> None:
    gone = book(owners={"everyone": BOOK.owners["everyone"]})
    assert "j.ortiz" in answerers(called().it, gone)


@pytest.mark.parametrize(
    ("verb", "kind", "changes"),
    [
        (Verb.NOTE, "note", {"text": "x"}),
        (Verb.TOLD, "told", {}),
        (Verb.LATER, "later", {"seconds": 60.0}),
        (Verb.JOIN, "join", {"whom": "wang"}),
    ],
)
def test_every_word_of_the_holder_is_progress_and_a_row(verb: Verb, kind: str, changes: dict[str, object]) -> None:
    story = called().acks("li.na").at(60).says("li.na", verb, **changes)
    assert kind in story.kinds()
    assert story.it.ack_expires == story.now + 4 * HOUR


def test_only_so_many_act_ids_and_notes_are_kept() -> None:
    story = called()
    for number in range(250):
        story.says("li.na", Verb.NOTE, text=str(number), id=str(number))
    assert (len(story.it.acts), len(story.it.notes)) == (200, 50)
    assert story.it.notes[-1] == "249"
