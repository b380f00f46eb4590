from __future__ import annotations

import time

import pytest

from andon.model import Match
from andon.streams.where import passes


def test_no_conditions_let_everything_pass() -> None:
    assert passes({}, ())


def test_a_value_must_be_among_those_wanted() -> None:
    match = Match("journey", frozenset({"cart", "pay"}))
    assert passes({"journey": "pay"}, (match,))
    assert not passes({"journey": "browse"}, (match,))


def test_a_missing_dimension_has_the_empty_value() -> None:
    assert not passes({}, (Match("journey", frozenset({"pay"})),))
    assert passes({}, (Match("journey", frozenset({""})),))
    assert passes({}, (Match("journey", frozenset({"pay"}), negate=True),))


def test_not_turns_a_condition_round() -> None:
    assert not passes({"journey": "pay"}, (Match("journey", frozenset({"pay"}), negate=True),))


@pytest.mark.parametrize(
    ("glob", "value", "fits"),
    [
        ("pay-*", "pay-card", True),
        ("pay-*", "prepay-card", False),
        ("v?.0", "v8.0", True),
        ("v?.0", "v18.0", False),
        ("a.b", "axb", False),
        ("*支付*", "微信支付中", True),
        ("*", "two\nlines", True),
        ("[a]", "a", False),
    ],
)
def test_a_glob_knows_stars_and_question_marks_only(glob: str, value: str, *, fits: bool) -> None:
    assert passes({"x": value}, (Match("x", like=glob),)) is fits


def test_a_nasty_glob_takes_linear_time() -> None:
    begin = time.perf_counter()
    passes({"x": "a" * 5000}, (Match("x", like="*a" * 30 + "b"),))
    assert time.perf_counter() - begin < 1.0


def test_all_conditions_must_hold() -> None:
    both = (Match("a", frozenset({"1"})), Match("b", frozenset({"2"})))
    assert passes({"a": "1", "b": "2"}, both)
    assert not passes({"a": "1", "b": "3"}, both)
