from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.errors import TooLarge
from andon.ingest.decode import MOST_SIGNALS, decode
from andon.model import SENT, Signal

PULL = b'{"kind":"pull"}'


def test_lines_are_decoded_in_order() -> None:
    items = decode(b'{"kind":"pull"}\n{"kind":"change"}\n')
    assert [wire.kind for wire in items.wires] == ["pull", "change"]
    assert (list(items.positions), items.broken) == ([1, 2], [])


def test_an_array_is_told_by_its_first_byte() -> None:
    assert len(decode(b" [" + PULL + b"," + PULL + b"]").wires) == 2


def test_a_content_type_of_lines_makes_an_array_a_broken_line() -> None:
    items = decode(b"[" + PULL + b"]\n" + PULL, "application/x-ndjson")
    assert ([one.position for one in items.broken], list(items.positions)) == ([1], [2])


def test_a_signal_written_over_several_lines_is_one() -> None:
    assert len(decode(b'{\n "kind": "pull"\n}\n').wires) == 1


def test_a_broken_signal_written_over_several_lines_is_one_letter() -> None:
    assert [one.position for one in decode(b'{\n "kind": "zebra"\n}\n').broken] == [1]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    assert len(decode(b"\xef\xbb\xbf" + PULL + b"\r\n" + PULL + b"\r\n").wires) == 2


@pytest.mark.parametrize("body", [b"", b"\n\n \n", b"[]", b" [ ] "])
def test_nothing_is_nothing(body: bytes) -> None:
    items = decode(body)
    assert (items.wires, items.broken) == ([], [])


NO_JSON = [
    b"rubbish",
    b'{"kind":"pull"',
    b'{"kind":"gauge","value":NaN}',
    b'{"kind":"gauge","value":-Infinity}',
    b'{"kind":"gauge","name":"\\ud800"}',
    b"[" * 5_000,
    b"\x00",
]
NO_SIGNAL = [
    b'{"kind":"zebra"}',
    b"{}",
    b'{"kind":"gauge","value":1e999}',
    b'{"kind":"gauge","value":"3"}',
    b'{"kind":"gauge","value":true}',
    b'{"kind":"gauge","name":"\xff"}',
    b'{"kind":"pull","id":"' + b"x" * 201 + b'"}',
    b'{"kind":"pull","tier":"purple"}',
    b"null",
    b"1",
    b'"pull"',
]


@pytest.mark.parametrize("line", NO_JSON + NO_SIGNAL)
def test_a_broken_line_takes_nothing_else_with_it(line: bytes) -> None:
    items = decode(b"\n".join([PULL, line, PULL]))
    assert list(items.positions) == [1, 3]
    assert [(one.position, one.raw) for one in items.broken] == [(2, line)]
    assert items.broken[0].reason


@pytest.mark.parametrize("item", NO_SIGNAL)
def test_a_broken_item_of_an_array_takes_nothing_else_with_it(item: bytes) -> None:
    items = decode(b"[" + b",".join([PULL, item, PULL]) + b"]")
    assert list(items.positions) == [1, 3]
    assert [(one.position, one.raw) for one in items.broken] == [(2, item)]


def test_an_array_that_breaks_off_is_one_letter() -> None:
    body = b"[" + PULL + b",{"
    assert [(one.position, one.raw) for one in decode(body).broken] == [(1, body)]


def test_an_unknown_kind_is_told_the_known_ones() -> None:
    reason = decode(b'{"kind":"zebra"}').broken[0].reason
    assert "'zebra'" in reason
    assert all(kind in reason for kind in SENT)


def test_the_bytes_of_an_item_are_found_by_its_position() -> None:
    lines = [b'{"kind":"pull","id":"%d"}' % i for i in range(5)]
    assert decode(b"\n\n".join(lines)).raw(4) == lines[3]
    assert decode(b"[" + b" , ".join(lines) + b"]").raw(4) == lines[3]
    assert decode(b"broken\n" + b"\n".join(lines)).raw(4) == lines[2]


@pytest.mark.parametrize("broken", [b"", b"broken\n"])
def test_as_many_signals_as_allowed_are_taken_and_one_more_is_not(broken: bytes) -> None:
    taken = MOST_SIGNALS - bool(broken)
    assert len(decode(broken + b"\n".join([PULL] * taken)).wires) == taken
    with pytest.raises(TooLarge, match="50,000"):
        decode(broken + b"\n".join([PULL] * (taken + 1)))
    with pytest.raises(TooLarge):
        decode(b"[" + b",".join([PULL] * (MOST_SIGNALS + 1)) + b"]")


@pytest.mark.parametrize("body", [b"[" + b"0," * 10_000_000 + b"0]", b"0\n" * 10_000_000])
def test_a_body_of_tiny_rubbish_is_given_up_early(body: bytes) -> None:
    with pytest.raises(TooLarge):
        decode(body)


def test_blank_lines_without_end_are_nothing() -> None:
    assert decode(b"\n" * 5_000_000 + PULL + b"\nx").broken[0].position == 2


@given(st.binary(max_size=300))
def test_rubbish_never_raises(body: bytes) -> None:
    items = decode(body)
    assert len(items.wires) == len(items.positions)


def test_a_signal_of_the_model_travels_as_its_json() -> None:
    signal = Signal(kind=SENT[0], name="csat", value=4, time="2026-03-01T12:00:00Z", segment={"a": "b"}, id="1")
    wire = decode(msgspec.json.encode(signal)).wires[0]
    assert (wire.kind, wire.name, wire.value, wire.time, wire.id) == ("rating", "csat", 4.0, signal.time, "1")
    assert msgspec.json.decode(wire.segment) == signal.segment
