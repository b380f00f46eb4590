"""Signals as they should be, and nearly so: what is taken of one does not depend on what came beside it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.ingest.batch import decode, encode
from andon.ingest.door import Door, Taken
from andon.model import KINDS, Batch, Scale

NOW = 1_772_370_000.0
DAY = 86_400.0
WORD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
SEGMENT = st.dictionaries(WORD, WORD, max_size=4)
TIME = st.one_of(
    st.floats(NOW - 80 * DAY, NOW + 200.0),
    st.sampled_from(["2026-03-01T12:00:00Z", "2026-02-28 23:59:59.25+08:00", "2026-01-31t00:00:00.123456z"]),
)
COMMON = {"segment": SEGMENT, "time": TIME, "customer": WORD, "text": WORD}
RIGHT = st.one_of(
    st.fixed_dictionaries({"kind": st.just("rating"), "name": st.just("csat"), "value": st.integers(1, 5)}, optional=COMMON),
    st.integers(1, 10**9).flatmap(
        lambda of: st.fixed_dictionaries(
            {"kind": st.just("crash"), "value": st.integers(0, of), "of": st.just(of)}, optional=COMMON
        )
    ),
    st.fixed_dictionaries({"kind": st.just("latency"), "value": st.floats(0, 1e15)}, optional=COMMON),
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["gauge", "counter"]), "name": WORD, "value": st.floats(-1e15, 1e15)}, optional=COMMON
    ),
    st.fixed_dictionaries({"kind": st.sampled_from(["complaint", "pull", "change"])}, optional=COMMON),
)  # fmt: skip
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    WORD,
    st.lists(st.integers(), max_size=2),
    SEGMENT,
)
FIELD = st.sampled_from(
    ["kind", "name", "value", "of", "time", "segment", "id", "text", "customer", "by", "owner", "tier"]
)
NEARLY = st.builds(lambda right, field, value: {**right, field: value}, RIGHT, FIELD, ANYTHING)


def opened(signals: list[dict[str, Any]]) -> Taken:
    body = b"\n".join(json.dumps(one).encode() for one in signals)
    door = Door({"csat": Scale("csat", 1, 5, (4, 5), (1, 2))}, b"an invented key..", 90 * DAY)
    return door.open(body, NOW, "application/x-ndjson")


def rows(batch: Batch) -> list[tuple[Any, ...]]:
    """Return a batch row by row, by what its indexes stand for."""
    return [
        (int(batch.kind[at]), batch.segments[batch.segment[at]], batch.names[batch.name[at]], float(batch.value[at]).hex(),
         float(batch.of[at]).hex(), float(batch.time[at]).hex(), bool(batch.ahead[at]), batch.notes.get(at))
        for at in range(len(batch))
    ]  # fmt: skip


@settings(deadline=None, max_examples=15)
@given(st.lists(RIGHT, max_size=6))
def test_all_that_is_as_it_should_be_is_taken(signals: list[dict[str, Any]]) -> None:
    taken = opened(signals)
    assert [letter.reason for letter in taken.letters] == []
    assert [KINDS[code].value for code in taken.batch.kind] == [one["kind"] for one in signals]
    assert [taken.batch.segments[at] for at in taken.batch.segment] == [one.get("segment", {}) for one in signals]


@settings(deadline=None, max_examples=15)
@given(st.lists(st.one_of(RIGHT, NEARLY), max_size=6))
def test_a_signal_is_taken_or_refused_whatever_stands_beside_it(signals: list[dict[str, Any]]) -> None:
    together, alone = opened(signals), [opened([one]) for one in signals]
    assert rows(together.batch) == [row for one in alone for row in rows(one.batch)]
    assert [letter.position for letter in together.letters] == [at for at, one in enumerate(alone, 1) if one.letters]
    assert [letter.reason for letter in together.letters] == [letter.reason for one in alone for letter in one.letters]


@settings(deadline=None, max_examples=15)
@given(st.lists(st.one_of(RIGHT, NEARLY), max_size=6))
def test_what_was_taken_comes_back_from_the_log_and_is_all_numbers(signals: list[dict[str, Any]]) -> None:
    batch = opened(signals).batch
    assert rows(decode(encode(batch))) == rows(batch)
    assert not np.isinf(batch.value).any()
    assert np.isfinite(batch.of).all()
    assert np.isfinite(batch.time).all()
