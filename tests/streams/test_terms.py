from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.streams.terms import terms

TERMS = terms(
    {
        "stutter": ("卡顿", "延迟", "lag", "stutter"),
        "refund": ("退款", "money back"),
        "empty": (),
        "odd": ("c++", "(x|"),
    }
)


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("Such LAG today", [0]),
        ("the flag is red", []),
        ("画面卡顿严重", [0]),
        ("玩游戏lag死了", [0]),
        ("我要退款，太卡顿了", [0, 1]),
        ("I want my Money Back!", [1]),
        ("written in C++ today", [3]),
        ("(x|y)", [3]),
        ("", []),
        ("all is well", []),
    ],
)
def test_topics_are_found_by_their_words(text: str, topics: list[int]) -> None:
    assert TERMS.read(text)[0] == topics


@pytest.mark.parametrize(
    ("text", "tone"),
    [
        ("This is terrible", 0),
        ("Great service, thanks", 2),
        ("I live in Paris", 1),
        ("not good", 0),
        ("It isn't very good", 0),
        ("It isn’t good", 0),
        ("not bad at all", 2),
        ("太差了", 0),
        ("服务很好，谢谢", 2),
        ("不是很好", 0),
        ("没有卡顿", 2),
        ("不好", 0),
        ("", 1),
    ],
)
def test_the_tone_follows_the_words_and_turns_with_a_denial(text: str, tone: int) -> None:
    assert TERMS.read(text)[1] == tone


def test_no_topics_find_nothing() -> None:
    assert terms({}).read("lag") == ([], 0)


def test_a_text_of_a_megabyte_is_read_to_its_bound_only() -> None:
    begin = time.perf_counter()
    TERMS.read("not very " * 120_000 + "lag")
    assert time.perf_counter() - begin < 0.5


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    topics, tone = TERMS.read(text)
    assert topics == sorted(set(topics))
    assert tone in {0, 1, 2}
