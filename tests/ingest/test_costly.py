"""Bodies that were made to cost: what each was found by, and that it costs little now."""

from __future__ import annotations

import gzip
import time
import tracemalloc

import pytest

from andon.errors import Refused, TooLarge
from andon.ingest.door import Door, Taken, is_cut
from andon.ingest.inflate import MOST_BYTES
from andon.model import Scale

NOW = 1_772_370_000.0
NAME = b"zhang.wei@example.com"


def opened(body: bytes, content_type: str = "", encoding: str = "") -> Taken:
    """Open a body, which must take less than a second and 100 MB."""
    door = Door({"csat": Scale("csat", 1, 5, (4, 5), (1, 2))}, b"an invented key..", 90 * 86_400.0)
    began = time.process_time()
    tracemalloc.start()
    try:
        return door.open(body, NOW, content_type, encoding)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert time.process_time() - began < 1
        assert peak < 100_000_000


@pytest.mark.parametrize("said", [b"a", b"\\n", b'\\"'])
def test_a_customer_whose_string_never_ends_costs_no_more_than_what_is_kept_of_it(said: bytes) -> None:
    [letter] = opened(b'{"kind":"complaint","customer":"' + said * (4_000_000 // len(said))).letters
    assert letter.raw == b'{"kind":"complaint",'


def test_what_is_kept_of_a_huge_item_names_no_customer_though_it_is_cut_in_the_midst_of_one() -> None:
    head = b'{"kind":"zebra","text":"' + b"a" * 16_300 + b'","customer":"'
    for start in range(len(head) - 2, len(head) + 40):
        [letter] = opened(head + b"x" * (start - len(head)) + NAME + b'","more":"' + b"b" * 16_384 + b'"}').letters
        assert b"zhang" not in letter.raw
        assert is_cut(letter)


@pytest.mark.long
def test_one_emoji_does_not_make_a_body_five_times_as_large_as_memory_allows() -> None:
    line = '{"kind":"complaint","text":"😀'.encode() + b"a" * 170 + b'"}\n'
    taken = opened(gzip.compress(line * (MOST_BYTES // len(line)), 1), encoding="gzip")
    assert taken.taken == MOST_BYTES // len(line)


def test_a_broken_array_of_very_many_items_is_given_up_before_it_is_taken_apart() -> None:
    with pytest.raises(TooLarge, match="broken, or holds more than 50,000"):
        opened(b"[" + b"1," * 1_900_000 + b"1]")


def test_blank_lines_before_rubbish_are_passed_over() -> None:
    [letter] = opened(b"\n" * 9_000_000 + b" \v x \r\n").letters
    assert (letter.position, letter.raw) == (1, b"x")


def test_a_form_with_parts_is_refused_as_a_whole_and_told_what_is_taken() -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n{"kind":"pull"}\r\n--x--'
    with pytest.raises(Refused, match="multipart/form-data is not taken: send one signal a line"):
        opened(form, 'Multipart/form-data; boundary="x"')


def test_a_time_before_all_times_is_refused_in_few_words() -> None:
    [letter] = opened(b'{"kind":"pull","time":-1e308}').letters
    assert len(letter.reason) < 100
