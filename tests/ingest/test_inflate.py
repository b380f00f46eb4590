from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.errors import Refused, TooLarge
from andon.ingest.inflate import MOST_BYTES, MOST_MEMBERS, MOST_SENT, inflate


@given(st.binary(max_size=2_000))
def test_every_encoding_gives_back_what_went_in(body: bytes) -> None:
    assert inflate(body, "") == inflate(body, "identity") == body
    assert inflate(gzip.compress(body), "gzip") == body
    assert inflate(zlib.compress(body), "deflate") == body


def test_the_word_for_an_encoding_may_be_written_in_any_case() -> None:
    assert inflate(gzip.compress(b"x"), " X-GZip ") == b"x"


def test_deflate_without_its_header_is_read_too() -> None:
    machine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    assert inflate(machine.compress(b"many do this") + machine.flush(), "deflate") == b"many do this"


def test_gzip_members_follow_one_another() -> None:
    assert inflate(gzip.compress(b"one ") + gzip.compress(b"two") + b"\0\0", "gzip") == b"one two"


def test_a_bomb_is_too_large_before_it_is_in_memory() -> None:
    bomb = gzip.compress(bytes(MOST_BYTES + 1), 1)
    assert len(bomb) < 300_000
    with pytest.raises(TooLarge, match="smaller batches"):
        inflate(bomb, "gzip")


def test_a_bomb_of_many_members_is_too_large() -> None:
    half = gzip.compress(bytes(MOST_BYTES // 2 + 1), 1)
    with pytest.raises(TooLarge):
        inflate(half + half, "gzip")


def test_very_many_members_are_too_large_though_they_hold_nothing() -> None:
    empty = gzip.compress(b"")
    assert inflate(empty * MOST_MEMBERS, "gzip") == b""
    with pytest.raises(TooLarge, match="in one piece"):
        inflate(empty * (MOST_MEMBERS + 1), "gzip")


def test_a_body_just_within_the_limit_is_read() -> None:
    assert len(inflate(gzip.compress(bytes(MOST_BYTES), 1), "gzip")) == MOST_BYTES


def test_a_body_too_large_as_sent_is_refused() -> None:
    with pytest.raises(TooLarge, match="10,000,001 bytes"):
        inflate(bytes(MOST_SENT + 1))


@pytest.mark.parametrize("body", [b"", b"no gzip", gzip.compress(b"cut short")[:-3], gzip.compress(b"x") + b"rubbish"])
def test_what_is_no_whole_gzip_is_refused(body: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        inflate(body, "gzip")
    assert not isinstance(refusal.value, TooLarge)


def test_an_unknown_encoding_is_refused_and_the_known_ones_named() -> None:
    with pytest.raises(Refused, match="'br' is not known: send gzip"):
        inflate(b"x", "br")
