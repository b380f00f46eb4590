"""JSON bytes to judged frames on one core, beside decoding the same bytes and nothing else."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from andon.bank.bank import Bank
from andon.engine import Engine
from andon.ingest.batch import decode, encode
from andon.ingest.door import Door
from andon.plugins import detectors
from andon.rulebook.load import load
from andon.rulebook.model import Rulebook
from andon.streams.streams import Streams
from tests.bench import Row, at_least, seconds
from tests.bench._traffic import SERIES, Traffic, traffic

GOAL = 0.2
BODIES = (2000, 500)
"""Signals in a body: as a gateway sends them a few times a second, and as `andon feed` does."""
LOGGED = ", the log's encoding and decoding"
RETENTION = 90 * 86_400.0
RULES = """
version: 1
topics:
  stutter: [卡顿, freezes, lag]
  refund: [退款, refund]
people: {ann: {name: Ann, console: screen}}
owners: {everyone: {on-duty: [ann], lead: ann}}
policies: {default: {yellow: [{notify: on-duty}], red: [{notify: on-duty}]}}
rules:
  - {name: crashes, watch: crash_rate, by: [product, region, platform, app_version], when: {rises: true, false_alarms: 1 per 90d}}
  - {name: slow, watch: slow_share, target: 800ms, by: [product, region], when: {burns: {budget: 1%, of: 30d}}}
  - {name: p95, watch: p95, by: [product, platform], every: 5m, when: {rises: true, false_alarms: 1 per 90d}}
  - {name: detractors, watch: detractor_share, by: [product, region], when: {rises: true, false_alarms: 1 per 30d}}
  - {name: stutter, watch: "complaints:stutter", by: [region], when: {rises: true, false_alarms: 1 per 30d}}
  - {name: queue, watch: "gauge:queue", by: [region], when: {above: 40, over: 5m}}
  - {name: silence, watch: ratings, when: {silent: 15m, expected: usual}}
"""


class Lines(msgspec.Struct, gc=False):
    """A signal decoded, and nothing more, out of the garbage collector's sight: the floor."""

    kind: str
    name: str = ""
    value: float | None = None
    of: float | None = None
    time: float | str | None = None
    segment: msgspec.Raw = msgspec.Raw(b"{}")
    id: str | None = None
    text: str | None = None
    customer: str | None = None


def bench(signals: int = 600_000, rate: float = 5000.0, rounds: int = 5) -> list[Row]:
    """Return the engine with and without the log's bytes, in large and in small bodies, beside floors that only decode."""
    _pin()
    book = rulebook()
    large, small = (traffic(signals, rate, body) for body in BODIES)
    raw, loose = msgspec.json.Decoder(Lines), msgspec.json.Decoder(dict[str, Any])
    ways = {
        "engine": lambda: judged(large, book),
        "logged": lambda: judged(large, book, logged=True),
        "raw": lambda: _floor(large, raw),
        "dicts": lambda: _floor(large, loose),
        "small": lambda: judged(small, book),
        "small raw": lambda: _floor(small, raw),
    }
    speed = {name: signals / time for name, time in seconds(ways, rounds).items()}
    beside = "msgspec decode, segment raw"
    return [
        at_least(_what(BODIES[0]), speed["engine"], "signals/s", beside, speed["raw"], GOAL),
        at_least(_what(BODIES[0]), speed["engine"], "signals/s", "msgspec decode into dicts", speed["dicts"], 0.0),
        at_least(_what(BODIES[0], LOGGED), speed["logged"], "signals/s", beside, speed["raw"], 0.0),
        at_least(_what(BODIES[1]), speed["small"], "signals/s", beside, speed["small raw"], 0.0),
    ]


def _what(body: int, more: str = "") -> str:
    """Say what a row's way holds."""
    return (
        f"JSON bytes to judged frames: door{more}, fold, looks; {SERIES:,} segments of 4 dimensions, 7 rules, bodies of "
        f"{body:,}; 10 % ratings and complaints with id and customer, the rest measurements; 1 body in 5 with RFC 3339 times"
    )


def rulebook() -> Rulebook:
    """Return the rules of the bench: one over all 2,000 series, and one of each family beside it."""
    with tempfile.TemporaryDirectory() as directory:
        (Path(directory) / "rules.yml").write_text(RULES, encoding="utf-8")
        return load(Path(directory), {})


def judged(given: Traffic, book: Rulebook, *, logged: bool = False) -> Engine:
    """Take traffic through door, frames and looks, and if `logged` through the log's bytes too; return the engine."""
    door = Door(book.scales, b"0" * 32, RETENTION)
    streams = Streams(list(dict.fromkeys(rule.projection for rule in book.rules.values())), book.scales, book.topics)
    bank = Bank(list(book.rules.values()), streams, detectors())
    engine = Engine(streams, bank, lateness=book.lateness, by_events=False)
    for at, body in given.bodies:
        batch = door.open(body, at).batch
        for _ in engine.take(decode(encode(batch)) if logged else batch):
            pass
    return engine


def _floor(given: Traffic, decoder: msgspec.json.Decoder[Any]) -> None:
    for _, body in given.bodies:
        decoder.decode_lines(body)


def _pin() -> None:
    """Stay on one core where the system lets us."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
