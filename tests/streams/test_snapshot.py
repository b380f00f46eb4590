from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.errors import ConfigError
from andon.model import Kind, Scale
from andon.streams.metrics import SCALES, metric
from andon.streams.streams import Streams
from tests.streams.signals import (
    T0,
    TOPICS,
    Told,
    batch,
    complaint,
    gauge,
    latency,
    nps,
    projection,
    read,
    streams,
    word,
)
from tests.streams.test_streams import ALL, CPU, LATENCY, NPS, TOLD

COMPLAINT = projection(Kind.COMPLAINT, by=())


def _some() -> Streams:
    given_streams = streams(NPS, LATENCY, COMPLAINT, CPU, ALL)
    given_streams.fold(batch([nps(3, 1, told_id="a", text="bad"), latency(80, 2), complaint("lag", 3), gauge(0.1, 4)]))
    given_streams.fold(batch([Told(Kind.CHANGE, 5, name="v2"), gauge(0.2, 6), latency(90, 7, "us")]))
    return given_streams


def test_what_is_saved_comes_back_to_the_same_bytes() -> None:
    before = _some()
    before.age(T0 + 60)
    saved = before.save()
    after = streams(NPS, LATENCY, COMPLAINT, CPU, ALL)
    after.load(saved)
    assert after.save() == saved


@settings(max_examples=40)
@given(st.lists(TOLD, min_size=1, max_size=30), st.integers(0, 30))
def test_a_restart_in_the_middle_changes_nothing(told: list[Told], cut: int) -> None:
    through = streams(NPS, LATENCY, COMPLAINT, CPU, ALL)
    first, second = told[:cut], told[cut:]
    for part in (first, second):
        through.fold(batch(part))
        through.age(T0 + 300)
    before, after = (streams(NPS, LATENCY, COMPLAINT, CPU, ALL) for _ in range(2))
    before.fold(batch(first))
    before.age(T0 + 300)
    after.load(before.save())
    after.fold(batch(second))
    after.age(T0 + 300)
    assert after.save() == through.save()


def test_evidence_outlives_a_restart() -> None:
    after = streams(NPS, LATENCY, COMPLAINT, CPU, ALL)
    after.load(_some().save())
    assert after.quotes(NPS, 0) == ["bad"]
    assert [change.name for change in after.changes({}, T0, T0 + 60)] == ["v2"]
    assert len(after.fold(batch([nps(3, 8, told_id="a")]))) == 0
    assert after.facts()["signals"] == 7
    assert after.feeds[0].sample.columns()[0].tolist() == [0]


def test_projections_that_are_no_more_are_left_out_and_new_ones_start_empty() -> None:
    after = streams(CPU, projection(Kind.LATENCY, by=()))
    after.load(_some().save())
    assert read(after, "gauge:cpu", CPU)[0] == pytest.approx((0.15, 2))
    assert len(after.rows(projection(Kind.LATENCY, by=()))) == 0


def test_a_topic_that_is_added_or_moved_keeps_the_others_counts() -> None:
    moved = {"weather": ("rain",), "refund": TOPICS["refund"], "stutter": TOPICS["stutter"]}
    after = Streams([COMPLAINT], SCALES, moved)
    after.load(_some().save())
    counts = {
        topic: float(
            after.observe(
                metric(f"complaints:{topic}", SCALES, moved), COMPLAINT, after.rows(COMPLAINT), T0 + 60, (60.0,)
            ).x[0, 0]
        )
        for topic in moved
    }
    assert counts == {"weather": 0, "refund": 0, "stutter": 1}


def test_a_scale_that_grows_keeps_what_was_rated() -> None:
    small = {**SCALES, "mood": Scale("mood", 1, 3, (3, 3), (1, 1))}
    large = {**SCALES, "mood": Scale("mood", 0, 5, (5, 5), (0, 1))}
    of = projection(Kind.RATING, "mood", by=())
    before, after = Streams([of], small, TOPICS), Streams([of], large, TOPICS)
    before.fold(batch([Told(Kind.RATING, 0, value, name="mood") for value in (1.0, 3.0, 3.0)]))
    after.load(before.save())
    seen = after.observe(metric("mean:mood", large, TOPICS), of, after.rows(of), T0 + 60, (60.0,))
    assert seen.x[0, 0] == pytest.approx(7 / 3)


def test_a_restored_stream_goes_on_where_it_was() -> None:
    after = streams(NPS, LATENCY, COMPLAINT, CPU, ALL)
    before = _some()
    before.age(T0 + 120)
    after.load(before.save())
    after.fold(batch([latency(70, 130, "us"), latency(70, 5, "us")]))
    seen = after.observe(word("requests"), LATENCY, after.rows(LATENCY), T0 + 180, (180.0,))
    assert seen.x.tolist() == [[1], [3]]


def test_a_snapshot_of_a_later_format_is_refused() -> None:
    with pytest.raises(ConfigError, match="format 99"):
        streams(NPS).load(msgspec.msgpack.encode({"format": 99, "anything": 1}))
