from __future__ import annotations

from andon.model import Outcome, Reason, Rung
from andon.oncall.duty import recipients
from andon.respond.dedupe import dedupe
from andon.respond.work import Call, Work, begin
from tests.oncall.company import BOOK, MONDAY, incident
from tests.respond.world import answer, due_row, kinds, view, whom

(LI,) = recipients(BOOK, ["li"])


def work(*calls: Call) -> Work:
    return begin(Outcome(incident()), MONDAY, view()).calling(*calls)


def call(row: int = 2, channel: str = "slack", reason: Reason = Reason.WORSE, about: str = "") -> Call:
    return Call(row, LI, channel, reason, MONDAY, about=about)


def test_one_row_one_person_one_channel_is_one_page() -> None:
    done = dedupe(work(call(), call(), call(channel="sms")))
    assert [one.channel for one in done.calls] == ["slack", "sms"]
    assert done.new == ()


def test_two_rows_with_the_same_reason_in_one_moment_are_one_page_and_the_ledger_says_so() -> None:
    done = dedupe(work(call(2), call(3)))
    assert [one.row for one in done.calls] == [2]
    assert [row.kind for row in done.new] == ["dropped"]


def test_two_reasons_are_two_pages() -> None:
    assert len(dedupe(work(call(2), call(3, reason=Reason.BROKEN))).calls) == 2


def test_two_promises_at_risk_are_two_pages() -> None:
    assert len(dedupe(work(call(2, about="respond"), call(3, about="resolve"))).calls) == 2


def test_a_holder_who_is_on_duty_is_paged_once_when_it_gets_worse() -> None:
    worse = incident(holder="li", rung=Rung(began=MONDAY, due=MONDAY, reason=Reason.WORSE))
    done = answer(one=worse, rows=[due_row("holder")])
    assert whom(done) == [("li", "slack"), ("room:payments", "slack")]
    assert "dropped" in kinds(done)
