"""The bench's rules, and a door with an engine behind it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from andon.bank.bank import Bank
from andon.engine import Engine
from andon.ingest.batch import decode, encode
from andon.ingest.door import Door
from andon.plugins import detectors
from andon.rulebook.load import load
from andon.rulebook.model import Rulebook
from andon.streams.limits import Limits
from andon.streams.streams import Streams
from tests.bench._traffic import Traffic

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


def rulebook() -> Rulebook:
    """Return the rules of the bench: one over all 2,000 series, and one of each family beside it."""
    with tempfile.TemporaryDirectory() as directory:
        (Path(directory) / "rules.yml").write_text(RULES, encoding="utf-8")
        return load(Path(directory), {})


class House:
    """A door and the engine behind it."""

    def __init__(self, book: Rulebook, limits: Limits) -> None:
        self._door = Door(book.scales, b"0" * 32, RETENTION)
        projections = list(dict.fromkeys(rule.projection for rule in book.rules.values()))
        streams = Streams(projections, book.scales, book.topics, limits)
        bank = Bank(list(book.rules.values()), streams, detectors())
        self.engine = Engine(streams, bank, lateness=book.lateness, by_events=False)

    def take(self, given: Traffic, *, logged: bool = False) -> None:
        """Take traffic through door, frames and looks, and if `logged` through the log's bytes too."""
        for at, body in given.bodies:
            batch = self._door.open(body, at).batch
            for _ in self.engine.take(decode(encode(batch)) if logged else batch):
                pass


def judged(given: Traffic, book: Rulebook, *, logged: bool = False) -> Engine:
    """Return an engine that has taken traffic."""
    house = House(book, Limits())
    house.take(given, logged=logged)
    return house.engine


def pin() -> None:
    """Stay on one core where the system lets us."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
