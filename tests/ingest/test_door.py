from __future__ import annotations

import gzip
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.errors import Refused
from andon.ingest.door import MOST_RAW, Door, Taken
from andon.model import KINDS, SENT, Note, Scale, Tier

NOW = 1_772_370_000.0
DAY = 86_400.0
CSAT = Scale("csat", 1, 5, (4, 5), (1, 2))
NPS = Scale("nps", 0, 10, (9, 10), (0, 6))


def a_door(*, by_events: bool = False) -> Door:
    return Door({"csat": CSAT, "nps": NPS}, b"an invented key..", 90 * DAY, by_events)


def body(*signals: dict[str, Any]) -> bytes:
    return b"\n".join(json.dumps(signal).encode() for signal in signals)


def opened(*signals: dict[str, Any], now: float = NOW, by_events: bool = False) -> Taken:
    return a_door(by_events=by_events).open(body(*signals), now)


def rating(value: float | None = 4, **more: Any) -> dict[str, Any]:
    return {"kind": "rating", "name": "csat", "value": value, **more}


def test_every_kind_becomes_a_row() -> None:
    taken = opened(
        rating(),
        {"kind": "crash", "value": 2, "of": 100},
        {"kind": "latency", "value": 812.5},
        {"kind": "complaint", "text": "卡顿"},
        {"kind": "gauge", "name": "queue", "value": -3},
        {"kind": "counter", "name": "orders", "value": 7, "of": 2},
        {"kind": "pull", "by": "li.na", "owner": "payments", "tier": "red", "text": "help"},
        {"kind": "change", "name": "release 5.2", "id": "c1"},
    )
    batch = taken.batch
    assert (taken.taken, taken.refused) == (8, 0)
    assert [KINDS[code] for code in batch.kind] == list(SENT)
    assert [batch.names[i] for i in batch.name] == ["csat", "", "", "", "queue", "orders", "", "release 5.2"]
    assert batch.value[[0, 1, 2, 4, 5]].tolist() == [4.0, 2.0, 812.5, -3.0, 7.0]
    assert np.isnan(batch.value[[3, 6, 7]]).all()
    assert batch.of.tolist() == [1.0, 100.0, 1.0, 1.0, 1.0, 2.0, 1.0, 1.0]
    assert dict(batch.notes) == {
        3: Note(text="卡顿"),
        6: Note(text="help", by="li.na", owner="payments", tier=Tier.RED),
        7: Note(id="c1"),
    }


@pytest.mark.parametrize(
    ("signal", "reason"),
    [
        (rating(6), "csat takes whole numbers from 1 to 5"),
        (rating(0), "csat takes whole numbers from 1 to 5"),
        (rating(3.5), "csat takes whole numbers from 1 to 5"),
        (rating(None), "value is missing"),
        (rating(name="stars"), "scale 'stars' is not known: a rating names its scale, one of csat, nps"),
        (rating(name=""), "name is missing"),
        ({"kind": "crash", "value": 1}, "of is missing: a crash needs its sessions"),
        ({"kind": "crash", "value": 11, "of": 10}, "more crashes than sessions"),
        ({"kind": "crash", "value": -1, "of": 10}, "cannot be negative"),
        ({"kind": "crash", "value": 0, "of": 0}, "of is 0"),
        ({"kind": "crash", "of": 10}, "value is missing"),
        ({"kind": "latency", "value": -0.1}, "cannot be negative"),
        ({"kind": "latency"}, "value is missing"),
        ({"kind": "latency", "value": 1, "of": -1}, "of is -1"),
        ({"kind": "gauge", "value": 1}, "name is missing"),
        ({"kind": "gauge", "name": "x" * 201, "value": 1}, "name has 201 characters, 200 are allowed"),
        ({"kind": "gauge", "name": "x", "value": 1e300}, "beyond 1e+15"),
        ({"kind": "counter", "name": "x", "value": 1, "of": 1e300}, "beyond 1e+15"),
        ({"kind": "complaint", "of": 0}, "of is 0"),
        (rating(segment={"a": 1}), "segment: Expected `str`, got `int`"),
        (rating(segment=["a"]), "segment: Expected `object | null`"),
        (rating(segment={str(i): "" for i in range(17)}), "at most 16 dimensions"),
        (rating(segment={"x" * 65: "v"}), "length <= 64"),
        (rating(segment={"": "v"}), "length >= 1"),
        (rating(segment={"x": "v" * 201}), "length <= 200"),
        (rating(time="yesterday"), "neither RFC 3339"),
        (rating(time="2026-03-01T12:00:00"), "neither RFC 3339 with a zone"),
        (rating(time=NOW * 1000), "neither RFC 3339 with a zone"),
        (rating(time=NOW - 90.5 * DAY), "time is 90.5 days old: signals are taken up to 90 days back"),
    ],
)
def test_what_is_unfit_is_refused_with_its_reason_and_the_rest_taken(signal: dict[str, Any], reason: str) -> None:
    taken = opened(rating(1), signal, rating(5))
    assert [(letter.position, letter.raw) for letter in taken.letters] == [(2, json.dumps(signal).encode())]
    assert reason in taken.letters[0].reason
    assert (taken.taken, taken.refused, taken.batch.value.tolist()) == (2, 1, [1.0, 5.0])


