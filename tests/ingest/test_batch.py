from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.errors import Refused
from andon.ingest.batch import FORMAT, decode, encode
from andon.ingest.door import Door
from andon.model import Batch, Scale

NOW = 1_772_370_000.0
DOOR = Door({"csat": Scale("csat", 1, 5, (4, 5), (1, 2))}, b"an invented key..", 90 * 86_400.0)
SIGNALS = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["rating", "pull", "complaint"]),
            "name": st.just("csat"),
            "value": st.integers(1, 5),
            "segment": st.dictionaries(st.sampled_from("abc"), st.sampled_from("xyz")),
        },
        optional={"id": st.text(max_size=3), "text": st.text(max_size=3), "customer": st.text(max_size=2)},
    ),
    max_size=6,
)


def a_batch(signals: list[dict[str, Any]], now: float = NOW) -> Batch:
    return DOOR.open(b"\n".join(json.dumps(signal).encode() for signal in signals), now).batch


def rows(batch: Batch) -> list[tuple[object, ...]]:
    """What a batch says, however it is laid out."""
    return [
        (
            int(batch.kind[i]),
            batch.names[batch.name[i]],
            batch.segments[batch.segment[i]],
            repr(batch.value[i]),
            float(batch.of[i]),
            float(batch.time[i]),
            bool(batch.ahead[i]),
            batch.notes.get(i),
        )
        for i in range(len(batch))
    ]


def dtypes(batch: Batch) -> list[object]:
    return [getattr(batch, one.name).dtype for one in fields(batch) if isinstance(getattr(batch, one.name), np.ndarray)]


@given(SIGNALS)
def test_a_batch_comes_back_from_its_bytes(signals: list[dict[str, Any]]) -> None:
    batch = a_batch(signals)
    back = decode(encode(batch))
    assert rows(back) == rows(batch)
    assert (back.arrived, dtypes(back)) == (NOW, dtypes(batch))


def test_how_far_the_clock_was_set_back_comes_back_too_and_of_an_older_batch_it_was_not() -> None:
    batch = replace(a_batch([{"kind": "latency", "value": 3}]), set_back=3600.0)
    raw = encode(batch)
    older = msgspec.msgpack.encode(msgspec.msgpack.decode(raw)[:-1])
    assert (decode(raw).set_back, decode(older).set_back) == (3600.0, 0.0)


def test_a_batch_takes_less_room_than_its_json() -> None:
    signals = [{"kind": "rating", "name": "csat", "value": 4, "segment": {"product": "app"}}] * 500
    assert len(encode(a_batch(signals))) < len(json.dumps(signals)) / 2


def test_a_format_of_the_future_is_refused_by_its_number() -> None:
    raw = msgspec.msgpack.encode([FORMAT + 1, "whatever comes then"])
    with pytest.raises(Refused, match=f"format {FORMAT + 1}, this andon reads up to {FORMAT}"):
        decode(raw)


@given(st.binary(max_size=60))
def test_rubbish_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused):
        decode(raw)


@given(st.integers(0, 10_000))
def test_a_batch_cut_short_is_refused(cut: int) -> None:
    raw = encode(a_batch([{"kind": "pull", "id": "a"}, {"kind": "pull", "segment": {"a": "x"}}]))
    with pytest.raises(Refused):
        decode(raw[: cut % len(raw)])


@pytest.mark.parametrize(
    ("place", "column"),
    [(4, b"\x00"), (4, b"\x00\x63"), (5, b"\x00" * 7), (5, b"\x00" * 4 + b"\x09\0\0\0"), (11, {7: {}})],
)
def test_columns_that_do_not_fit_are_refused(place: int, column: object) -> None:
    packed = msgspec.msgpack.decode(encode(a_batch([{"kind": "pull"}, {"kind": "pull"}])))
    packed[place] = column
    with pytest.raises(Refused, match="torn"):
        decode(msgspec.msgpack.encode(packed))


def test_segments_are_written_the_same_from_every_table_and_from_none() -> None:
    doors = [Door({}, b"an invented key..", 90 * 86_400.0) for _ in range(2)]
    lines = [b'{"kind":"pull","segment":{"a":"%d"}}\n{"kind":"pull","segment":{"b":"0"}}' % n for n in range(3)]
    batches = [doors[place % 2].open(line, NOW).batch for place, line in enumerate(lines * 2)]
    plain = [replace(batch, segments=tuple(batch.segments)) for batch in batches]
    assert [encode(batch) for batch in batches] == [encode(batch) for batch in plain]
    assert [decode(encode(batch)).segments for batch in batches] == [batch.segments for batch in plain]
