"""JSON bytes to judged frames on one core, beside decoding the same bytes and nothing else."""

from __future__ import annotations

from typing import Any

import msgspec

from tests.bench import Row, at_least, seconds
from tests.bench._house import judged, pin, rulebook
from tests.bench._linear import IDLE, SHORT, decades, idle
from tests.bench._traffic import SERIES, Traffic, traffic

GOAL = 0.35
LEAST = 400_000.0
"""Signals a second, on a quiet machine."""
BODIES = (2000, 500)
"""Signals in a body: as a gateway sends them a few times a second, and as `andon feed` does."""
LOGGED = ", the log's encoding and decoding"


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


def bench() -> list[Row]:
    """Return the engine beside its floors, then beside itself with more signals and with idle series."""
    pin()
    return [*rows(), *decades(SHORT), *idle(IDLE)]


def rows(signals: int = 600_000, rate: float = 5000.0, rounds: int = 5) -> list[Row]:
    """Return the engine with and without the log's bytes, in large and in small bodies, beside floors that only decode."""
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
        at_least(_what(BODIES[0]), speed["engine"], "signals/s", "the least", LEAST, 1.0),
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


def _floor(given: Traffic, decoder: msgspec.json.Decoder[Any]) -> None:
    for _, body in given.bodies:
        decoder.decode_lines(body)
