"""The bank's state as bytes, and back: kept by names, so that an edit of the rulebook forgets only what it touches.

An alert is found again by its rule's id, the rule's series and the segment's labels; a detector's state by the hash of
all it depends on as well. An alert that had been called and is not found again is RETIRED.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from andon.bank.each import Crowd
from andon.bank.findings import Gone
from andon.bank.judge import Judge
from andon.bank.probe import Probe, sameness
from andon.bank.table import Column
from andon.errors import ConfigError
from andon.model import Ints, Labels
from andon.streams.streams import Streams

FORMAT = 2
"""2: an alert also tells since when it has been firing without a break (`steady`)."""
NEWER = frozenset({"steady"})
"""Arrays of alerts that an earlier format lacks."""


class Kept(msgspec.Struct, frozen=True):
    """One rule's state: `series` names whose rows these are, `called` those of them (by place) that had been called.

    `condition` are the signatures of the tests that fire it; `tests` pairs each test's signature with its arrays.
    """

    rule: str
    series: str
    end: float
    allotted: float
    condition: list[str]
    alerts: dict[str, Column]
    tests: list[tuple[str, dict[str, Column]]]
    called: dict[int, Gone]


class Saved(msgspec.Struct, frozen=True):
    """A snapshot's layout; `FORMAT` numbers it. `segments` are the labels of each set of series, in the rows' order."""

    format: int
    end: float
    segments: dict[str, list[Labels]]
    rules: list[Kept]
    crowds: list[Crowd]
    overflowed: list[str]
    waiting: list[Gone]
    gone: list[Gone]
    told: float = -math.inf


class _Number(msgspec.Struct):
    format: int


def encode(saved: Saved) -> bytes:
    """Return a snapshot as bytes."""
    return msgspec.msgpack.encode(saved)


def decode(data: bytes) -> Saved:
    """Return a snapshot from its bytes; ConfigError: it was written by a version that this one does not know."""
    number = msgspec.msgpack.decode(data, type=_Number).format
    if number > FORMAT:
        raise ConfigError(
            f"the bank's snapshot has format {number}; this version reads up to {FORMAT}: start it with the version that wrote it"
        )
    return msgspec.msgpack.decode(data, type=Saved)


def keep(judge: Judge, streams: Streams) -> Kept:
    """Return a rule's state, in the order of its live rows."""
    rows = streams.rows(judge.rule.projection)
    judge.grow(rows)
    return Kept(
        rule=judge.rule.id,
        series=sameness(judge.rule),
        end=judge.end,
        allotted=judge.allotted,
        condition=_signatures(judge),
        alerts=judge.alerts.pack(rows),
        tests=[(probe.signature, probe.table.pack(rows)) for probe in judge.probes],
        called={int(np.searchsorted(rows, row)): judge.gone(row) for row in sorted(judge.called)},
    )


def restore(judge: Judge, kept: Kept, segments: Sequence[Labels], streams: Streams) -> list[Gone]:
    """Take up what still fits of a rule's state; return the alerts that it leaves behind.

    Where the tests that fire it were edited, its alerts begin anew: what they were judged by is no more. A test whose
    state has another layout now is left to `outdated`.
    """
    if kept.series != sameness(judge.rule):
        return list(kept.called.values())
    rows, places = _matched(judge, segments, streams)
    judge.grow(rows)
    _restore_tests(judge, kept, rows, places)
    judge.end, judge.allotted = kept.end, kept.allotted
    if not _same(judge, kept.condition) or not judge.alerts.unpack(rows, kept.alerts, places, NEWER):
        return list(kept.called.values())
    if not judge.settles:  # what an earlier rulebook counted would be counted on by a later one
        judge.alerts.arrays["steady"][rows] = np.nan
    found = dict(zip(places.tolist(), rows.tolist(), strict=True))
    judge.called = {found[place]: one.segment for place, one in kept.called.items() if place in found}
    return [one for place, one in kept.called.items() if place not in found]


def outdated(judge: Judge, kept: Kept) -> list[Probe]:
    """Return the tests whose state was kept in a layout that is read no more."""
    names = {name for name, _ in kept.tests}
    return [probe for probe in judge.probes if probe.signature not in names and probe.earlier & names]


def _restore_tests(judge: Judge, kept: Kept, rows: Ints, places: Ints) -> None:
    stored: dict[str, list[dict[str, Column]]] = {}
    for name, columns in kept.tests:
        stored.setdefault(name, []).append(columns)
    for probe in judge.probes:
        if stored.get(probe.signature):
            probe.table.unpack(rows, stored[probe.signature].pop(0), places)


def _signatures(judge: Judge) -> list[str]:
    return [probe.signature for probe in judge.condition.probes]


def _same(judge: Judge, condition: Sequence[str]) -> bool:
    """Tell whether the tests that fire a rule are those that did, in whatever layout they were kept."""
    probes = judge.condition.probes
    pairs = zip(probes, condition, strict=False)
    return len(probes) == len(condition) and all(name in {probe.signature, *probe.earlier} for probe, name in pairs)


def _matched(judge: Judge, segments: Sequence[Labels], streams: Streams) -> tuple[Ints, Ints]:
    """Return the live rows that have a place in a snapshot, and those places."""
    projection = judge.rule.projection
    rows = streams.rows(projection)
    live = streams.keys(projection, rows)
    kept = [tuple([labels.get(name, "") for name in projection.by]) for labels in segments]
    if kept == live:  # as after every restart: nobody came or went
        return rows, np.arange(len(rows))
    place = {key: index for index, key in enumerate(kept)}
    places = np.array([place.get(key, -1) for key in live], dtype=np.int64)
    return rows[places >= 0], places[places >= 0]
