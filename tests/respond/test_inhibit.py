from __future__ import annotations

import pytest
from msgspec.structs import replace

from andon.model import AlertState, Incident, Outcome, Reason, Rung, State
from andon.respond.inhibit import LOOK_AGAIN
from andon.rulebook.model import Inhibit
from tests.oncall.company import MONDAY, RED, book, incident
from tests.respond.world import alert, alerts, answer, due_row, kinds, whom

BOOK = book(inhibit=(Inhibit({"rule": "slow"}, {"rule": "pay"}, ("product",)),))
MUTED = incident(alerts=alerts(alert(product="lounge", region="cn")))
SOURCE = incident(id="inc-2", code="3F", rule="slow", alerts=alerts(alert(product="lounge", region="es")))


def judged(one: Incident = MUTED, *others: Incident, now: float = MONDAY) -> Outcome:
    return answer(now, one, book=BOOK, others=others)


def test_an_incident_that_another_explains_pages_nobody() -> None:
    done = judged(MUTED, SOURCE)
    assert done.pages == ()
    assert done.incident.inhibited_by == "inc-2"
    assert "inc-2" in done.rows[0].text


def test_it_is_looked_at_again_and_its_ladder_has_not_moved() -> None:
    rung = judged(MUTED, SOURCE).incident.rung
    assert (rung.step, rung.due) == (0, MONDAY + LOOK_AGAIN)


def test_it_is_said_once() -> None:
    first = judged(MUTED, SOURCE).incident
    again = answer(MONDAY + LOOK_AGAIN, first, book=BOOK, others=(SOURCE,), stored=first.version)
    assert (again.rows, again.incident.inhibited_by) == ((), "inc-2")


def test_it_pages_once_its_source_is_over() -> None:
    first = judged(MUTED, SOURCE).incident
    over = replace(SOURCE, state=State.VERIFIED)
    done = answer(MONDAY + LOOK_AGAIN, first, book=BOOK, others=(over,), stored=first.version)
    assert whom(done)[0] == ("li", "slack")
    assert (kinds(done)[0], done.incident.inhibited_by) == ("released", "")


@pytest.mark.parametrize("state", [State.CALLED, State.ACKED, State.RECOVERING])
def test_an_open_source_mutes_whatever_is_done_about_it(state: State) -> None:
    assert judged(MUTED, replace(SOURCE, state=state)).pages == ()


def test_another_value_of_the_label_is_no_explanation() -> None:
    other = replace(SOURCE, alerts=alerts(alert(product="voice")))
    assert judged(MUTED, other).pages


def test_two_missing_labels_are_not_equal() -> None:
    nowhere = alerts(alert(region="cn"))
    assert judged(replace(MUTED, alerts=nowhere), replace(SOURCE, alerts=nowhere)).pages


def test_two_empty_labels_are_not_equal() -> None:
    nowhere = alerts(alert(product=""))
    assert judged(replace(MUTED, alerts=nowhere), replace(SOURCE, alerts=nowhere)).pages


def test_every_bad_alert_must_be_explained() -> None:
    both = alerts(alert(product="lounge"), alert(product="voice"))
    assert judged(replace(MUTED, alerts=both), SOURCE).pages


def test_an_alert_that_is_well_again_needs_no_explanation() -> None:
    both = alerts(alert(product="lounge"), alert(AlertState.OK, product="voice"))
    assert judged(replace(MUTED, alerts=both), SOURCE).pages == ()


def test_a_sources_alert_that_is_well_again_explains_nothing() -> None:
    two = alerts(alert(AlertState.OK, product="lounge"), alert(product="voice"))
    assert judged(MUTED, replace(SOURCE, alerts=two)).pages


def test_two_that_mute_each_other_are_not_both_silent() -> None:
    both_ways = book(inhibit=(*BOOK.inhibit, Inhibit({"rule": "pay"}, {"rule": "slow"}, ("product",))))
    muted = answer(one=MUTED, book=both_ways, others=(SOURCE,)).incident
    assert answer(one=SOURCE, book=both_ways, others=(muted,)).pages


def test_a_rule_may_be_named_as_people_call_it() -> None:
    named = book(inhibit=(Inhibit({"rule": "slow detractors"}, {"rule": "pay detractors"}, ()),))
    assert answer(one=MUTED, book=named, others=(SOURCE,)).pages == ()


def test_tier_owner_and_labels_must_fit() -> None:
    for source in ({"tier": "red"}, {"owner": "everyone"}, {"product": "voice"}):
        other = book(inhibit=(Inhibit(source, {"rule": "pay"}, ()),))
        assert answer(one=MUTED, book=other, others=(SOURCE,)).pages, source
    for source in ({"tier": "yellow"}, {"owner": "payments"}, {"product": "lounge"}):
        other = book(inhibit=(Inhibit(source, {"rule": "pay"}, ()),))
        assert answer(one=MUTED, book=other, others=(SOURCE,)).pages == (), source


def test_what_a_muted_incident_would_say_is_dropped_and_told_in_the_ledger() -> None:
    still = replace(MUTED, rung=Rung(began=MONDAY, due=None))
    done = answer(one=still, rows=[due_row("lead", reason=Reason.ADDED)], book=BOOK, others=(SOURCE,))
    assert (done.pages, kinds(done)) == ((), ["page-due", "held", "skipped"])


def test_those_who_were_paged_hear_of_the_recovery_all_the_same() -> None:
    still = replace(MUTED, rung=Rung(began=MONDAY, due=None))
    done = answer(one=still, rows=[due_row("lead", reason=Reason.RECOVERED)], book=BOOK, others=(SOURCE,))
    assert whom(done) == [("boss", "slack")]


def test_red_is_muted_as_the_rulebook_says() -> None:
    assert judged(replace(MUTED, tier=RED), SOURCE).pages == ()


def test_before_it_is_due_nothing_is_judged() -> None:
    assert judged(MUTED, SOURCE, now=MONDAY - 30).incident is MUTED
