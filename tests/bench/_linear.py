"""What a signal costs from 10^4 to 10^7 of them, and beside series that stand idle: it should be the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median
from time import process_time

import msgspec

from andon.rulebook.model import Rulebook
from andon.streams.limits import Limits
from tests.bench import Row, at_least, chunks
from tests.bench._house import House, rulebook
from tests.bench._traffic import PRODUCTS, SERIES, START, Traffic, pieces, segments

DECADES = (10_000, 100_000, 1_000_000, 10_000_000)
SHORT = DECADES[:3]
"""What takes a few seconds."""
IDLE = (20_000, 100_000)
"""Series of state beside those that live; nothing has come for them in the last hour."""
STEADY = 0.8
"""A signal may cost so much more than where there are ten times fewer, or no idle series: 1.25 times."""
RATE = 5000.0
BODY = 2000
_PIECE = 10_000
_TOGETHER, _MOST = 200_000, 8
"""Signals that short runs amount to in a round, and how many of them there are at the most."""
_HOUR = 3600.0
_TOLD: tuple[dict[str, object], ...] = (
    {"kind": "latency", "value": 150.0},
    {"kind": "crash", "value": 0, "of": 1},
    {"kind": "rating", "name": "nps", "value": 9},
    {"kind": "gauge", "name": "queue", "value": 20.0},
    {"kind": "complaint", "text": "The app freezes"},
)


def decades(sizes: Sequence[int], rounds: int = 3, rate: float = RATE) -> list[Row]:
    """Return each size's speed beside that of the size before."""
    speed = _speeds([(size, 0) for size in sizes], rounds, rate)
    return [
        at_least(f"{sizes[place]:,} signals in one go", more, "signals/s", f"{sizes[place - 1]:,}", less, STEADY)
        for place, (less, more) in enumerate(pairwise(speed), 1)
    ]


def idle(series: Sequence[int], rounds: int = 3, signals: int = 600_000, rate: float = RATE) -> list[Row]:
    """Return the speed beside so many idle series, and where there is none."""
    alone, *beside = _speeds([(signals, many) for many in (0, *series)], rounds, rate)
    return [
        at_least(f"{SERIES:,} live series beside {many:,} idle ones", speed, "signals/s", "none idle", alone, STEADY)
        for many, speed in zip(series, beside, strict=True)
    ]


def _speeds(ways: Sequence[tuple[int, int]], rounds: int, rate: float) -> list[float]:
    """Return signals a second of CPU time for each (signals, idle series), all taken in turn in every round: the median.

    What is short is taken several times a round.
    """
    book = rulebook()
    taken: list[list[float]] = [[] for _ in ways]
    for _ in range(rounds):
        for times, (signals, quiet) in zip(taken, ways, strict=True):
            times += [_seconds(book, signals, rate, quiet) for _ in range(max(1, min(_MOST, _TOGETHER // signals)))]
    return [signals / median(times) for times, (signals, _) in zip(taken, ways, strict=True)]


def _seconds(book: Rulebook, signals: int, rate: float, quiet: int) -> float:
    """Return what traffic takes, once every segment has been met; what makes the traffic is not counted."""
    house = House(book, Limits(series=quiet + SERIES))
    house.take(_met([f"product-{one}" for one in range(PRODUCTS)]))
    house.take(_met([f"idle-{one}" for one in range(quiet * PRODUCTS // SERIES)]))
    taken = 0.0
    for piece in pieces(signals, rate, BODY, _PIECE):
        begin = process_time()
        house.take(piece)
        taken += process_time() - begin
    return taken


def _met(products: Iterable[str]) -> Traffic:
    """Return one signal of every kind that is watched for each segment of these products, an hour before the first look."""
    lines = [
        msgspec.json.encode({"time": START - _HOUR, "segment": segment, **told})
        for product in products
        for segment in segments([product])
        for told in _TOLD
    ]
    return Traffic([(START - 60.0, b"\n".join(some)) for some in chunks(lines, BODY)], len(lines))
