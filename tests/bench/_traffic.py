"""An invented company's traffic as NDJSON, as gateways forward it: a seeded mix of every kind over four dimensions.

What customers say (ratings, complaints) carries an id and a customer; measurements carry neither. Four bodies in five
write times as epoch seconds, the fifth as RFC 3339.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
import numpy as np

PRODUCTS, REGIONS, PLATFORMS, VERSIONS = 10, 10, 4, 5
SERIES = PRODUCTS * REGIONS * PLATFORMS * VERSIONS
"""Distinct segments."""
MIX = {"latency": 0.55, "crash": 0.22, "rating": 0.085, "gauge": 0.08, "counter": 0.05, "complaint": 0.015}
START = 1_767_225_600.0
"""2026-01-01."""
_WRITTEN = 5
"""One body in so many writes its times as RFC 3339."""
_TEXTS = (
    "卡顿得厉害，无法付款",
    "The app freezes at checkout",
    "退款一直没有到账",
    "Courier was late, very disappointed",
)


@dataclass(frozen=True, slots=True)
class Traffic:
    """Bodies of NDJSON in the order they arrive, each with its arrival's time."""

    bodies: list[tuple[float, bytes]]
    signals: int


def pieces(signals: int, rate: float, body: int, piece: int) -> Iterator[Traffic]:
    """Yield traffic of any length, `piece` signals at a time, each of another seed, so that it need not be held."""
    for first in range(0, signals, piece):
        yield traffic(min(piece, signals - first), rate, body, 7 + first, START + first / rate, first)


def traffic(signals: int, rate: float, body: int = 500, seed: int = 7, start: float = START, first: int = 0) -> Traffic:
    """Return `signals` at `rate` a second from `start` on, `body` of them a request, a few seconds late and out of order.

    They are numbered from `first` on: of these numbers are their ids.
    """
    rng = np.random.default_rng(seed)
    kinds = rng.choice(list(MIX), signals, p=list(MIX.values())).tolist()
    arrival = start + np.arange(signals) / rate
    time = np.round(arrival - rng.exponential(2.0, signals), 3).tolist()
    known = segments(f"product-{one}" for one in range(PRODUCTS))
    which = rng.integers(0, len(known), signals).tolist()
    latency = np.round(rng.lognormal(5.0, 0.6, signals), 1).tolist()
    chance = rng.random(signals).tolist()
    lines = [
        msgspec.json.encode(
            {
                "kind": kind,
                "time": _written(at) if number // body % _WRITTEN == _WRITTEN - 1 else at,
                "segment": known[one],
                **_rest(kind, number, ms, luck),
            }
        )
        for number, (kind, at, one, ms, luck) in enumerate(zip(kinds, time, which, latency, chance, strict=True), first)
    ]
    runs = range(0, signals, body)
    bodies = [(float(arrival[min(run + body, signals) - 1]), b"\n".join(lines[run : run + body])) for run in runs]
    return Traffic(bodies, signals)


def _written(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def segments(products: Iterable[str]) -> list[dict[str, str]]:
    """Return every segment of some products."""
    rest = itertools.product(*(range(size) for size in (REGIONS, PLATFORMS, VERSIONS)))
    return [
        {"product": product, "region": f"cn-{r}", "platform": f"os-{f}", "app_version": f"8.{v}.0"}
        for product, (r, f, v) in itertools.product(products, rest)
    ]


def _rest(kind: str, number: int, ms: float, luck: float) -> dict[str, object]:
    """Return what a signal of a kind says beside its segment and time; `luck` is even in 0..1."""
    if kind == "latency":
        return {"value": ms}
    if kind == "crash":
        return {"value": int(luck < 0.01), "of": 1}
    if kind in {"gauge", "counter"}:
        return {"name": "queue" if kind == "gauge" else "orders", "value": round(100 * luck, 2)}
    whose = {"id": f"{number:016x}", "customer": f"user-{int(luck * 1e6)}"}
    if kind == "rating":
        return {"name": "nps", "value": int(luck**0.5 * 11), **whose}
    return {"text": _TEXTS[number % len(_TEXTS)], **whose}
