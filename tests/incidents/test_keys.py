from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from andon.incidents.keys import DIGITS, LETTERS, alert_key, answer_code, incident_id, incident_key
from andon.model import Direction
from tests.incidents.book import NOW

labels = st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=4)


def test_a_key_does_not_depend_on_the_order_of_labels() -> None:
    assert incident_key("a", "r", {"x": "1", "y": "2"}) == incident_key("a", "r", {"y": "2", "x": "1"})


def test_parts_of_a_key_cannot_run_into_each_other() -> None:
    assert incident_key("ab", "c", {}) != incident_key("a", "bc", {})
    assert incident_key("a", "r", {"x": "1=y"}) != incident_key("a", "r", {"x": "1", "=y": ""})


def test_the_key_of_today_is_the_key_of_tomorrow() -> None:
    assert incident_key("payments", "pay", {"product": "app"})[:12] == "68bfa3ca6e32"
    assert alert_key("pay", {"region": "eu"}, Direction.RISES)[:12] == "d644410c0d64"


@given(labels, labels)
def test_alerts_differ_when_their_segments_do(one: dict[str, str], other: dict[str, str]) -> None:
    same = alert_key("r", one, Direction.RISES) == alert_key("r", other, Direction.RISES)
    assert same == (one == other)


def test_the_directions_of_a_segment_are_two_alerts() -> None:
    assert alert_key("r", {}, Direction.RISES) != alert_key("r", {}, Direction.FALLS)


def test_an_incident_is_named_by_its_day_and_its_opening() -> None:
    assert re.fullmatch(r"260105-[0-9a-f]{7}", incident_id("key", NOW))
    assert incident_id("key", NOW) != incident_id("key", NOW + 1)
    assert incident_id("key", NOW) != incident_id("other", NOW)


def test_a_code_has_two_characters_that_nobody_misreads() -> None:
    code = answer_code(set(), "seed")
    assert code[0] in DIGITS
    assert code[1] in LETTERS
    assert not set(DIGITS + LETTERS) & set("01258BGIOQSZ")


def test_the_same_seed_and_codes_give_the_same_code() -> None:
    assert answer_code({"7K"}, "seed") == answer_code({"7K"}, "seed")


def test_a_taken_code_is_not_given_again() -> None:
    first = answer_code(set(), "seed")
    assert answer_code({first}, "seed") != first


def test_codes_get_longer_when_half_of_the_short_ones_are_taken() -> None:
    taken: set[str] = set()
    for number in range(len(DIGITS) * len(LETTERS)):
        taken.add(answer_code(taken, str(number)))
    assert sum(len(code) == 2 for code in taken) == -(-len(DIGITS) * len(LETTERS) // 2)
    assert {len(code) for code in taken} == {2, 3}


def test_a_thousand_open_incidents_have_a_thousand_codes() -> None:
    taken: set[str] = set()
    for number in range(1000):
        taken.add(answer_code(taken, str(number)))
    assert len(taken) == 1000
