"""Kite (风筝), an invented company that sells and delivers: how many customers do what in a minute, and how they fare.

Everything is drawn from a seeded generator; nothing here knows a rule or a threshold. `History` draws the same customers as
columns, five minutes a batch, for the detectors to learn from.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product as combinations
from typing import Any

import numpy as np

from andon.model import Floats, Labels

PRODUCTS = {"shop": 0.6, "food": 0.4}
REGIONS = {"east": 0.4, "south": 0.3, "north": 0.2, "west": 0.1}
PLATFORMS = {"ios": 0.45, "android": 0.4, "web": 0.15}
VERSIONS = {"ios": "7.3", "android": "7.3", "web": "7.3"}
JOURNEYS = {"browse": (180.0, 0.45), "pay": (320.0, 0.40)}
"""Median in ms and sigma of a lognormal latency."""

SESSIONS = 600.0
"""Sessions a minute at the day's average, over everything."""
REQUESTS = 90.0
RATINGS = 10.0
COMPLAINTS = 1.2
CRASHES = {"ios": 0.002, "android": 0.003, "web": 0.001}
SCORES = {
    "csat": (1, (0.04, 0.05, 0.11, 0.35, 0.45)),
    "stars": (1, (0.05, 0.05, 0.10, 0.30, 0.50)),
    "nps": (0, (0.02, 0.01, 0.02, 0.02, 0.03, 0.06, 0.07, 0.15, 0.22, 0.18, 0.22)),
}
ZONE = 8 * 3600.0
"""Its customers live by China's time, seconds ahead of UTC."""

TEXTS: dict[str, Sequence[str]] = {
    "late": (
        "骑手迟到了四十分钟，菜都凉了",
        "配送太慢，一直没送到",
        "Order came an hour late, nobody told me",
        "还没送到，等了很久",
    ),
    "refund": ("申请退款三天没有回应", "Where is my refund? Still waiting", "退款金额不对"),
    "item": ("少送了一份饮料", "Wrong item in the box, please fix it", "包装破了，东西漏了"),
    "app": ("付款页面卡顿，点不动", "The app freezes on the pay page", "一直在转圈"),
    "staff": ("客服态度很差", "Support was rude to me", "联系不上客服"),
}
TOPICS = {"late": 0.35, "refund": 0.2, "item": 0.25, "app": 0.1, "staff": 0.1}


