"""A few hours of an invented shop's customers, with everything in it that goes wrong on the way: seeded, so always the same."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np

START = 1_772_359_200.0  # 2026-03-01T10:00:00Z
HOUR = 3600.0

BOOK = """\
version: 1
people:
  ana: {name: Ana, zone: Europe/Madrid, lang: en, console: screen}
  bo:  {name: Bo, zone: Asia/Shanghai, lang: zh, console: screen}
owners:
  shop:     {on-duty: [ana], lead: bo, room: {console: shop}}
  everyone: {on-duty: [bo], lead: ana, room: {console: everyone}}
promises:
  yellow: {respond: 10m, resolve: 2h, clock: always}
  red:    {respond: 5m, resolve: 1h, clock: always}
policies:
  default:
    rounds: 2
    yellow: [{notify: [on-duty, room], by: [console]}, {after: 5m, unless: acked, notify: lead, by: [console]}]
    red:    [{notify: [on-duty, lead], by: [console]}, {after: 5m, unless: acked, notify: owner:everyone, by: [console]}]
defaults: {policy: default, owner: shop, every: 1m, clear_after: 10m}
topics:
  late: [late, 迟到]
rules:
  - name: the app crashes
    id: crashes
    watch: crash_rate
    by: [platform]
    when: {above: 2%, over: 10m, at_least: {n: 50}}
    worsens: [{after: 15m, unless: acked, tier: red}]
  - {name: paying is slow, id: slow, watch: p95, where: {journey: pay}, when: {above: 800ms, over: 5m}, tier: red}
  - {name: the oven is hot, id: oven, watch: "gauge:heat", by: [shop], every: 5m, when: {above: 240, over: 5m}}
  - {name: complaints burst, id: burst, watch: complaints, by: [region], when: {above: 20, over: 10m}}
  - {name: unhappy, id: unhappy, watch: csat, by: [product], every: 5m, when: {falls: true, false_alarms: 1 per 2h}}
  - name: one furious guest
    id: furious
    watch: ratings
    each: {stars: {below: 2}, guest: vip}
    group: {by: [product], wait: 30s}
  - {name: orders stand still, id: orders, watch: "counter:orders", when: {below: 1, over: 15m}, no_data: ok, tier: watch}
"""


def signals(hours: float = 4.0, seed: int = 7) -> list[bytes]:
    """Return NDJSON lines in the order in which they came in."""
    rng = np.random.default_rng(seed)
    told: list[tuple[float, dict[str, object]]] = []
    for second in np.arange(0.0, hours * HOUR, 20.0).tolist():
        told += _moment(rng, START + second, second / 60.0)
    told += _said()
    lines = [json.dumps(signal, ensure_ascii=False).encode() for _, signal in sorted(told, key=lambda one: one[0])]
    return _spoiled(rng, lines)


def _moment(rng: np.random.Generator, at: float, minute: float) -> list[tuple[float, dict[str, object]]]:
    """What comes in within twenty seconds; some of it a quarter of an hour late, or out of order."""
    bad = 60 <= minute < 100
    late = 900.0 * (rng.random() < 0.03)
    platform, product, region = rng.choice(["ios", "web"]), rng.choice(["food", "shop"]), rng.choice(["east", "west"])
    crashes = int(rng.binomial(40, 0.08 if bad and platform == "ios" else 0.005))
    journey = {"journey": str(rng.choice(["pay", "browse"]))}
    found: list[dict[str, object]] = [
        {"kind": "crash", "value": crashes, "of": 40, "segment": {"platform": str(platform)}},
        {"kind": "latency", "value": float(rng.gamma(4, 400 if 150 <= minute < 170 else 60)), "segment": journey},
        {
            "kind": "rating",
            "name": "csat",
            "value": int(rng.integers(1, 4 if bad else 6)),
            "segment": {"product": str(product)},
            "id": f"r{at}",
        },
        {
            "kind": "gauge",
            "name": "heat",
            "value": 200 + minute / 3 % 60 + rng.normal(),
            "segment": {"shop": str(region)},
        },
    ]
    if rng.random() < (0.9 if 120 <= minute < 140 else 0.05):
        found.append({"kind": "complaint", "text": "so late, 迟到了", "segment": {"region": "east"}, "id": f"c{at}"})
    if rng.random() < 0.02:
        guest = {"guest": "vip", "product": str(product)}
        found.append(
            {"kind": "rating", "name": "stars", "value": 1, "segment": guest, "text": "never again", "id": f"s{at}"}
        )
    if minute < 200:
        found.append({"kind": "counter", "name": "orders", "value": 3})
    for signal in found:
        signal["time"] = round(at + float(rng.uniform(-10, 10)) - late, 3)
    return [(at, signal) for signal in found]


def _said() -> list[tuple[float, dict[str, object]]]:
    pull: dict[str, object] = {
        "kind": "pull",
        "by": "ana",
        "text": "the till is stuck",
        "segment": {"product": "food"},
        "id": "p1",
    }
    change: dict[str, object] = {"kind": "change", "name": "ios 4.2", "segment": {"platform": "ios"}, "id": "ch1"}
    return [
        (START + 58 * 60, change | {"time": "2026-03-01T10:58:00Z"}),
        (START + 80 * 60 + 3, pull | {"time": START + 80 * 60 + 3}),
        (START + 80 * 60 + 4, {"kind": "pull", "text": "no time, nobody named"}),
    ]


def _spoiled(rng: np.random.Generator, lines: list[bytes]) -> list[bytes]:
    """Repeat some lines, break some, and put rubbish between them."""
    rubbish = [
        b"{", b"\xff\xfe", b"[1, 2]", b'"text"', b"null", b'{"kind":"rating","name":"csat","value":9}',
        b'{"kind":"gauge","value":1}', b'{"kind":"crash","value":NaN,"of":3}', b'{"kind":"latency","value":5,"time":1}',
        b'{"kind":"latency","value":5,"time":"yesterday"}', b'{"kind":"complaint"}{"kind":"complaint"}',
        b'{"kind":"complaint",', b'"text":"two lines"}', b'{"kind":"complaint","text":"' + b"x" * 300_000 + b'"', b"  ", b"",
        b'  {"kind":"complaint","text":"indented"}\r',
    ]  # fmt: skip
    out: list[bytes] = []
    for before, line in pairwise([b"", *lines]):
        out.append(line)
        if before and rng.random() < 0.03:
            out.append(before)
        if rng.random() < 0.02:
            out.append(rubbish[int(rng.integers(len(rubbish)))])
    return out + rubbish
