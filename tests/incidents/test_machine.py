"""The door itself: receipts, versions, row numbers."""

from __future__ import annotations

import pytest

from andon.incidents.machine import Tick, decide
from andon.model import Outcome, Receipt, Sending
from tests.incidents.book import BOOK, MINUTE, NOW, Story


def test_every_change_is_a_version_and_rows_are_numbered_through() -> None:
    story = Story().at(0).fires().at(1).sent().at(2).acks("li.na").at(10).ok()
    assert [row.n for row in story.rows] == list(range(1, len(story.rows) + 1))
    assert story.it.rows == len(story.rows)
    assert story.it.version == 4
    assert {row.incident for row in story.rows} == {story.it.id}


def test_the_first_page_that_was_sent_is_a_milestone() -> None:
    story = Story().at(0).fires().at(1).sent().at(2).sent()
    assert story.it.milestones["paged"] == NOW + MINUTE
    assert story.it.announced


def test_a_receipt_from_the_future_counts_from_now() -> None:
    story = Story().at(0).fires().happen(Receipt(page="p", status=Sending.READ, at=NOW + 999))
    assert story.it.milestones["paged"] == NOW


def test_a_failed_page_is_on_record_and_announces_nothing() -> None:
    story = Story().at(0).fires()
    story.happen(Receipt(page="p", status=Sending.FAILED_FOR_GOOD, at=NOW, reason="bad number"))
    assert not story.it.announced
    assert (story.rows[-1].kind, story.rows[-1].text) == ("receipt", "bad number")


@pytest.mark.parametrize("status", [Sending.QUEUED, Sending.SENDING])
def test_a_page_on_its_way_is_no_news(status: Sending) -> None:
    story = Story().at(0).fires()
    outcome = decide(story.it, Receipt(page="p", status=status, at=NOW), NOW, BOOK, set())
    assert outcome == Outcome(story.it)
    assert outcome.incident is story.it


def test_a_receipt_for_nothing_is_nothing() -> None:
    assert decide(None, Receipt(page="p", status=Sending.SENT, at=NOW), NOW, BOOK, set()) is None


def test_what_came_due_meanwhile_is_done_before_the_event() -> None:
    story = Story(rule="crash").at(0).fires()
    story.minute = 31
    story.acks("li.na")
    assert story.kinds().index("tier") < story.kinds().index("acked")


def test_a_decision_does_not_touch_what_it_was_given() -> None:
    story = Story().at(0).fires()
    before, copy = story.it, repr(story.it)
    decide(before, Tick(), NOW + 4000, BOOK, set())
    assert repr(before) == copy