def rhythm(time: float) -> float:
    """Return the day's shape at a time: about 1 on average, 0.15 at night, 1.9 in the evening; weekends a little more."""
    local = time + ZONE
    hour = local / 3600.0 % 24
    day = 0.95 - 0.75 * math.cos((hour - 4.0) / 24 * 2 * math.pi) + 0.3 * math.exp(-(((hour - 19.5) / 1.5) ** 2))
    weekend = (int(local // 86_400) + 3) % 7 >= 5  # epoch day 0 was a Thursday
    return max(day, 0.15) * (1.12 if weekend else 1.0)


@dataclass
class World:
    """How things stand with the company at a time, which faults change; factors of what is usual."""

    crash: dict[tuple[str, str], float] = field(default_factory=dict)
    versions: dict[str, list[tuple[str, float]]] = field(
        default_factory=lambda: {platform: [(version, 1.0)] for platform, version in VERSIONS.items()}
    )
    slow: dict[tuple[str, str], float] = field(default_factory=dict)
    complaints: dict[str, float] = field(default_factory=dict)
    topic: dict[str, str] = field(default_factory=dict)
    ratings: bool = True


def minute(world: World, start: float, seconds: float, random: np.random.Generator) -> list[dict[str, Any]]:
    """Return the signals of a stretch of time as JSON objects, in no particular order."""
    volume = rhythm(start + seconds / 2) * seconds / 60.0
    return [
        *_sessions(world, start, seconds, volume, random),
        *_latencies(world, start, seconds, volume, random),
        *_ratings(world, start, seconds, volume, random),
        *_complaints(world, start, seconds, volume, random),
    ]


def _sessions(
    world: World, start: float, seconds: float, volume: float, random: np.random.Generator
) -> Iterator[dict[str, Any]]:
    """Yield what apps report once a minute: sessions and crashes, by where and what they are."""
    for (product, share), (region, part), (platform, use) in combinations(
        PRODUCTS.items(), REGIONS.items(), PLATFORMS.items()
    ):
        for version, adopted in world.versions[platform]:
            sessions = int(random.poisson(SESSIONS * volume * share * part * use * adopted))
            if not sessions:
                continue
            rate = min(CRASHES[platform] * world.crash.get((platform, version), 1.0), 1.0)
            yield {
                "kind": "crash",
                "value": int(random.binomial(sessions, rate)),
                "of": sessions,
                "time": start + seconds * float(random.uniform(0.1, 0.9)),
                "segment": {"product": product, "region": region, "platform": platform, "app_version": version},
            }


def _latencies(
    world: World, start: float, seconds: float, volume: float, random: np.random.Generator
) -> Iterator[dict[str, Any]]:
    for (journey, (median, sigma)), (product, share) in combinations(JOURNEYS.items(), PRODUCTS.items()):
        requests = int(random.poisson(REQUESTS * volume * share))
        factor = world.slow.get((journey, product), 1.0)
        values = median * factor * np.exp(sigma * random.standard_normal(requests))
        regions = random.choice(list(REGIONS), size=requests, p=list(REGIONS.values()))
        for value, region, at in zip(values, regions, random.uniform(0, seconds, requests), strict=True):
            yield {
                "kind": "latency",
                "value": round(float(value), 1),
                "time": start + float(at),
                "segment": {"journey": journey, "product": product, "region": str(region)},
            }


def _ratings(
    world: World, start: float, seconds: float, volume: float, random: np.random.Generator
) -> Iterator[dict[str, Any]]:
    if not world.ratings:
        return
    for name, (low, shares) in SCORES.items():
        for _ in range(int(random.poisson(RATINGS / len(SCORES) * volume))):
            yield {
                "kind": "rating",
                "name": name,
                "value": low + int(random.choice(len(shares), p=shares)),
                "time": start + seconds * float(random.random()),
                "id": _id(random),
                "customer": f"c{int(random.integers(1_000_000))}",
                "segment": _somewhere(random),
            }


def _complaints(
    world: World, start: float, seconds: float, volume: float, random: np.random.Generator
) -> Iterator[dict[str, Any]]:
    for (product, share), (region, part) in combinations(PRODUCTS.items(), REGIONS.items()):
        for _ in range(int(random.poisson(COMPLAINTS * volume * share * part * world.complaints.get(region, 1.0)))):
            topic = world.topic.get(region) or str(random.choice(list(TOPICS), p=list(TOPICS.values())))
            yield {
                "kind": "complaint",
                "text": TEXTS[topic][int(random.integers(len(TEXTS[topic])))],
                "time": start + seconds * float(random.random()),
                "id": _id(random),
                "customer": f"c{int(random.integers(1_000_000))}",
                "segment": {"product": product, "region": region},
            }


def _somewhere(random: np.random.Generator) -> Labels:
    return {
        "product": str(random.choice(list(PRODUCTS), p=list(PRODUCTS.values()))),
        "region": str(random.choice(list(REGIONS), p=list(REGIONS.values()))),
        "platform": str(random.choice(list(PLATFORMS), p=list(PLATFORMS.values()))),
    }


def _id(random: np.random.Generator) -> str:
    return f"{int(random.integers(2**63)):x}"


def spread(median: float, sigma: float, points: int = 90) -> tuple[Floats, Floats]:
    """Return (values, chances) that stand for a lognormal on a fine logarithmic grid."""
    edges = np.linspace(-4.0, 4.0, points + 1)
    below = np.array([0.5 * (1 + math.erf(edge / math.sqrt(2))) for edge in edges])
    chances = np.diff(below)
    values = median * np.exp(sigma * (edges[:-1] + edges[1:]) / 2)
    return values, chances / chances.sum()
