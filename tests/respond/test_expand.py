from __future__ import annotations

import pytest
from msgspec.structs import replace

from andon.model import Incident, Reason, Rung, Sending
from tests.oncall.company import MONDAY, OWNERS, RED, book, incident
from tests.respond.world import answer, due_row, kinds, sent, whom

STILL = Rung(began=MONDAY, due=None)


def quiet(**changes: object) -> Incident:
    """Return an incident whose ladder stands."""
    return incident(**{"rung": STILL, **changes})  # type: ignore[arg-type]  # a shorthand of tests


@pytest.mark.parametrize(
    ("target", "person"),
    [("lead", "boss"), ("on-duty", "li"), ("person:wang", "wang"), ("holder", "wang"), ("owner:everyone", "ortiz")],
)
def test_each_target_means_whom_it_says(target: str, person: str) -> None:
    done = answer(one=quiet(holder="wang"), rows=[due_row(target)])
    assert whom(done) == [(person, "slack")]


def test_without_a_holder_who_is_on_duty_is_meant() -> None:
    assert whom(answer(one=quiet(), rows=[due_row("holder")])) == [("li", "slack")]


def test_the_page_has_the_decisions_row_and_reason_and_stands_outside_the_ladder() -> None:
    (made,) = answer(one=quiet(rows=7), rows=[due_row("lead", reason=Reason.BROKEN, n=7)]).pages
    assert (made.row, made.reason, made.step) == (7, Reason.BROKEN, -1)


def test_what_the_reader_is_asked_and_told_is_on_the_page() -> None:
    (made,) = answer(one=quiet(), rows=[due_row("lead", text="mail me: a@b.example", asks="help")]).pages
    assert (made.asks, made.text) == ("help", "mail me: ***")


def test_red_goes_to_a_lead_by_voice_too() -> None:
    assert ("boss", "phone") in whom(answer(one=quiet(tier=RED), rows=[due_row("lead")]))


@pytest.mark.parametrize("reason", [Reason.ADDED, Reason.RECOVERED])
def test_what_is_no_call_rings_no_telephone(reason: Reason) -> None:
    done = answer(one=quiet(tier=RED), rows=[due_row("lead", reason=reason)])
    assert whom(done) == [("boss", "slack"), ("boss", "sms")]


def test_a_telephone_rings_after_all_where_there_is_nothing_else() -> None:
    done = answer(one=quiet(tier=RED), rows=[due_row("lead", reason=Reason.ADDED)], channels=frozenset({"phone"}))
    assert whom(done) == [("boss", "phone")]


def test_all_who_were_paged_hear_of_the_recovery_where_they_were_paged() -> None:
    first = answer()
    done = answer(one=quiet(), rows=[due_row("paged", reason=Reason.RECOVERED)], pages=sent(first))
    assert whom(done) == [("li", "slack"), ("room:payments", "slack")]


def test_who_was_not_reached_does_not_hear_of_the_recovery() -> None:
    failed = sent(answer(), Sending.FAILED_FOR_GOOD)
    done = answer(one=quiet(), rows=[due_row("paged", reason=Reason.RECOVERED)], pages=failed)
    assert done.pages == ()


def test_who_has_none_of_the_first_steps_channels_is_reached_by_any_of_theirs() -> None:
    done = answer(one=quiet(), rows=[due_row("person:mail", reason=Reason.FIRST)])
    assert whom(done) == [("mail", "email")]


def test_one_who_cannot_be_reached_is_told_in_the_ledger() -> None:
    done = answer(one=quiet(), rows=[due_row("person:mail")], channels=frozenset({"slack"}))
    assert kinds(done) == ["page-due", "skipped"]
    assert "mail" in done.rows[1].text


def test_a_target_that_is_nobody_is_told_in_the_ledger() -> None:
    done = answer(one=quiet(owner="empty"), rows=[due_row("lead")])
    assert (kinds(done), done.pages) == (["page-due", "skipped"], ())


def test_someone_who_left_the_rulebook_is_not_paged() -> None:
    first = answer()
    done = answer(
        one=quiet(), rows=[due_row("paged")], pages=sent(first), book=book(people={}, owners={}, schedules={})
    )
    assert done.pages == ()


def test_one_person_behind_two_targets_is_paged_once() -> None:
    done = answer(one=quiet(holder="li"), rows=[due_row("holder", "on-duty")])
    assert whom(done) == [("li", "slack")]


def test_other_rows_make_nothing_due() -> None:
    assert answer(one=quiet(), rows=[replace(due_row("lead"), kind="skipped")]).pages == ()


def test_a_room_hears_of_the_recovery_only_while_it_is_there() -> None:
    delivery = sent(answer())[1]
    assert delivery.page.person == "room:payments"
    gone = {**OWNERS, "payments": OWNERS["empty"]}
    done = answer(
        one=quiet(), rows=[due_row("paged", reason=Reason.RECOVERED)], pages=(delivery,), book=book(owners=gone)
    )
    assert done.pages == ()
