from __future__ import annotations

import numpy as np
import pytest

from andon.model import Kind
from andon.streams.layout import layout
from andon.streams.metrics import SCALES
from andon.streams.parts import badness, parts
from tests.streams.signals import T0, TOPICS, complaint, crash, latency, projection, streams, word
from tests.streams.signals import batch as signals

SEGMENTS = [{"v": "1", "os": "a"}, {"v": "1", "os": "b"}, {"v": "2", "os": "a"}, {"v": "2", "os": "b"}]


def test_the_value_that_stands_out_comes_first_with_its_share() -> None:
    found = parts(SEGMENTS, np.array([0.0, 1.0, 5.0, 4.0]), np.full(4, 100.0), frozenset(), 3)
    assert (found[0].labels, found[0].share) == ({"v": "2"}, 0.9)


def test_what_is_spread_evenly_names_nobody() -> None:
    assert parts(SEGMENTS, np.full(4, 2.0), np.full(4, 100.0), frozenset(), 3) == []


def test_the_series_own_dimensions_and_those_of_one_value_tell_nothing() -> None:
    segments = [{"v": "1", "app": "x", "os": "a"}, {"v": "2", "app": "x", "os": "b"}]
    found = parts(segments, np.array([9.0, 1.0]), np.full(2, 100.0), frozenset({"os"}), 3)
    assert [part.labels for part in found] == [{"v": "1"}]


def test_where_all_is_bad_the_largest_share_comes_first() -> None:
    bad = np.array([1.0, 2.0, 3.0, 4.0])
    found = parts(SEGMENTS, bad, bad, frozenset(), 1)
    assert (found[0].labels, found[0].share) == ({"v": "2"}, 0.7)


def test_nothing_bad_has_no_parts() -> None:
    assert parts(SEGMENTS, np.zeros(4), np.ones(4), frozenset(), 3) == []
    assert parts([], np.zeros(0), np.zeros(0), frozenset(), 3) == []


@pytest.mark.parametrize(
    ("text", "kind", "name", "values", "bad"),
    [
        ("csat", Kind.RATING, "csat", [1, 2, 3, 5], [1, 1, 0, 0]),
        ("nps", Kind.RATING, "nps", [0, 6, 7, 10], [1, 1, 0, 0]),
        ("crash_free", Kind.CRASH, "", [0, 1, 2, np.nan], [0, 1, 2, 1]),
        ("sessions", Kind.CRASH, "", [0, 1, 2, 0], [1, 1, 1, 1]),
        ("p50", Kind.LATENCY, "", [1, 2, 3, 4], [0, 0, 1, 1]),
        ("requests", Kind.LATENCY, "", [1, 2, 3, 4], [1, 1, 1, 1]),
        ("counter:orders", Kind.COUNTER, "orders", [5, 0, 2, np.nan], [5, 0, 2, 0]),
        ("gauge:cpu", Kind.GAUGE, "cpu", [5, 0, 2, 1], [1, 1, 1, 1]),
    ],
)
def test_what_counts_as_bad_follows_the_metric(
    text: str, kind: Kind, name: str, values: list[float], bad: list[float]
) -> None:
    plan = layout(kind, name, SCALES, TOPICS)
    assert badness(word(text), plan, np.array(values, np.float64), np.ones(4)).tolist() == bad


def test_slow_requests_are_those_beyond_the_target() -> None:
    plan = layout(Kind.LATENCY, "", SCALES, TOPICS)
    assert badness(word("slow_share", 800.0), plan, np.array([800.0, 801.0]), np.array([1.0, 3.0])).tolist() == [0, 3]


def test_a_topics_complaints_are_split_by_where_they_came_from() -> None:
    of = projection(Kind.COMPLAINT, by=())
    given = streams(of)
    texts = [("lag", "v1"), ("lag", "v1"), ("lag", "v1"), ("refund", "v2"), ("refund", "v2"), ("lag", "v2")]
    given.fold(signals([complaint(text, 1, version=version) for text, version in texts]))
    (found,) = given.parts(word("complaints:stutter"), of, 0, T0 + 60, 60)
    assert (found.labels, found.share) == ({"version": "v1"}, 0.75)


def test_crashes_are_split_within_their_series_and_window_only() -> None:
    of = projection(Kind.CRASH)
    given = streams(of)
    given.fold(
        signals(
            [
                crash(9, 10, 1, region="eu", version="2"),
                crash(1, 10, 1, region="eu", version="1"),
                crash(9, 10, 1, region="us", version="1"),
                crash(9, 10, 100, region="eu", version="1"),
            ]
        )
    )
    (found, *_) = given.parts(word("crash_rate"), of, 0, T0 + 60, 60)
    assert (found.labels, found.share) == ({"version": "2"}, 0.9)


def test_asking_for_parts_makes_no_series() -> None:
    of = projection(Kind.LATENCY)
    given = streams(of)
    given.fold(signals([latency(5, 0), latency(9, 0, "us")]))
    given.parts(word("p95"), of, 0, T0 + 60, 60)
    assert len(given.rows(of)) == 2
