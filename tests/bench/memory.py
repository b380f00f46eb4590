"""Bytes a series of detector state, with every detector that is shipped at work on it, and whether a week adds any."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tests.bench import Row, at_most
from tests.bench._child import told
from tests.bench._held import DAY, Held

MOST = 4096.0
SERIES, LOOKS = 100_000, 3
STEADY, HOURLY = 2_000, 20
"""Series of the week, and signals of each an hour."""
HOUR = 3600
FLAT = 1.05


def bench(series: int = SERIES, steady: int = STEADY, days: int = 7) -> list[Row]:
    """Return what 100,000 series hold, and what fewer hold after a day and after a week of steady load."""
    full = _held(series, LOOKS, 60, 1)[-1]
    week = _held(steady, days * 24, HOUR, HOURLY)
    day, end = (next(one for one in week if one.at >= until * DAY) for until in (1, days))
    return [*_size(full), *_growth(day, end, days)]


def _size(full: Held) -> list[Row]:
    what = f"{full.series:,} series, each judged by all 6 detectors (level, proportion, burn rate, threshold, count, silence): "
    each, beside = "bytes a series", "4 KiB"
    rest = full.process - full.detectors - full.alerts
    return [
        at_most(
            what + "detectors' state, the arrays as allocated", full.detectors / full.series, each, beside, MOST, 1.0
        ),
        at_most(what + "that and their 7 alert rows", _state(full) / full.series, each, beside, MOST, 1.0),
        at_most(what + "resident memory gained in all", full.process / full.series, each, beside, MOST, 0.0),
        at_most(what + "of it not state: names, frames, samples", rest / full.series, each, beside, MOST, 0.0),
        at_most(what + f"frames held after {LOOKS} minutes", full.frames / full.series, each, beside, MOST, 0.0),
    ]


def _growth(day: Held, end: Held, days: int) -> list[Row]:
    what = f"{end.series:,} steady series of latency, {HOURLY} signals an hour each, after {days} days: "
    each, beside = "bytes a series", "after 1 day"
    pairs = [
        ("state", _state(end), _state(day), FLAT),
        ("frames held (1 min for a day, 5 min for a fortnight, 1 h for 90 days)", end.frames, day.frames, 0.0),
        ("resident memory but for frames' cells", end.process - end.frames, day.process - day.frames, 0.0),
        ("resident memory gained in all", end.process, day.process, 0.0),
    ]
    return [
        at_most(what + name, now / end.series, each, beside, then / day.series, goal) for name, now, then, goal in pairs
    ]


def _state(held: Held) -> int:
    return held.detectors + held.alerts


def _held(series: int, looks: int, every: int, each: int) -> Sequence[Held]:
    words = (str(word) for word in (series, looks, every, each))
    return msgspec.convert(told("tests.bench._held", *words), list[Held])
