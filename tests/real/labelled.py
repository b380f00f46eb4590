"""Recorded series whose bad stretches somebody has labelled, as gauges; and what the rules found of them."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from andon.runners.report import Fired, Report
from tests.real.shared import ROOT

HOUR, MINUTE = 3600.0, 60.0
LATENESS = 30.0
"""How long after a look's end it is judged."""
LEARNING = 200
"""Looks until the level detector has learnt what is usual: what is labelled before cannot call anybody."""
GRACE = 3
"""Points after a label's end in which an alert still counts as of it."""

RULES = """\
defaults: {policy: default, owner: services, no_data: hold}
rules:
  - name: crash rate
    id: crash
    watch: "gauge:crash_rate"
    by: [service]
    group: {by: [service]}
    every: 1h
    clear_after: 3h
    when: {rises: true, false_alarms: 1 per 1000h}
  - name: dependency latency
    id: latency
    watch: "gauge:dependency_latency"
    by: [service]
    group: {by: [service]}
    every: 1h
    clear_after: 3h
    when: {rises: true, false_alarms: 1 per 1000h}
  - name: traffic by the hour
    id: hourly
    watch: "gauge:traffic_by_hour"
    by: [service]
    group: {by: [service]}
    every: 1h
    clear_after: 3h
    when: {changes: true, false_alarms: 1 per 1000h}
  - name: traffic
    id: traffic
    watch: "gauge:traffic"
    by: [service]
    group: {by: [service]}
    every: 5m
    clear_after: 15m
    when: {changes: true, false_alarms: 1 per 5000m}
"""
"""One false alarm in 1,000 looks is accepted, of each series; the detector is told nothing else."""

KINDS = {
    "application-crash-rate-1": ("crash_rate", HOUR),
    "application-crash-rate-2": ("crash_rate", HOUR),
    "middle-tier-api-dependency-latency": ("dependency_latency", HOUR),
    "consumer-purchase-rate": ("traffic_by_hour", HOUR),
    "ecommerce-api-incoming-rps": ("traffic_by_hour", HOUR),
    "data-ingress-rate": ("traffic", 5 * MINUTE),
    "mongodb-application-rps": ("traffic", 5 * MINUTE),
    "mongodb-machine-rps": ("traffic", 5 * MINUTE),
    "service-unavailable": ("traffic", 5 * MINUTE),
}
"""Which gauge a folder's series become, and the seconds between two looks at it."""


@dataclass(frozen=True)
class Stretch:
    """A labelled stretch: the times of its first and last point."""

    begin: float
    end: float


@dataclass(frozen=True)
class Series:
    """A recorded series: its service's name, its gauge, its points (time, value), how long a look is."""

    service: str
    gauge: str
    every: float
    points: tuple[tuple[float, float], ...]
    labels: tuple[bool, ...]

    @property
    def stretches(self) -> list[Stretch]:
        """What is labelled, oldest first."""
        found = []
        for bad, run in groupby(zip(self.labels, self.points, strict=True), key=itemgetter(0)):
            times = [point[0] for _, point in run]
            if bad:
                found.append(Stretch(times[0], times[-1]))
        return found

    @property
    def learnt(self) -> float:
        """When its detector can have learnt what is usual."""
        return self.points[0][0] + LEARNING * self.every

    @property
    def looks(self) -> int:
        """How many looks there are after that."""
        return max(0, math.ceil((self.points[-1][0] + self.every - self.learnt) / self.every))


@dataclass(frozen=True)
class Found:
    """A labelled stretch with the first alert of it, or an alert that no label asked for; `delay` in looks."""

    series: Series
    stretch: Stretch | None
    alert: Fired | None = None
    delay: int | None = None

    @property
    def judged(self) -> bool:
        """Whether the detector had learnt by then."""
        at = self.stretch.begin if self.stretch else self.alert.at if self.alert else 0.0
        return at >= self.series.learnt


@dataclass
class Sum:
    """What it comes to: stretches that began once there was something to know them by, those found, false alarms."""

    stretches: int = 0
    found: int = 0
    false: int = 0
    looks: int = 0
    delays: list[int] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """The share of the stretches that was found."""
        return self.found / self.stretches if self.stretches else math.nan

    @property
    def false_per_thousand(self) -> float:
        """Alerts outside labelled stretches in 1,000 looks."""
        return 1000 * self.false / self.looks if self.looks else math.nan


def folder(name: str, services: Sequence[str] = ()) -> list[Series]:
    """Return a folder's series, or those named."""
    gauge, every = KINDS[name]
    paths = sorted((ROOT / "cloud-monitoring" / name).glob("*.csv"))
    return [_read(path, gauge, every) for path in paths if not services or path.stem in services]


def _read(path: Path, gauge: str, every: float) -> Series:
    with path.open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    told = [(_time(when), float(value), float(label) > 0) for when, value, label in rows if value]
    told.sort()
    return Series(path.stem, gauge, every, tuple((at, x) for at, x, _ in told), tuple(bad for _, _, bad in told))


def _time(text: str) -> float:
    when = datetime.fromisoformat(text)
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def signals(series: Iterable[Series]) -> list[bytes]:
    """Return all points as NDJSON signals in the order of time."""
    told = sorted((at, one.service, one.gauge, value) for one in series for at, value in one.points)
    return [
        json.dumps(
            {"kind": "gauge", "name": gauge, "value": value, "time": at, "segment": {"service": service}}
        ).encode()
        for at, service, gauge, value in told
    ]


def compare(series: Iterable[Series], report: Report) -> Iterator[Found]:
    """Yield every labelled stretch with its alert, then every alert without a stretch, series by series."""
    for one in series:
        alerts = [alert for alert in report.alerts if alert.segment.get("service") == one.service]
        left = list(alerts)
        for stretch in one.stretches:
            mine = [alert for alert in alerts if _of(one, alert, stretch)]
            left = [alert for alert in left if alert not in mine]
            # One that still fires from before tells of it at once.
            first = next((alert for alert in mine if not alert.learning), mine[0] if mine else None)
            yield Found(one, stretch, first, _delay(one, first, stretch) if first else None)
        yield from (Found(one, None, alert) for alert in left)


def _of(series: Series, alert: Fired, stretch: Stretch) -> bool:
    begun = alert.at - LATENESS
    fires_inside = stretch.begin - series.every < begun <= stretch.end + (1 + GRACE) * series.every
    fires_on = begun <= stretch.begin and (alert.good is None or alert.good > stretch.begin)
    return fires_inside or fires_on


def _delay(series: Series, alert: Fired, stretch: Stretch) -> int:
    """Looks between the one that holds the first bad point, which would be 0, and the one that called."""
    return max(0, round((alert.at - LATENESS - series.every - stretch.begin) // series.every))


def sum_up(series: Sequence[Series], found: Iterable[Found]) -> Sum:
    """Count what was found among what could be."""
    total = Sum(looks=sum(one.looks for one in series))
    for one in found:
        if not one.judged:
            continue
        called = one.alert is not None and not one.alert.learning
        total.stretches += one.stretch is not None
        total.found += one.stretch is not None and called
        total.false += one.stretch is None and called
        if called and one.delay is not None:
            total.delays.append(one.delay)
    return total
