"""An engine with very many series, and every detector that andon ships at work on each of them."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from andon.bank.bank import Bank
from andon.engine import Engine
from andon.ingest.picked import Picked
from andon.model import KINDS, Batch, Kind, Labels
from andon.plugins import detectors
from andon.rulebook.load import load
from andon.rulebook.model import Rulebook
from andon.streams.streams import Streams

START = 1_767_225_600.0
"""2026-01-01."""
GROUP = 10_000
"""Series of one projection: as many as streams allow it."""
REGIONS, PLATFORMS = 25, 20
PEOPLE = """
version: 1
people: {ann: {name: Ann, console: screen}}
owners: {everyone: {on-duty: [ann], lead: ann}}
policies: {default: {yellow: [{notify: on-duty}], red: [{notify: on-duty}]}}
rules:
"""
RULES = """
  - {name: "level PRODUCT", watch: p95, WHICH, when: {rises: true, false_alarms: 1 per 90d, at_least: {n: 100}}}
  - {name: "proportion PRODUCT", watch: slow_share, target: 800ms, WHICH, when: {rises: true, false_alarms: 1 per 90d}}
  - {name: "burn rate PRODUCT", watch: slow_share, target: 800ms, WHICH, when: {burns: {budget: 1%, of: 30d}}}
  - {name: "threshold PRODUCT", watch: p95, WHICH, when: {above: 60000, over: EVERY}}
  - {name: "count PRODUCT", watch: requests, WHICH, when: {rises: true, false_alarms: 1 per 90d}}
  - {name: "silence PRODUCT", watch: requests, WHICH, when: {silent: 12h, expected: usual}}
"""


def rules(series: int, every: str = "1m", *, in_turn: bool = False) -> str:
    """Return a rulebook by which that many series of latency are watched, each group by six rules, or by one in turn."""
    which = f"where: {{product: PRODUCT}}, by: [region, platform, version], every: {every}"
    of_one = RULES.replace("WHICH", which).replace("EVERY", every).strip("\n").split("\n")
    groups = [[of_one[one % len(of_one)]] if in_turn else of_one for one in range(-(-series // GROUP))]
    return PEOPLE + "".join(
        f"{line}\n".replace("PRODUCT", f"p{one}") for one, group in enumerate(groups) for line in group
    )


def book(written: str) -> Rulebook:
    """Return a rulebook as it was written."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "rules.yml").write_text(written, encoding="utf-8")
        return load(Path(folder), {})


def engine(book: Rulebook) -> Engine:
    """Return an empty engine for it, on the clock of arrival."""
    streams = Streams(list(dict.fromkeys(rule.projection for rule in book.rules.values())), book.scales, book.topics)
    bank = Bank(list(book.rules.values()), streams, detectors())
    return Engine(streams, bank, lateness=book.lateness, by_events=False)


def load_of(
    series: int, looks: int, every: float, each: int = 1, begin: float = START, seed: int = 5
) -> Iterator[Batch]:
    """Yield a batch a look, from `begin` on: `each` latencies of every series, spread over the look."""
    table, rng = _segments(series), np.random.default_rng(seed)
    segments = Picked(table, np.arange(series))
    size = series * each
    for look in range(looks):
        at = begin + look * every
        yield Batch(
            arrived=at + every,
            segments=segments,
            names=("",),
            kind=np.full(size, KINDS.index(Kind.LATENCY), np.uint8),
            segment=np.repeat(np.arange(series, dtype=np.int32), each),
            name=np.zeros(size, np.int32),
            value=rng.normal(150.0, 10.0, size),
            of=np.ones(size),
            time=at + rng.random(size) * every,
            ahead=np.zeros(size, np.bool_),
        )


def _segments(series: int) -> list[Labels]:
    groups, versions = -(-series // GROUP), GROUP // (REGIONS * PLATFORMS)
    every = itertools.product(range(groups), range(REGIONS), range(PLATFORMS), range(versions))
    return [
        {"product": f"p{p}", "region": f"r{r}", "platform": f"os-{f}", "version": f"8.{v}"}
        for p, r, f, v in itertools.islice(every, series)
    ]
