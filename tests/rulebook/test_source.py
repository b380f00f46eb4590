from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from andon.errors import RulebookError
from andon.rulebook.model import Place
from andon.rulebook.source import DEPTH_MOST, FILE_MOST, read_source


def read(text: str) -> object:
    return read_source("f.yml", text.encode()).data


@pytest.mark.parametrize(
    "word", ["22:30", "on", "off", "yes", "no", "Y", "2026-01-05", "1_000", "0x1F", "1e3", ".inf", ".nan", "<<", "="]
)
def test_what_other_yaml_readers_convert_stays_text(word: str) -> None:
    assert read(f"a: {word}") == {"a": word}


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("7", 7),
        ("-7", -7),
        ("0.5", 0.5),
        (".5", 0.5),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
    ],
)
def test_a_plain_number_or_truth_is_one(word: str, value: object) -> None:
    found = read(f"a: {word}")
    assert found == {"a": value}
    assert isinstance(found, dict)
    assert type(found["a"]) is type(value)


@pytest.mark.parametrize("word", ["'7'", '"true"', "'~'", '""', "|\n  7"])
def test_what_is_quoted_is_text(word: str) -> None:
    found = read(f"a: {word}")
    assert isinstance(found, dict)
    assert isinstance(found["a"], str)


def test_a_name_is_always_text() -> None:
    assert read("1: a\ntrue: b\n22:30: c") == {"1": "a", "true": "b", "22:30": "c"}


def test_a_number_too_long_to_be_exact_stays_text() -> None:
    assert read("a: " + "9" * 5000) == {"a": "9" * 5000}


def test_every_value_knows_its_line() -> None:
    source = read_source("f.yml", b"a:\n  - b: 1\n    c: 2\n  - d: 3\n")
    assert source.line(("a", 0, "c")) == 3
    assert source.line(("a", 1)) == 4


def test_what_does_not_stand_there_has_the_line_of_what_is_around_it() -> None:
    source = read_source("f.yml", b"x: 1\na:\n  b: 1\n")
    assert source.line(("a", "missing", "deeper")) == 2


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert read_source("f.yml", b"\xef\xbb\xbfa: 1").data == {"a": 1}


def test_another_encoding_is_refused_with_its_line() -> None:
    with pytest.raises(RulebookError, match=r"f\.yml:2: is not UTF-8"):
        read_source("f.yml", "a: 1\nb: 退款".encode("gb18030"))


def test_a_file_beyond_the_cap_is_refused_unread() -> None:
    with pytest.raises(RulebookError, match="has 100,001 bytes; allowed: 100,000"):
        read_source("f.yml", b"#" * (FILE_MOST + 1))


def test_an_alias_bomb_is_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)]
    began = time.process_time()
    with pytest.raises(RulebookError, match="is an alias"):
        read("\n".join(lines))
    assert time.process_time() - began < 1


def test_many_thousand_brackets_are_refused_at_once() -> None:
    began = time.process_time()
    with pytest.raises(RulebookError, match=f"more than {DEPTH_MOST} levels deep"):
        read("a: " + "[" * 90_000)
    assert time.process_time() - began < 1


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(RulebookError) as caught:
        read("a: &x 1\na: *x\nb: !!str 2\n")
    assert [one.line for one in caught.value.problems] == [1, 2, 2, 3]


def test_an_empty_file_is_nothing() -> None:
    assert read("# only a comment\n") is None


_PIECES = [*"abc019:-[]{}#&*!|>'\"%@`,?\n\t \\\0~.", "- ", ": ", "rules", "---\n", "\\U00110000", "<<", "中"]
_TOKENS = st.lists(st.sampled_from(_PIECES)).map("".join)


@settings(deadline=1000, max_examples=300)
@given(st.one_of(st.binary(max_size=300), _TOKENS.map(str.encode)))
@example(b'"\\U00110000"')
@example(b"%YAML x\n---\n")
@example(b"%YAML 1.99999999999999999999999\n---\na")
@example(b"? [a\n: b")
@example(b"!<> a")
@example(b"a: !<tag:\xff> b")
@example(b"\xfe\xff\x00a")
def test_no_bytes_do_anything_but_load_or_be_refused(content: bytes) -> None:
    try:
        source = read_source("f.yml", content)
    except RulebookError as wrong:
        said = wrong.problems
    else:
        said = ()
        assert len(source.hash) == 64
    assert all(one.file == "f.yml" and one.text for one in said)


def test_a_place_is_cited_with_as_much_of_the_hash_as_tells_versions_apart() -> None:
    assert Place("pay.yml", 7, "0123456789abcdef").cited == "pay.yml:7@01234567"
    assert Place("pay.yml", 7).cited == "pay.yml:7"
    assert Place().cited == ""
