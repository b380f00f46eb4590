"""Batches in one line, and streams that are small."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from andon.model import KINDS, Batch, Kind, Labels, Match, Metric, Note, Projection
from andon.streams.limits import Limits
from andon.streams.metrics import SCALES, metric
from andon.streams.split import pick
from andon.streams.streams import Streams

T0 = 1_767_225_600.0
"""2026-01-01, a whole hour."""
TOPICS = {"stutter": ("卡顿", "lag", "freezes"), "refund": ("退款", "refund", "money back")}
BY_REGION = ("region",)


@dataclass(frozen=True)
class Told:
    """One signal of a test, `at` seconds after T0."""

    kind: Kind
    at: float = 0.0
    value: float = math.nan
    of: float = 1.0
    name: str = ""
    segment: Labels = field(default_factory=lambda: {"region": "eu"})
    id: str = ""
    text: str = ""


def batch(told: Iterable[Told], arrived: float = T0) -> Batch:
    """Return signals as a batch, as the door would make it."""
    told = list(told)
    segments = list({frozenset(one.segment.items()): one.segment for one in told}.values())
    names = list(dict.fromkeys(one.name for one in told))
    return Batch(
        arrived=arrived,
        segments=tuple(segments),
        names=tuple(names),
        kind=np.array([KINDS.index(one.kind) for one in told], np.uint8),
        segment=np.array([segments.index(one.segment) for one in told], np.int32),
        name=np.array([names.index(one.name) for one in told], np.int32),
        value=np.array([one.value for one in told], np.float64),
        of=np.array([one.of for one in told], np.float64),
        time=np.array([T0 + one.at for one in told], np.float64),
        ahead=np.zeros(len(told), np.bool_),
        notes={i: Note(id=one.id, text=one.text) for i, one in enumerate(told) if one.id or one.text},
    )


def nps(value: float, at: float = 0.0, region: str = "eu", of: float = 1.0, told_id: str = "", text: str = "") -> Told:
    return Told(Kind.RATING, at, value, of, "nps", {"region": region}, told_id, text)


def latency(value: float, at: float = 0.0, region: str = "eu", of: float = 1.0) -> Told:
    return Told(Kind.LATENCY, at, value, of, segment={"region": region})


def crash(crashes: float, sessions: float, at: float = 0.0, **segment: str) -> Told:
    return Told(Kind.CRASH, at, crashes, sessions, segment=segment or {"region": "eu"})


def gauge(value: float, at: float = 0.0, name: str = "cpu", of: float = 1.0) -> Told:
    return Told(Kind.GAUGE, at, value, of, name)


def complaint(text: str, at: float = 0.0, told_id: str = "", **segment: str) -> Told:
    return Told(Kind.COMPLAINT, at, segment=segment or {"region": "eu"}, id=told_id, text=text)


def pieces(given: Batch, cuts: Sequence[int]) -> list[Batch]:
    """Return a batch cut at positions."""
    edges = sorted({0, *(cut % (len(given) + 1) for cut in cuts), len(given)})
    return [pick(given, np.arange(begin, end)) for begin, end in pairwise(edges)]


def projection(
    kind: Kind, name: str = "", by: tuple[str, ...] = BY_REGION, where: tuple[Match, ...] = ()
) -> Projection:
    return Projection(kind, name, where, by)


def streams(*projections: Projection, limits: Limits | None = None) -> Streams:
    return Streams(projections, SCALES, TOPICS, limits or Limits())


def word(text: str, target: float = math.nan) -> Metric:
    return metric(text, SCALES, TOPICS, target)


def read(
    given: Streams, text: str, of: Projection, span: float = 60.0, end: float = T0 + 60, target: float = math.nan
) -> list[tuple[float, float]]:
    """Return (x, n) of every live series in one window."""
    seen = given.observe(word(text, target), of, given.rows(of), end, (span,))
    return [(float(x), float(n)) for x, n in zip(seen.x[:, 0], seen.n[:, 0], strict=True)]
