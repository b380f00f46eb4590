"""A service with an oven, a store that is away at times, and what is fed to them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from andon.app import Andon, Outside, assemble
from andon.errors import Unavailable
from andon.log.memory import MemoryLog
from andon.model import Outcome
from andon.rulebook.load import load
from andon.rulebook.model import Rulebook
from andon.store.memory import MemoryStore
from tests.acceptance.timeline import HandClock, Phone, Story

NOW = 1_772_445_600.0
HEAD = """\
version: 1
people:
  ana: {name: Ana, slack: U01}
  bo: {name: Bo, slack: U02}
owners:
  shop: {on-duty: [ana], lead: bo}
  bar: {on-duty: [bo], lead: ana}
  everyone: {on-duty: [bo], lead: ana}
policies:
  default: {yellow: [{notify: on-duty, by: [slack]}, {after: 5m, unless: acked, notify: lead, by: [slack]}], red: [{notify: lead, by: [slack]}]}
promises: {yellow: {respond: 10m, resolve: 2h, clock: always}, red: {respond: 5m, resolve: 1h, clock: always}}
defaults: {policy: default, owner: shop, every: 1m, clear_after: 3m}
scales: {taste: {low: 1, high: 10, good: 9..10, bad: 1..4}}
rules:
  - {name: slow, id: slow, watch: p95, by: [product], when: {above: 800ms, over: 5m}}
"""
OVEN = '  - {name: hot, id: oven, watch: "gauge:heat", by: [shop], owner: OWNER, when: {above: 240, over: 1m}}\n'
HOT = HEAD + OVEN.replace("OWNER", "shop")
PULL = b'{"kind":"pull","by":"ana","text":"help","owner":"shop"}'


def book(text: str, tmp_path: Path) -> Rulebook:
    (tmp_path / "book.yml").write_text(text)
    return load(tmp_path, {})


def heat(minute: float, value: float, shop: str = "north") -> bytes:
    segment = {"shop": shop}
    return json.dumps(
        {"kind": "gauge", "name": "heat", "value": value, "time": NOW + minute * 60, "segment": segment}
    ).encode()


class Flaky(MemoryStore):
    """A store that is away at some of its writes, before or after they were done."""

    def __init__(self, *faults: str) -> None:
        super().__init__()
        self.faults: Iterator[str] = iter(faults)

    async def commit(self, outcome: Outcome, wake: float | None) -> None:
        fault = next(self.faults, "")
        if fault == "before":
            raise Unavailable("gone before it was written")
        await super().commit(outcome, wake)
        if fault == "after":
            raise Unavailable("gone before it could say so")

    async def saved(self) -> tuple[bytes, str] | None:
        if next(self.faults, "") == "before":
            raise Unavailable("gone")
        return await super().saved()


def made(rules: Rulebook, store: MemoryStore | None = None, log: MemoryLog | None = None) -> Andon:
    story = Story(HEAD)
    outside: Outside = replace(
        story.andon.outside,
        store=store or MemoryStore(),
        log=log or MemoryLog(),
        clock=HandClock(NOW),
        channels={"slack": Phone("slack")},
    )
    return assemble(rules, outside)


async def feed(andon: Andon, minute: float, *lines: bytes) -> None:
    """Let lines come in at a minute, and pass on all that is in the log."""
    clock = andon.outside.clock
    assert isinstance(clock, HandClock)
    clock.time = NOW + minute * 60
    if lines:
        await andon.receive(b"\n".join(lines), "application/x-ndjson", "", "")
    await andon.outside.log.append(clock.time, None)
    await work(andon)


async def pass_on_all(andon: Andon) -> None:
    for entry in await andon.outside.log.read(andon.position):
        await andon.pass_on(entry)


async def work(andon: Andon) -> None:
    """What `andon up` does: pass on; after a fault go back to what was saved, and read on from there."""
    for _ in range(200):
        try:
            await pass_on_all(andon)
        except Unavailable:
            while True:
                try:
                    await andon.resume()
                except Unavailable:
                    continue
                break
            continue
        return
    raise AssertionError("it never got through")


async def oven_gets_hot(andon: Andon, minutes: int = 4) -> None:
    for minute in range(minutes):
        await feed(andon, minute, heat(minute - 0.01, 300.0))
