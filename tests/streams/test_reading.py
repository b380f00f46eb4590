from __future__ import annotations

import math

import pytest

from andon.model import Form, Kind, Scale
from andon.streams.metrics import SCALES, metric
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
    projection,
    read,
    streams,
    word,
)

NPS = projection(Kind.RATING, "nps")
CRASH = projection(Kind.CRASH)
LATENCY = projection(Kind.LATENCY)
COMPLAINT = projection(Kind.COMPLAINT)


def _rated(scale: str, values: list[float], text: str) -> tuple[float, float]:
    of = projection(Kind.RATING, scale)
    given = streams(of)
    given.fold(batch([Told(Kind.RATING, 0, value, name=scale) for value in values]))
    return read(given, text, of)[0]


@pytest.mark.parametrize(
    ("scale", "values", "text", "x", "n"),
    [
        ("csat", [1, 3, 4, 5], "csat", 2, 4),
        ("nps", [0, 6, 7, 9, 10, 10], "nps", 100 / 6, 6),
        ("nps", [0, 6, 7, 10], "detractor_share", 2, 4),
        ("stars", [1, 2, 3, 5], "low_star_share", 2, 4),
        ("ces", [1, 7, 7], "ces", 5, 3),
        ("stars", [1, 2, 3, 5], "mean:stars", 2.75, 4),
        ("stars", [1, 2, 3, 5], "good_share:stars", 1, 4),
        ("stars", [1, 2, 3, 5], "bad_share:stars", 2, 4),
    ],
)
def test_ratings_are_read_by_their_scale(scale: str, values: list[float], text: str, x: float, n: float) -> None:
    assert _rated(scale, values, text) == pytest.approx((x, n))


@pytest.mark.parametrize(
    ("scale", "text", "values", "hist"),
    [
        ("stars", "mean:stars", [1, 2, 3, 4, 5], [2, 0, 1, 0, 3]),
        ("nps", "nps", [-100, 0, 100], [3, 2, 1]),
    ],
)
def test_a_score_brings_how_many_lay_where(scale: str, text: str, values: list[float], hist: list[float]) -> None:
    of = projection(Kind.RATING, scale)
    given = streams(of)
    told = {"stars": [1, 1, 3, 5, 5, 5], "nps": [0, 3, 6, 7, 8, 9]}[scale]
    given.fold(batch([Told(Kind.RATING, at, value, name=scale) for at, value in zip((0, 90) * 3, told, strict=True)]))
    seen = given.observe(word(text), of, given.rows(of), T0 + 120, (120.0, 60.0))
    assert seen.hist is not None
    assert seen.values is not None
    assert (seen.form, seen.values.tolist(), seen.hist[0, 0].tolist()) == (Form.SCORE, values, hist)
    assert seen.hist[0, 1].sum() == seen.n[0, 1] == 3
    assert seen.x == pytest.approx(seen.hist @ seen.values / seen.n)


def test_a_scale_of_many_points_is_kept_at_eleven_that_hold_its_mean() -> None:
    scales = {**SCALES, "mood": Scale("mood", 0, 100, (80, 100), (0, 40))}
    of = projection(Kind.RATING, "mood")
    given = Streams([of], scales, TOPICS)
    given.fold(batch([Told(Kind.RATING, 0, value, name="mood") for value in (0.0, 13.0, 70.0, 98.0)]))
    seen = given.observe(metric("mean:mood", scales, TOPICS), of, given.rows(of), T0 + 60, (60.0,))
    assert seen.hist is not None
    assert seen.values is not None
    assert seen.values.tolist() == list(range(0, 101, 10))
    assert seen.hist[0, 0] == pytest.approx([1, 0.7, 0.3, 0, 0, 0, 0, 1, 0, 0.2, 0.8])
    assert seen.x[0, 0] == pytest.approx(seen.hist[0, 0] @ seen.values / 4) == 45.25


def test_a_declared_scale_is_read_like_a_built_in_one() -> None:
    scales = {**SCALES, "lounge": Scale("lounge", 1, 10, (9, 10), (1, 4))}
    of = projection(Kind.RATING, "lounge")
    given = Streams([of], scales, TOPICS)
    given.fold(batch([Told(Kind.RATING, 0, value, name="lounge") for value in (1.0, 4.0, 5.0, 10.0)]))
    seen = given.observe(metric("bad_share:lounge", scales, TOPICS), of, given.rows(of), T0 + 60, (60.0,))
    assert (seen.x[0, 0], seen.n[0, 0]) == (2, 4)


def test_crashes_are_a_share_of_sessions() -> None:
    given = streams(CRASH)
    given.fold(batch([crash(2, 100), crash(0, 50), crash(math.nan, math.nan)]))
    assert read(given, "crash_rate", CRASH) == [(3, 151)]
    assert read(given, "crash_free", CRASH) == [(148, 151)]
    assert read(given, "sessions", CRASH) == [(151, 60)]