@pytest.mark.parametrize(
    "signal",
    [
        {"kind": "crash", "value": 10, "of": 10},
        {"kind": "crash", "value": 0, "of": 1},
        {"kind": "latency", "value": 0},
        rating(1),
        rating(5),
        rating(10, name="nps"),
        rating(0, name="nps"),
        rating(segment={str(i): "" for i in range(16)}),
        rating(segment={"区" * 64: "值" * 200}),
        rating(segment=None),
        rating(time=NOW - 90 * DAY),
        rating(surprise="fields nobody knows are passed over"),
    ],
)
def test_what_is_just_within_bounds_is_taken(signal: dict[str, Any]) -> None:
    assert opened(signal).letters == ()


def test_segments_that_mean_the_same_are_one() -> None:
    taken = a_door().open(
        b'{"kind":"pull","segment":{"a":"1","b":"2"}}\n{"kind":"pull","segment":{"b": "\\u0032", "a": "1"}}\n'
        b'{"kind":"pull","segment":{}}\n{"kind":"pull"}\n{"kind":"pull","segment":null}',
        NOW,
    )
    assert taken.batch.segments == ({"a": "1", "b": "2"}, {})
    assert taken.batch.segment.tolist() == [0, 0, 1, 1, 1]


def test_only_segments_and_names_of_taken_signals_are_kept() -> None:
    batch = opened(rating(9, segment={"a": "1"}), rating(9, name="?"), rating(segment={"a": "2"})).batch
    assert (batch.segments, batch.names) == (({"a": "2"},), ("csat",))


def test_notes_follow_their_rows_when_others_are_refused() -> None:
    assert dict(opened(rating(9, id="a"), rating(id="b"), rating(9), rating(id="c")).batch.notes) == {
        0: Note(id="b"),
        1: Note(id="c"),
    }


def test_a_long_text_is_cut_and_not_refused() -> None:
    note = opened({"kind": "complaint", "text": "慢" * 5_000}).batch.notes[0]
    assert note.text == "慢" * 4_000


def test_a_customer_is_a_pseudonym_in_batch_and_letter() -> None:
    taken = opened(rating(customer="wang@example.com"), rating(9, customer="wang@example.com"))
    pseudonym = taken.batch.notes[0].customer
    assert pseudonym.startswith("anon:")
    assert json.loads(taken.letters[0].raw)["customer"] == pseudonym


def test_a_letter_sent_again_keeps_its_customer() -> None:
    door = a_door()
    refused = door.open(body(rating(3, name="ces", customer="wang")), NOW).letters[0]
    door.use({"ces": Scale("ces", 1, 7, (5, 7), (1, 3))})
    assert door.open(refused.raw, NOW).batch.notes[0].customer == a_door()._pseudonyms.of("wang")


def test_a_letter_tells_when_and_whose() -> None:
    letter = a_door().open(b"rubbish", NOW, sender="app").letters[0]
    assert (letter.at, letter.sender, letter.raw) == (NOW, "app", b"rubbish")


def test_a_huge_broken_item_is_kept_in_part_and_says_so() -> None:
    letter = a_door().open(b"x" * 100_000, NOW).letters[0]
    assert len(letter.raw) == MOST_RAW
    assert "its first 16,384 of 100,000 bytes" in letter.reason


def test_letters_come_in_the_order_of_the_body() -> None:
    assert [letter.position for letter in opened(rating(9), {"kind": "?"}, rating(8)).letters] == [1, 2, 3]


