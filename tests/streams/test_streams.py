from __future__ import annotations

import dataclasses
import math
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.model import Batch, Kind, Match
from andon.streams.limits import Limits
from andon.streams.metrics import SCALES
from andon.streams.split import split
from andon.streams.streams import Streams
from tests.streams.signals import (
    T0,
    TOPICS,
    Told,
    batch,
    complaint,
    crash,
    gauge,
    latency,
    nps,
    pieces,
    projection,
    read,
    streams,
    word,
)

NPS = projection(Kind.RATING, "nps")
CRASH = projection(Kind.CRASH)
LATENCY = projection(Kind.LATENCY)
COMPLAINT = projection(Kind.COMPLAINT, by=())
CPU = projection(Kind.GAUGE, "cpu", by=())
ALL = projection(Kind.RATING, by=())

TOLD = st.one_of(
    st.builds(
        nps,
        st.integers(0, 10),
        st.integers(0, 900),
        st.sampled_from(["eu", "us"]),
        told_id=st.sampled_from(["", "a", "b"]),
    ),
    st.builds(latency, st.floats(0, 1e5), st.integers(0, 900), st.sampled_from(["eu", "us", "cn"]), st.floats(0.1, 9)),
    st.builds(gauge, st.floats(-1e9, 1e9), st.integers(0, 900), of=st.floats(0.1, 9)),
    st.builds(crash, st.integers(0, 3), st.integers(3, 9), st.integers(0, 900)),
    st.builds(
        complaint, st.sampled_from(["lag", "退款", "fine", ""]), st.integers(0, 900), st.sampled_from(["", "a", "c"])
    ),
    st.builds(Told, st.just(Kind.CHANGE), st.integers(0, 900), name=st.sampled_from(["r1", "r2"])),
)


def _everything() -> Streams:
    return streams(NPS, CRASH, LATENCY, COMPLAINT, CPU, ALL, limits=Limits(sample=20, series=2, quotes=2))


def _driven(batches: list[Batch]) -> tuple[list[bytes], bytes]:
    """Return what every look of a minute observed, to the last bit, and the state in the end."""
    given_streams, now, judged = _everything(), -math.inf, -math.inf
    seen: list[bytes] = []
    for one in batches:
        for until, piece in split(one, now, 30.0, 60.0):
            end = (max(now, until) - 30) // 60 * 60
            judged = end if math.isinf(judged) else judged
            while judged < end:
                judged += 60
                seen.append(_look(given_streams, judged))
                given_streams.age(judged)
            given_streams.fold(piece)
            now = max(now, until, float(piece.time.max()))
    return seen, given_streams.save()


def _look(given_streams: Streams, end: float) -> bytes:
    words = [
        ("detractor_share", NPS),
        ("p95", LATENCY),
        ("gauge:cpu", CPU),
        ("crash_rate", CRASH),
        ("complaints", COMPLAINT),
    ]
    return repr([read(given_streams, text, of, 300.0, end) for text, of in words]).encode()


@settings(max_examples=50)
@given(st.lists(TOLD, min_size=1, max_size=50), st.lists(st.integers(0, 50), max_size=6))
def test_the_same_signals_in_the_same_order_give_the_same_bytes_at_any_batch_size(
    told: list[Told], cuts: list[int]
) -> None:
    whole = batch(told)
    assert _driven([whole]) == _driven(pieces(whole, cuts))


@settings(max_examples=40)
@given(st.lists(TOLD, min_size=1, max_size=40), st.randoms())
def test_counts_do_not_depend_on_the_order_of_signals(told: list[Told], chance: Random) -> None:
    told = [dataclasses.replace(one, id="", of=1.0) for one in told if one.kind is not Kind.GAUGE]
    mixed = chance.sample(told, len(told))
    some, others = (streams(NPS, CRASH, COMPLAINT) for _ in range(2))
    some.fold(batch(told))
    others.fold(batch(mixed))
    for text, of in (("detractor_share", NPS), ("crash_rate", CRASH), ("complaints:refund", COMPLAINT)):
        assert sorted(read(some, text, of, 900, T0 + 900)) == sorted(read(others, text, of, 900, T0 + 900))


def test_a_repeated_id_is_counted_once_and_left_out_of_what_goes_on() -> None:
    given_streams = streams(NPS)
    out = given_streams.fold(batch([nps(3, told_id="a"), nps(3, told_id="b"), nps(3, told_id="a", text="x")]))
    assert len(out) == 2
    assert len(given_streams.fold(batch([nps(3, 5, told_id="b")]))) == 0
    assert read(given_streams, "detractor_share", NPS) == [(2, 2)]
    assert given_streams.facts()["repeated"] == 2


