"""What people, or time, have accepted as the new normal: how such an incident ends."""

from __future__ import annotations

import pytest

from andon.errors import Refused
from andon.incidents.machine import Handed
from andon.incidents.promises import taken
from andon.incidents.story import tell
from andon.incidents.timers import wake
from andon.model import Acceptance, AlertState, Reason, State, Verb
from tests.incidents.book import YELLOW, Story

WHY = "the new app asks more often"
LASTED = "it has lasted as long as `accept_after` says"


def called(*regions: str) -> Story:
    story = Story(rule="learnt").at(0)
    for region in regions or ("eu",):
        story.fires(region=region)
    return story.sent().at(5)


def settles(story: Story, by: str = "li.na", why: str = WHY, region: str = "eu") -> Story:
    return story.finds(AlertState.OK, YELLOW, {"region": region}, accepted=True, by=by, text=why)


def accepted() -> Story:
    return called().says("li.na", Verb.ACCEPT, text=WHY)


def test_accepting_is_an_answer_and_waits_to_be_written_into_the_log() -> None:
    story = accepted()
    row = story.rows[-1]
    assert (row.kind, row.by, row.via, row.text) == ("accepted", "li.na", "sms", WHY)
    segments = [{"region": "eu"}]
    assert story.it.acceptance == Acceptance(
        by="li.na", at=story.now, text=WHY, row=row.n, due=story.now, segments=segments
    )
    assert (story.it.state, story.it.holder, story.it.rung.due) == (State.ACKED, "li.na", None)
    assert wake(story.it) == story.now


def test_once_it_is_in_the_log_nothing_waits_any_more() -> None:
    story = accepted()
    row = story.it.rows
    story.happen(Handed(row))
    assert story.it.acceptance is not None
    assert story.it.acceptance.due is None
    before = story.it
    assert story.happen(Handed(row)).it is before


def test_when_the_detectors_have_taken_it_up_it_is_closed_as_accepted_and_not_as_verified() -> None:
    story = settles(accepted())
    assert (story.it.state, story.it.closed_reason) == (State.CLOSED, "accepted as the new normal")
    assert story.kinds()[-3:] == ["settled", "voided", "closed"]
    assert "verified" not in story.kinds()
    assert "verified" not in story.it.milestones
    assert taken(story.it, "resolve") is None


def test_nobody_is_told_that_it_has_recovered() -> None:
    assert Reason.RECOVERED not in [reason for reason, _ in settles(accepted()).pages()]


def test_it_waits_for_all_of_its_alerts() -> None:
    story = called("eu", "us").says("li.na", Verb.ACCEPT, text=WHY)
    assert story.it.acceptance is not None
    assert len(story.it.acceptance.segments) == 2
    assert settles(story).state() is State.ACKED
    assert settles(story, region="us").state() is State.CLOSED


def test_an_alert_that_recovered_by_itself_beside_it_makes_it_no_verified_one() -> None:
    story = called("eu", "us").recovers(region="us").says("li.na", Verb.ACCEPT, text=WHY)
    settles(story).at(6).ok(region="us")
    assert (story.state(), story.it.closed_reason) == (State.CLOSED, "accepted as the new normal")


def test_only_what_fires_is_accepted() -> None:
    story = called("eu", "us").recovers(region="us").says("li.na", Verb.ACCEPT, text=WHY)
    assert story.it.acceptance is not None
    assert story.it.acceptance.segments == [{"region": "eu"}]


def test_what_has_lasted_long_enough_is_closed_as_accepted_by_itself() -> None:
    story = settles(called(), by="andon", why=LASTED)
    assert (story.it.state, story.it.closed_reason) == (State.CLOSED, "accepted as the new normal")
    assert [row.by for row in story.rows if row.kind in {"settled", "closed"}] == ["andon", "andon"]


def test_a_new_call_after_it_is_a_call_like_any_other() -> None:
    story = settles(accepted()).at(30).fires(region="eu")
    assert (story.state(), story.it.acceptance) == (State.CALLED, None)
    story.at(40).recovers(region="eu").at(50).ok(region="eu")
    assert story.state() is State.VERIFIED


def test_it_may_be_accepted_while_it_is_shelved() -> None:
    story = called().says("li.na", Verb.SHELVE, seconds=600.0, text="later").says("li.na", Verb.ACCEPT, text=WHY)
    assert story.it.shelved_until is None


def test_it_needs_a_reason() -> None:
    with pytest.raises(Refused, match="needs a reason"):
        called().says("li.na", Verb.ACCEPT, text=" ")


def test_a_rule_without_a_learnt_baseline_cannot_accept() -> None:
    story = Story(rule="pay").at(0).fires()
    with pytest.raises(Refused, match="no learnt baseline"):
        story.says("li.na", Verb.ACCEPT, text=WHY)


def test_what_is_well_again_has_no_new_normal() -> None:
    with pytest.raises(Refused, match="there is no new normal to accept"):
        called().recovers(region="eu").says("li.na", Verb.ACCEPT, text=WHY)


def test_a_stranger_may_not_accept() -> None:
    with pytest.raises(Refused, match="may not answer"):
        called().says("stranger", Verb.ACCEPT, text=WHY)


def test_the_ledger_tells_it_in_both_languages() -> None:
    story = settles(called(), by="andon", why=LASTED)
    rows = [row for row in [*accepted().rows, *story.rows] if row.kind in {"accepted", "settled", "closed"}]
    assert [tell(row, "en") for row in rows] == [
        f"li.na accepts this as the new normal: {WHY}",
        f"region=eu: usual from now on ({LASTED})",
        "closed by andon: accepted as the new normal",
    ]
    assert [tell(row, "zh") for row in rows] == [
        f"li.na 接受为新常态：{WHY}",
        "region=eu：从现在起视为常态（持续时间已达 accept_after 的规定）",
        "系统 已关闭：已接受为新常态",
    ]
    assert wake(story.it) is None