def test_a_missing_time_is_the_arrival() -> None:
    taken = opened(rating(), rating(time=None))
    assert taken.batch.time.tolist() == [NOW, NOW]
    assert not taken.batch.ahead.any()


def test_a_clock_that_is_ahead_is_marked_and_its_arrival_counts() -> None:
    taken = opened(rating(time=NOW + 300), rating(time=NOW + 301))
    assert taken.batch.time.tolist() == [NOW + 300, NOW]
    assert (taken.batch.ahead.tolist(), taken.ahead) == ([False, True], 1)


def test_where_signals_are_the_clock_none_is_ahead() -> None:
    taken = opened(rating(time=NOW + DAY), rating(), rating(time=NOW + DAY - 90.5 * DAY), now=0.0, by_events=True)
    assert taken.batch.time.tolist() == [NOW + DAY, NOW + DAY]
    assert (taken.ahead, [letter.position for letter in taken.letters]) == (0, [3])


def test_a_refused_signal_does_not_move_the_clock() -> None:
    taken = opened(rating(9, time=NOW + 900 * DAY), rating(time=NOW), now=NOW, by_events=True)
    assert taken.batch.time.tolist() == [NOW]


STREAM = st.lists(
    st.tuples(st.sampled_from([1, 5, 9]), st.none() | st.integers(-95, 95).map(lambda days: NOW + days * DAY)),
    max_size=12,
)


@given(STREAM, st.integers(1, 12))
def test_where_signals_are_the_clock_batches_may_be_cut_anywhere(
    stream: list[tuple[int, float | None]], size: int
) -> None:
    signals = [rating(value, time=time) for value, time in stream]
    whole = a_door(by_events=True).open(body(*signals), 0.0).batch
    door = a_door(by_events=True)
    pieces = [door.open(body(*signals[at : at + size]), 0.0).batch for at in range(0, len(signals), size)]
    assert [time for piece in pieces for time in piece.time.tolist()] == whole.time.tolist()


def test_repeats_are_previewed_within_a_batch_and_still_in_it() -> None:
    taken = opened(rating(id="a"), rating(id="a"), {"kind": "complaint", "id": "a"}, rating())
    assert (taken.taken, taken.duplicate, len(taken.batch)) == (3, 1, 4)


def test_a_batch_that_was_appended_is_remembered() -> None:
    door = a_door()
    first = door.open(body(rating(id="a")), NOW)
    assert door.open(body(rating(id="a")), NOW).duplicate == 0
    door.appended(first)
    assert door.open(body(rating(id="a")), NOW + 599).duplicate == 1


def test_ids_of_measurements_are_not_kept() -> None:
    assert opened({"kind": "latency", "value": 1, "id": "a"}, {"kind": "latency", "value": 1, "id": "a"}).duplicate == 0


def test_a_name_beside_a_kind_that_has_none_says_nothing() -> None:
    batch = opened({"kind": "latency", "value": 1, "name": "x"}, {"kind": "gauge", "value": 1, "name": "queue"}).batch
    assert [batch.names[at] for at in batch.name] == ["", "queue"]


def test_a_measurement_may_carry_text_and_its_id_is_let_go() -> None:
    taken = opened({"kind": "crash", "value": 1, "of": 1, "id": "a", "text": "stack"}, rating(id="b"), rating())
    assert dict(taken.batch.notes) == {0: Note(text="stack"), 1: Note(id="b")}


def test_a_compressed_array_comes_in_too() -> None:
    packed = gzip.compress(json.dumps([rating(), rating()]).encode())
    assert a_door().open(packed, NOW, "application/json", "gzip").taken == 2


def test_what_cannot_be_inflated_is_refused_whole() -> None:
    with pytest.raises(Refused):
        a_door().open(b"not gzip", NOW, "", "gzip")


def test_an_empty_body_is_an_empty_batch() -> None:
    taken = a_door().open(b"", NOW)
    assert (taken.taken, taken.duplicate, taken.refused, len(taken.batch)) == (0, 0, 0, 0)


@given(st.lists(st.binary(max_size=60), max_size=8))
def test_whatever_comes_in_every_item_is_taken_or_refused(lines: list[bytes]) -> None:
    taken = a_door().open(b"\n".join([body(rating()), *lines]), NOW)
    assert taken.taken + taken.duplicate == len(taken.batch)
    assert taken.refused == len(taken.letters)
    assert len(taken.batch) >= 1