def test_more_crashes_than_sessions_are_all_of_them() -> None:
    given = streams(CRASH)
    given.fold(batch([crash(5, 2)]))
    assert read(given, "crash_rate", CRASH) == [(2, 2)]
    assert read(given, "crash_free", CRASH) == [(0, 2)]


def test_quantiles_weigh_by_what_a_signal_stands_for() -> None:
    given = streams(LATENCY)
    given.fold(batch([latency(100, of=94.0), latency(2000, of=6.0)]))
    (p50, n), (p95, _) = read(given, "p50", LATENCY)[0], read(given, "p95", LATENCY)[0]
    assert (p50, p95) == pytest.approx((100, 2000), rel=0.02)
    assert n == 100


def test_the_slow_share_is_what_lies_beyond_the_target() -> None:
    given = streams(LATENCY)
    given.fold(batch([latency(100), latency(500), latency(900), latency(5000)]))
    assert read(given, "slow_share", LATENCY, target=800.0) == [(2, 4)]


def test_complaints_are_counted_by_topic_and_tone() -> None:
    given = streams(COMPLAINT)
    given.fold(batch([complaint("terrible lag"), complaint("退款 refund please"), complaint("thanks"), complaint("")]))
    assert read(given, "complaints", COMPLAINT) == [(4, 60)]
    assert read(given, "complaints:stutter", COMPLAINT) == [(1, 60)]
    assert read(given, "complaints:refund", COMPLAINT) == [(1, 60)]
    assert read(given, "negative_share", COMPLAINT) == [(2, 3)]


def test_a_gauge_is_a_mean_and_a_counter_a_sum_per_exposure() -> None:
    gauges, counters = projection(Kind.GAUGE, "cpu"), projection(Kind.COUNTER, "orders")
    given = streams(gauges, counters)
    told = [Told(Kind.COUNTER, 0, value, of, "orders") for value, of in ((5.0, 1.0), (2.0, 3.0))]
    given.fold(batch([gauge(10), gauge(40, of=2.0), *told]))
    assert read(given, "gauge:cpu", gauges) == [(30, 3)]
    assert read(given, "counter:orders", counters) == [(11, 60)]


def test_pulls_are_counted() -> None:
    of = projection(Kind.PULL)
    given = streams(of)
    given.fold(batch([Told(Kind.PULL), Told(Kind.PULL, 5)]))
    assert read(given, "pulls", of) == [(2, 60)]


def test_an_empty_window_is_zero_or_nothing() -> None:
    given = streams(NPS, LATENCY, CRASH)
    given.fold(batch([nps(3), latency(5), crash(0, 1)]))
    assert read(given, "detractor_share", NPS, end=T0 + 600) == [(0, 0)]
    assert read(given, "sessions", CRASH, end=T0 + 600) == [(0, 60)]
    (p95, n), (mean, _) = read(given, "p95", LATENCY, end=T0 + 600)[0], read(given, "nps", NPS, end=T0 + 600)[0]
    assert math.isnan(p95)
    assert math.isnan(mean)
    assert n == 0


def test_windows_come_back_in_the_order_they_were_asked_for() -> None:
    given = streams(LATENCY)
    given.fold(batch([latency(5, at) for at in range(0, 600, 10)]))
    seen = given.observe(word("requests"), LATENCY, given.rows(LATENCY), T0 + 600, (300.0, 60.0, 600.0))
    assert seen.form is Form.COUNT
    assert seen.x.tolist() == [[30, 6, 60]]
    assert seen.n.tolist() == [[300, 60, 600]]
    assert seen.seconds.tolist() == [300, 60, 600]


def test_quantiles_of_nested_windows_are_those_of_each_window_alone() -> None:
    given = streams(LATENCY)
    given.fold(batch([latency(float(at + 1), at) for at in range(600)]))
    together = given.observe(word("p90"), LATENCY, given.rows(LATENCY), T0 + 600, (60.0, 600.0, 300.0)).x[0]
    alone = [read(given, "p90", LATENCY, span, T0 + 600)[0][0] for span in (60.0, 600.0, 300.0)]
    assert together.tolist() == pytest.approx(alone)


def test_only_the_rows_asked_for_come_back_in_their_order() -> None:
    given = streams(LATENCY)
    given.fold(batch([latency(5, 0, "a"), latency(5, 0, "b"), latency(5, 1, "b")]))
    seen = given.observe(word("requests"), LATENCY, given.rows(LATENCY)[::-1], T0 + 60, (60.0,))
    assert seen.x.tolist() == [[2], [1]]
    none = given.observe(word("requests"), LATENCY, given.rows(LATENCY)[:0], T0 + 60, (60.0, 300.0))
    assert none.x.shape == (0, 2)
