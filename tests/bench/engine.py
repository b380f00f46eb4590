"""JSON bytes to judged frames on one core, beside decoding the same bytes and nothing else."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from andon.ingest.batch import decode, encode
from andon.ingest.door import Door
from andon.model import Kind, Projection
from andon.streams.metrics import SCALES, metric
from andon.streams.streams import Streams
from tests.bench import Row, at_least, seconds
from tests.bench._traffic import SERIES, START, Traffic, traffic

GOAL = 0.2
TOPICS = {"stutter": ("卡顿", "freezes"), "refund": ("退款", "refund")}
WATCHED: tuple[tuple[str, Kind, str, tuple[str, ...]], ...] = (
    ("p95", Kind.LATENCY, "", ("product", "region", "platform", "app_version")),
    ("slow_share", Kind.LATENCY, "", ("product", "region")),
    ("crash_rate", Kind.CRASH, "", ("platform", "app_version")),
    ("detractor_share", Kind.RATING, "nps", ("product", "region")),
    ("complaints:stutter", Kind.COMPLAINT, "", ("region",)),
    ("ratings", Kind.RATING, "", ()),
    ("gauge:queue", Kind.GAUGE, "queue", ("region",)),
)


class Lines(msgspec.Struct):
    """A signal decoded, and nothing more: the floor."""

    kind: str
    name: str = ""
    value: float | None = None
    of: float | None = None
    time: float | str | None = None
    segment: msgspec.Raw = msgspec.Raw(b"{}")
    id: str | None = None
    text: str | None = None
    customer: str | None = None


def bench(signals: int = 240_000, rate: float = 2000.0, rounds: int = 5) -> list[Row]:
    """Return ours beside two floors: segments left as bytes, and everything decoded into dicts."""
    _pin()
    given = traffic(signals, rate)
    raw, loose = msgspec.json.Decoder(Lines), msgspec.json.Decoder(dict[str, Any])
    taken = seconds(
        {
            "ours": lambda: engine(given),
            "raw": lambda: [raw.decode_lines(body) for _, body in given.bodies],
            "dicts": lambda: [loose.decode_lines(body) for _, body in given.bodies],
        },
        rounds,
    )
    speed = {name: signals / time for name, time in taken.items()}
    what = f"bytes to judged frames, {SERIES:,} series"
    return [
        at_least(what, speed["ours"], "signals/s", "msgspec decode, segment raw", speed["raw"], GOAL),
        at_least(what, speed["ours"], "signals/s", "msgspec decode into dicts", speed["dicts"], 0.0),
    ]


def engine(given: Traffic) -> int:
    """Take traffic through door, log codec, frames and looks; return how many series were judged."""
    door = Door(SCALES, b"0" * 32, 90 * 86400.0)
    projections = [Projection(kind, name, (), by) for _, kind, name, by in WATCHED]
    streams = Streams(projections, SCALES, TOPICS)
    metrics = [metric(w, SCALES, TOPICS, 800.0 if w == "slow_share" else np.nan) for w, *_ in WATCHED]
    judged, look = 0, START + 60
    for at, body in given.bodies:
        while at - 30 >= look:
            for one, projection in zip(metrics, projections, strict=True):
                rows = streams.rows(projection)
                judged += len(streams.observe(one, projection, rows, look, (60.0,)).x)
            streams.age(look)
            look += 60
        streams.fold(decode(encode(door.open(body, at).batch)))
    return judged


def _pin() -> None:
    """Stay on one core where the system lets us."""
    if hasattr(os, "sched_setaffinity"):
        cores: Sequence[int] = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, cores[:1])
