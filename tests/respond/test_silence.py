from __future__ import annotations

from andon.model import Reason, Rung
from tests.oncall.company import HOUR, MONDAY, incident
from tests.respond.world import answer, due_row, kinds

END = MONDAY + HOUR


def test_a_shelved_incidents_ladder_waits_for_the_end() -> None:
    done = answer(one=incident(shelved_until=END))
    assert done.pages == ()
    assert done.incident.rung.due == END
    assert done.incident.rung.step == 0


def test_what_a_decision_makes_due_while_shelved_is_held_until_the_end() -> None:
    still = incident(shelved_until=END, rung=Rung(began=MONDAY, due=None))
    done = answer(one=still, rows=[due_row("lead", reason=Reason.BROKEN)])
    assert [(page.due, page.held) for page in done.pages] == [(END, "silence")]
    assert kinds(done) == ["page-due", "held"]


def test_the_end_of_the_shelving_lets_the_ladder_go() -> None:
    assert answer(END, incident(shelved_until=END)).pages


def test_a_shelving_that_was_lifted_holds_nothing() -> None:
    assert answer(one=incident(shelved_until=None)).pages
