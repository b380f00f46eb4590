"""Dated reviews of airport lounges: the overall rating on a scale of 1 to 10, and what those who gave less than 5 wrote."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from typing import Any

import msgspec

from andon.ingest.table import signals
from tests.real.shared import ROOT

FILE = ROOT / "reviews" / "lounge.csv"
MAPPING = ("time=date", "value=overall_rating", "segment.airline=airline_name", "segment.type=lounge_type")
RATING = ("kind=rating", "name=lounge")
COMPLAINT = ("time=date", "text=content", "segment.airline=airline_name", "segment.type=lounge_type")
BELOW = 5.0

RULES = """\
scales:
  lounge: {low: 1, high: 10, good: 9..10, bad: 1..4}
topics:
  crowding: [crowded, overcrowded, no seats, nowhere to sit, full, packed, busy]
  food: [food, snacks, breakfast, sandwiches, buffet]
  staff: [rude, unfriendly, unhelpful, staff, attitude]
  wifi: [wifi, wi-fi, internet]
defaults: {policy: default, owner: services, every: 1d, clear_after: 30d}
rules:
  - {name: bad lounges, id: bad, watch: "bad_share:lounge", when: {rises: true, false_alarms: 1 per 365d}}
  - {name: complaints, id: complaints, watch: complaints, when: {rises: true, false_alarms: 1 per 365d}}
  - {name: crowded, id: crowded, watch: "complaints:crowding", when: {rises: true, false_alarms: 1 per 365d}}
  - {name: food, id: food, watch: "complaints:food", when: {rises: true, false_alarms: 1 per 365d}}
  - {name: staff, id: staff, watch: "complaints:staff", when: {rises: true, false_alarms: 1 per 365d}}
  - {name: too many bad ones, id: many, watch: "bad_share:lounge", when: {above: 90%, over: 28d, at_least: {n: 20}}}
"""


def rows() -> list[dict[str, str]]:
    """Return the reviews, oldest first."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return sorted(csv.DictReader(file), key=lambda row: row["date"])


def table(some: Sequence[dict[str, str]]) -> bytes:
    """Return reviews as CSV again."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(some[0]))
    writer.writeheader()
    writer.writerows(some)
    return out.getvalue().encode()


def lines(since: str = "") -> list[bytes]:
    """Return ratings and complaints from a date on as NDJSON signals, by the CSV's mapping, in the order of time."""
    every = [row for row in rows() if row["date"] >= since]
    below = [row for row in every if float(row["overall_rating"] or math.inf) < BELOW]
    ratings = signals(io.BytesIO(table(every)), MAPPING, RATING)
    complaints = signals(io.BytesIO(table(below)), COMPLAINT, ["kind=complaint"])
    return sorted([*ratings, *complaints], key=_time)


def _time(line: bytes) -> str:
    signal: dict[str, Any] = msgspec.json.decode(line)
    return str(signal["time"])