def test_an_id_of_latency_is_not_looked_at() -> None:
    given_streams = streams(LATENCY)
    given_streams.fold(batch([dataclasses.replace(latency(5), id="a")] * 2))
    assert read(given_streams, "requests", LATENCY) == [(2, 60)]


def test_a_signal_beyond_retention_is_not_counted() -> None:
    given_streams = streams(NPS)
    out = given_streams.fold(batch([nps(3, 91 * 86400), nps(3, 0), nps(3, 2 * 86400)]))
    assert len(out) == 2
    assert given_streams.facts()["expired"] == 1


def test_late_and_too_late_signals_are_told_apart() -> None:
    given_streams = streams(NPS)
    given_streams.fold(batch([nps(3, 7200), nps(3, 7190), nps(3, 7000), nps(3, 3000)]))
    facts = given_streams.facts()
    assert (facts["signals"], facts["late"], facts["too_late"]) == (4, 2, 1)


def test_a_late_signal_is_seen_by_the_next_window_that_covers_it() -> None:
    given_streams = streams(NPS)
    given_streams.fold(batch([nps(3, 100)]))
    given_streams.age(T0 + 300)
    given_streams.fold(batch([nps(3, 110)]))
    assert read(given_streams, "detractor_share", NPS, 600, T0 + 360) == [(2, 2)]


def test_what_is_over_the_limit_is_one_series_and_the_dimension_is_named() -> None:
    of = projection(Kind.LATENCY, by=("device", "region"))
    given_streams = streams(of, limits=Limits(series=3))
    told = [Told(Kind.LATENCY, 0, 5.0, segment={"device": str(n), "region": "eu"}) for n in range(20)]
    given_streams.fold(batch(told))
    assert len(given_streams.rows(of)) == 4
    assert given_streams.labels(of, 3) == {"device": "other", "region": "other"}
    assert given_streams.overflowed() == [(of, "device")]
    assert read(given_streams, "requests", of)[3] == (17, 60)


def test_an_idle_series_is_forgotten_with_its_frames() -> None:
    given_streams = streams(NPS, limits=Limits(idle=3600))
    given_streams.fold(batch([nps(3, 0, "us", text="old"), nps(3, 7200, "eu")]))
    given_streams.age(T0 + 7260)
    assert [given_streams.labels(NPS, row) for row in given_streams.rows(NPS)] == [{"region": "eu"}]
    assert given_streams.evicted(NPS).tolist() == [0]
    given_streams.fold(batch([nps(9, 7300, "cn")]))
    assert given_streams.labels(NPS, 0) == {"region": "cn"}
    assert given_streams.quotes(NPS, 0) == []
    assert read(given_streams, "detractor_share", NPS, 8000, T0 + 7500)[0] == (0, 1)


def test_first_and_last_tell_when_a_series_was_seen() -> None:
    given_streams = streams(NPS)
    given_streams.fold(batch([nps(3, 50), nps(3, 20), nps(3, 90, "us")]))
    rows = given_streams.rows(NPS)
    assert (given_streams.first(NPS, rows) - T0).tolist() == [20, 90]
    assert (given_streams.last(NPS, rows) - T0).tolist() == [50, 90]


def test_volume_counts_signals() -> None:
    given_streams = streams(NPS, CPU, COMPLAINT, CRASH)
    given_streams.fold(batch([nps(3, of=2.0), nps(9), gauge(5), gauge(6), complaint("lag refund"), crash(1, 7)]))
    volumes = [
        float(given_streams.volume(of, given_streams.rows(of), T0 + 60, 60)[0]) for of in (NPS, CPU, COMPLAINT, CRASH)
    ]
    assert volumes == [3, 2, 1, 7]


def test_quotes_are_of_the_series_and_leave_out_good_ratings() -> None:
    given_streams = streams(NPS)
    given_streams.fold(
        batch([nps(2, 1, text="bad"), nps(10, 2, text="wow"), nps(7, 3, text="meh"), nps(1, 4, "us", text="us")])
    )
    assert given_streams.quotes(NPS, 0) == ["meh", "bad"]


