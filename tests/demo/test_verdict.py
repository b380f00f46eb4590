from __future__ import annotations

import math
from typing import Any

import httpx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.demo.mail import Mail
from andon.demo.verdict import AFTERMATH, Line, Verdict, belongs, false_pages, lines, poisson_point
from andon.model import Sending, State
from tests.demo.day import FAULT, START, delivery, incident, promise

FELT = START + FAULT.start


def verdict(sent: int = 100, broken: int = 3, **others: Any) -> Verdict:
    mail = Mail(httpx.AsyncClient(), np.random.default_rng(0), START, sent=sent, repeated=2, broken=broken)
    given_ = {"lines": (Line(FAULT, FELT, 360.0),), "false": (), "promised": 0.08, "counted": 100.0, "letters": 3}
    return Verdict(mail=mail, **(given_ | others))  # type: ignore[arg-type]


def below(mean: float, k: int) -> float:
    return sum(math.exp(i * math.log(mean) - mean - math.lgamma(i + 1)) for i in range(k + 1))


@pytest.mark.parametrize(("mean", "point"), [(0.0, 0), (0.0005, 0), (0.08, 2), (1.0, 5), (3.0, 10), (10.0, 21)])
def test_the_point_is_the_table_s(mean: float, point: int) -> None:
    assert poisson_point(mean, 0.999) == point


@given(st.floats(0.001, 50.0), st.floats(0.01, 0.9999))
def test_the_point_is_the_least_that_holds_the_share(mean: float, share: float) -> None:
    k = poisson_point(mean, share)
    assert below(mean, k) >= share - 1e-9
    assert k == 0 or below(mean, k - 1) < share + 1e-9


def test_an_incident_of_the_fault_s_rule_and_owner_in_its_time_is_the_fault_s() -> None:
    assert belongs(incident(), FAULT, START)


@pytest.mark.parametrize(
    "others",
    [
        {"rule": "browse-slow"},
        {"owner": "app"},
        {"called": FELT - 1},
        {"called": START + FAULT.end + AFTERMATH + 1},
    ],
    ids=["another rule's", "another owner's", "before", "long after"],
)
def test_another_incident_is_not(others: dict[str, Any]) -> None:
    assert not belongs(incident(**others), FAULT, START)


def test_an_incident_that_paged_without_a_fault_is_a_false_page() -> None:
    stray = incident(id="i2", rule="browse-slow")
    assert false_pages([FAULT], START, [incident(), stray]) == (stray,)


def test_an_incident_that_paged_nobody_is_none() -> None:
    assert false_pages([FAULT], START, [incident(rule="browse-slow", announced=False)]) == ()


def test_on_a_day_without_faults_every_page_is_false() -> None:
    assert false_pages([], START, [incident()]) == (incident(),)


def test_a_line_says_when_it_was_paged_answered_and_verified_since_it_was_felt() -> None:
    known = incident(milestones={"acked": FELT + 700, "verified": FELT + 5000}, promises=[promise("respond", "kept")])
    (line,) = lines([FAULT], START, [known], [delivery(due=FELT + 400), delivery(due=FELT + 370)])
    assert line == Line(FAULT, FELT, 370.0, 700.0, 5000.0, "kept")
    assert line.held


def test_a_fault_that_nobody_was_paged_for_is_missed() -> None:
    (line,) = lines([FAULT], START, [incident()], [])
    assert (line.paged, line.held) == (None, False)


@pytest.mark.parametrize("status", [Sending.FAILED_FOR_GOOD, Sending.QUEUED, Sending.DROPPED])
def test_a_page_that_never_arrived_is_no_page(status: Sending) -> None:
    (line,) = lines([FAULT], START, [incident()], [delivery(status, due=FELT + 370)])
    assert line.paged is None


def test_a_page_of_another_incident_is_no_page_of_this_one() -> None:
    (line,) = lines([FAULT], START, [incident()], [delivery(incident="i2", due=FELT + 370)])
    assert line.paged is None


def test_a_fault_without_an_incident_of_its_own_rule_is_missed() -> None:
    assert lines([FAULT], START, [incident(rule="browse-slow")], [delivery(due=FELT + 1)]) == (Line(FAULT, FELT),)


def test_the_first_of_a_fault_s_incidents_counts() -> None:
    later = incident(id="i2", called=FELT + 3000)
    sent = [delivery(due=FELT + 370), delivery(incident="i2", due=FELT + 3000)]
    assert lines([FAULT], START, [later, incident()], sent)[0].paged == 370.0


def test_a_page_after_the_promised_delay_is_missed() -> None:
    assert Line(FAULT, FELT, FAULT.within).held
    assert not Line(FAULT, FELT, FAULT.within + 1).held


@pytest.mark.parametrize(
    ("states", "said"),
    [([], ""), (["void", "kept"], "kept"), (["running"], ""), (["kept", "broken"], "broken")],
)
def test_the_answer_promise_is_broken_if_any_was(states: list[str], said: str) -> None:
    known = incident(promises=[promise("respond", state) for state in states] + [promise("resolve", "kept")])
    assert lines([FAULT], START, [known], [])[0].promise == said


def test_a_day_as_promised_is_good() -> None:
    assert verdict().good
    assert list(verdict().wrong()) == []


def test_a_broken_answer_promise_is_no_failure() -> None:
    assert verdict(lines=(Line(FAULT, FELT, 360.0, promise="broken"),)).good


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ({"lines": (Line(FAULT, FELT),)}, "missed: paying slows down: no page by pay-slow in 30 min"),
        ({"lines": (Line(FAULT, FELT, 2400.0),)}, "missed: paying slows down: paged after 40 min, not within 30 min"),
        ({"counted": 99.0}, "1 signals are not accounted for"),
        ({"counted": 101.0}, "1 signals are not accounted for"),
        ({"letters": 2}, "1 signals are not accounted for"),
        ({"false": (incident(),) * 3}, "more false pages than promised"),
        ({"faults": {"faults.sender": 1.0}}, "trouble: faults.sender: 1"),
    ],
)
def test_a_day_is_not_good_and_says_why(others: dict[str, Any], said: str) -> None:
    bad = verdict(**others)
    assert not bad.good
    assert any(said in line for line in bad.wrong())


def test_as_many_false_pages_as_the_point_allows_are_no_failure() -> None:
    assert verdict(false=(incident(),) * verdict().allowed).good
    assert verdict().allowed == 2


def test_too_many_and_too_few_do_not_make_up_for_each_other() -> None:
    assert verdict(counted=99.0, letters=4).lost == 2


def test_the_sum_says_false_pages_promised_sent_refused_and_lost() -> None:
    said = "\n".join(verdict(sent=12_345, counted=12_340.0).said())
    for part in (
        "false pages: 0",
        "0.08 a day",
        "99.9 % point is 2",
        "12,345 sent",
        "12,340 taken",
        "3 refused",
        "lost: 5",
    ):
        assert part in said


def test_state_is_not_asked_of_a_false_page() -> None:
    closed = incident(rule="browse-slow", state=State.CLOSED)
    assert false_pages([FAULT], START, [closed]) == (closed,)
