from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.errors import ConfigError
from andon.ingest.pseudonym import MARK, Pseudonyms

MADE = Pseudonyms(b"an invented key, long enough")
NAME = "zhang.wei@example.com"


def test_a_customer_has_one_pseudonym_a_key() -> None:
    assert MADE.of(NAME) == MADE.of(NAME) != MADE.of("someone else")
    assert Pseudonyms(b"another invented key").of(NAME) != MADE.of(NAME)


def test_a_pseudonym_stays_itself() -> None:
    assert MADE.of(MADE.of(NAME)) == MADE.of(NAME)


def test_what_only_begins_like_a_pseudonym_is_hashed() -> None:
    assert MADE.of(MARK + NAME) != MARK + NAME
    assert MADE.of(MADE.of(NAME) + "\n") != MADE.of(NAME) + "\n"


def test_a_key_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(ConfigError, match="16"):
        Pseudonyms(b"short")


def test_an_item_without_a_customer_is_left_as_it_is() -> None:
    raw = b'{ "kind" : "rating", "value":11 }'
    assert MADE.mask(raw) == raw


def test_an_item_that_parses_keeps_all_but_the_customer() -> None:
    masked = json.loads(MADE.mask(json.dumps({"kind": "rating", "customer": NAME, "value": 11}).encode()))
    assert masked == {"kind": "rating", "customer": MADE.of(NAME), "value": 11}


@pytest.mark.parametrize("value", [b"12345678", b'["12345678"]', b'{"a":"12345678"}'])
def test_a_customer_that_is_no_string_is_masked_too(value: bytes) -> None:
    assert b"12345678" not in MADE.mask(b'{"kind":"pull","customer":' + value + b"}")


@pytest.mark.parametrize(
    "raw",
    [
        b'{"kind":"rating","customer":"%s","value":NaN}',
        b'{"kind":"rating","customer":"%s","val',
        b'{"kind":"rating","customer" : "%s',
        b'{"kind":"rating","customer":"x\\"%s"',
        b'{"kind":"rating","customer":%s}',
        b'{"kind":"rating","customer":\'a, %s\'}',
        b'{"kind":"rating","Customer":"%s",}',
        b'{"kind":"rating","\\u0063ustomer":"%s",}',
        b'{"customer":"a","customer":"%s",}',
        b'[{"customer":"ok"},{"customer":"%s"},{',
        b'{"customer":"a"b, "x":"%s"}',
        b"{'kind': 'rating', 'customer': '%s'}",
        b'{kind: "rating", customer: "%s"}',
        b"kind=rating customer=%s",
        b'"{\\"customer\\": \\"%s\\"}"',
    ],
)
def test_an_item_that_does_not_parse_keeps_no_customer(raw: bytes) -> None:
    assert NAME.encode() not in MADE.mask(raw % NAME.encode())


@pytest.mark.parametrize(
    "raw",
    [
        b'{"kind":"rating","Customer":"%s"}',
        b'{"kind":"rating","segment":{"customer":"%s"}}',
        b'{"kind":"rating","seen":[1,{"by":[{"\\u0063ustomer":"%s"}]}]}',
        b'{"customer":"%s","customer":"anon:00000000000000000000000000000000"}',
    ],
)
def test_a_customer_is_masked_wherever_it_stands_in_what_does_parse(raw: bytes) -> None:
    masked = MADE.mask(raw % NAME.encode())
    assert NAME.encode() not in masked
    assert json.loads(masked)


def test_what_is_nested_very_deep_keeps_no_customer_either() -> None:
    deep = b'{"a":' * 900 + b'{"customer":"%s"}' % NAME.encode() + b"}" * 900
    assert NAME.encode() not in MADE.mask(deep)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_other_encodings_keep_nothing_that_could_be_read(encoding: str) -> None:
    assert len(MADE.mask(json.dumps({"customer": NAME}).encode(encoding))) <= len(b"\xff\xfe{")


def test_what_is_broken_elsewhere_stays_readable() -> None:
    masked = MADE.mask(b'{"kind":"rating","customer":"a b","value":NaN}')
    assert masked == b'{"kind":"rating","customer":"anon:","value":NaN}'


@given(st.text(min_size=6), st.binary(max_size=20))
def test_no_customer_is_found_in_what_is_kept(name: str, tail: bytes) -> None:
    secret = json.dumps("secret-" + name).encode()
    assert b"secret-" not in MADE.mask(b'{"kind":"pull","customer":' + secret + tail.replace(b"secret-", b""))