def test_changes_are_kept_with_their_labels() -> None:
    given_streams = streams(NPS)
    given_streams.fold(batch([Told(Kind.CHANGE, 5, name="ios 8.3", segment={"platform": "ios"}, text="rollout")]))
    (change,) = given_streams.changes({"platform": "ios"}, T0, T0 + 10)
    assert (change.name, change.at, change.text) == ("ios 8.3", T0 + 5, "rollout")
    assert given_streams.changes({"platform": "web"}, T0, T0 + 10) == []


def test_where_narrows_a_projection() -> None:
    of = projection(Kind.RATING, "nps", where=(Match("region", frozenset({"us"})),))
    given_streams = streams(of)
    given_streams.fold(batch([nps(3, 0, "eu"), nps(3, 0, "us")]))
    assert read(given_streams, "detractor_share", of) == [(1, 1)]


def test_other_names_and_scales_do_not_mix() -> None:
    given_streams = streams(NPS, CPU, ALL)
    stars = Told(Kind.RATING, 0, 1.0, name="stars")
    given_streams.fold(batch([nps(3), stars, gauge(5), gauge(99, name="disk")]))
    assert read(given_streams, "detractor_share", NPS) == [(1, 1)]
    assert read(given_streams, "gauge:cpu", CPU) == [(5, 1)]
    assert read(given_streams, "ratings", ALL) == [(2, 60)]


def test_rubbish_values_are_counted_nowhere() -> None:
    given_streams = streams(NPS, CPU, LATENCY)
    told = [nps(11), nps(-1), nps(math.nan), gauge(math.inf), gauge(math.nan), latency(-5), latency(math.nan)]
    given_streams.fold(batch(told))
    assert read(given_streams, "detractor_share", NPS) == [(0, 0)]
    assert [n for _, n in read(given_streams, "gauge:cpu", CPU)] == [0]
    assert read(given_streams, "requests", LATENCY) == [(0, 60)]


def test_a_weight_that_is_no_number_counts_as_one() -> None:
    given_streams = streams(NPS)
    given_streams.fold(batch([nps(3, of=math.nan), nps(3, of=-4.0)]))
    assert read(given_streams, "detractor_share", NPS) == [(2, 2)]


def test_an_empty_batch_and_an_unwatched_kind_change_nothing() -> None:
    given_streams = streams(NPS)
    assert len(given_streams.fold(batch([]))) == 0
    given_streams.fold(batch([latency(5)]))
    assert len(given_streams.rows(NPS)) == 0
    assert given_streams.facts()["frames"] == 0


def test_without_projections_streams_still_run() -> None:
    given_streams = Streams([], SCALES, TOPICS)
    given_streams.fold(batch([latency(5)]))
    given_streams.age(T0 + 60)
    assert given_streams.save()


def test_the_table_of_segments_stays_bounded() -> None:
    of = projection(Kind.LATENCY, by=())
    given_streams = streams(of, limits=Limits(sample=16))
    for begin in range(0, 100_000, 5000):
        given_streams.fold(batch_of_devices(begin))
    assert len(given_streams.segments) <= 65_536
    assert read(given_streams, "requests", of) == [(100_000, 60)]


def batch_of_devices(begin: int) -> Batch:
    """Return 5,000 latencies, each from a device of its own."""
    one = batch([latency(5)] * 5000)
    segments = tuple({"device": str(n)} for n in range(begin, begin + 5000))
    return dataclasses.replace(one, segments=segments, segment=np.arange(5000, dtype=np.int32))


@pytest.mark.parametrize("most", [1, 2, 5])
def test_parts_are_bounded(most: int) -> None:
    given_streams = streams(CRASH)
    told = [crash(n, 100, 1, region="eu", **{f"d{n}": "x", "v": str(n)}) for n in range(9)]
    given_streams.fold(batch(told))
    assert len(given_streams.parts(word("crash_rate"), CRASH, 0, T0 + 60, 60, most)) <= most


def test_what_people_said_and_what_was_changed_is_forgotten_with_retention_though_their_series_lives() -> None:
    day, given = 86_400.0, streams(NPS, limits=Limits(retention=10 * 86_400.0))
    given.fold(batch([nps(3, 0, text="old words"), Told(Kind.CHANGE, 0, name="v1")]))
    for number in range(1, 15):
        given.fold(batch([nps(9, number * day)]))
        given.age(T0 + number * day)
        old = number <= 10
        assert given.quotes(NPS, 0) == ["old words"] * old
        assert len(given.changes({}, T0, T0 + day)) == old
        assert len(given.feeds[0].sample.columns()[0]) == min(number + 1, 11)
