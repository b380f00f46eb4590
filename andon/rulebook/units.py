"""How a rulebook writes durations, shares, promises, hours and days; each reader says what is allowed when it refuses."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_NUMBER = r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
_DURATION = re.compile(rf"{_NUMBER}([smhd])", re.ASCII)
_SHARE = re.compile(rf"{_NUMBER}%", re.ASCII)
_POINTS = re.compile(rf"{_NUMBER}pp", re.ASCII)
_MILLIS = re.compile(rf"{_NUMBER}(ms|s)", re.ASCII)
_FACTOR = re.compile(rf"{_NUMBER}x", re.ASCII)
_PROMISE = re.compile(rf"{_NUMBER} per ([0-9.]+[smhd])( in all)?", re.ASCII)
_TIME = re.compile(r"([0-9]{2}):([0-9]{2})", re.ASCII)
_WALL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}", re.ASCII)
_RANGE = re.compile(r"(-?[0-9]{1,6})\.\.(-?[0-9]{1,6})", re.ASCII)
FRAME = 10.0
LONGEST = 400 * 86400.0
"""No duration in a rulebook is longer than this many seconds."""


def said(value: object) -> str:
    """Return a value as a message quotes it: short, in quotes where it is text."""
    text = (
        repr(value)
        if isinstance(value, str)
        else "true"
        if value is True
        else "false"
        if value is False
        else str(value)
    )
    if value is None:
        return "nothing"
    return text if len(text) <= 60 else text[:57] + "..."


def near(word: str, choices: Iterable[str]) -> str:
    """Return "; did you mean ...?" for a word close to one of the choices, else ""."""
    found = difflib.get_close_matches(word[:100], sorted(choices), n=1)
    return f"; did you mean {found[0]!r}?" if found else ""


def choose(word: str, choices: Iterable[str], what: str) -> str:
    """Return a sentence that says a name is not known, which are, and which was probably meant."""
    known = sorted(choices)
    listed = ", ".join(known[:30]) + (f" and {len(known) - 30} more" if len(known) > 30 else "")
    return f"read {said(word)}; no {what} has that name{near(word, known)} Known: {listed or 'none'}".replace(
        "name Known", "name. Known"
    )


def duration(value: object) -> float:
    """Return the seconds of `90s`, `15m`, `4h`, `30d`; ValueError says what is allowed."""
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError(f"read {said(value)}; allowed: a duration such as 90s, 15m, 4h, 30d")
    seconds = float(found[1]) * _SECONDS[found[2]]
    if seconds > LONGEST:
        raise ValueError(f"read {said(value)}; allowed: at most 400d")
    return seconds


def length(value: object) -> float:
    """Return the seconds of a duration that is longer than nothing."""
    seconds = duration(value)
    if seconds <= 0:
        raise ValueError(f"read {said(value)}; allowed: a duration longer than nothing, such as 15m")
    return seconds


def frames(value: object) -> float:
    """Return the seconds of a duration that is whole frames: signals are counted by 10 s, and looked at no finer."""
    seconds = length(value)
    if seconds % FRAME:
        raise ValueError(f"read {said(value)}; allowed: a multiple of 10s, such as 30s, 1m, 5m")
    return seconds


def share(value: object) -> float:
    """Return 0.2 for `20%`."""
    found = _SHARE.fullmatch(value) if isinstance(value, str) else None
    if not found or not 0 < float(found[1]) <= 1000:
        raise ValueError(f"read {said(value)}; allowed: a share such as 1%, 20%")
    return float(found[1]) / 100


def milliseconds(value: object) -> float:
    """Return the milliseconds of `800ms` or `1.5s`."""
    found = _MILLIS.fullmatch(value) if isinstance(value, str) else None
    if not found or not 0 < float(found[1]) < 1e8:
        raise ValueError(f"read {said(value)}; allowed: a time such as 800ms, 1.5s")
    return float(found[1]) * (1000 if found[2] == "s" else 1)


def factor(value: object) -> float:
    """Return 4.0 for `4x`."""
    found = _FACTOR.fullmatch(value) if isinstance(value, str) else None
    if not found or not 0 < float(found[1]) <= 1000:
        raise ValueError(f"read {said(value)}; allowed: a factor such as 4x, 0.5x, 3x..6x")
    return float(found[1])


def factors(value: object) -> tuple[float, float]:
    """Return (4.0, 4.0) for `4x`, (3.0, 6.0) for `3x..6x`."""
    ends = value.split("..") if isinstance(value, str) else []
    if len(ends) == 2:
        least, most = factor(ends[0].strip()), factor(ends[1].strip())
        if least >= most:
            raise ValueError(f"read {said(value)}; allowed: from the lesser to the greater, such as 3x..6x")
        return least, most
    return factor(value), factor(value)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with how it was written: `unit` "" (plain), "%" (value 0.02 for 2%), "pp" (0.05 for 5pp) or "ms"."""

    value: float
    unit: str = ""


def amount(value: object) -> Amount:
    """Return the amount of `2%`, `5pp`, `800ms`, `1.5s` or a plain number."""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return Amount(float(value))
    if isinstance(value, str):
        if found := _SHARE.fullmatch(value):
            return Amount(float(found[1]) / 100, "%")
        if found := _POINTS.fullmatch(value):
            return Amount(float(found[1]) / 100, "pp")
        if found := _MILLIS.fullmatch(value):
            return Amount(float(found[1]) * (1000 if found[2] == "s" else 1), "ms")
    raise ValueError(f"read {said(value)}; allowed: a number such as 40, 2%, 5pp, 800ms")


@dataclass(frozen=True, slots=True)
class Rate:
    """`times` in `seconds`, of each alert or, `in_all`, of the rule."""

    times: float
    seconds: float
    in_all: bool


def rate(value: object) -> Rate:
    """Return the promise of `1 per 30d` or `1 per 30d in all`."""
    found = _PROMISE.fullmatch(" ".join(value.split())) if isinstance(value, str) else None
    if not found or not 0 < float(found[1]) <= 1e6:
        raise ValueError(
            f"read {said(value)}; allowed: how often it may be wrong, such as 1 per 30d (each alert) or 1 per 30d in all (the rule)"
        )
    return Rate(float(found[1]), length(found[2]), bool(found[3]))


def minutes(value: object) -> int:
    """Return the minutes since midnight of `09:30`; 24:00 is the day's end."""
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if found and int(found[2]) < 60:
        total = int(found[1]) * 60 + int(found[2])
        if total <= 24 * 60:
            return total
    raise ValueError(f"read {said(value)}; allowed: a time of day such as 09:30, in quotes")


def hours(value: object) -> tuple[int, int]:
    """Return the minutes since midnight of `22:00-07:00`."""
    parts = value.split("-") if isinstance(value, str) else []
    if len(parts) != 2 or parts[0] == parts[1]:
        raise ValueError(f'read {said(value)}; allowed: from and to, such as "22:00-07:00"')
    return minutes(parts[0].strip()), minutes(parts[1].strip())


def day_hours(value: object) -> tuple[int, int]:
    """Return the minutes of an interval within one day, such as `09:30-12:00`."""
    start, end = hours(value)
    if start >= end:
        raise ValueError(
            f'read {said(value)}; allowed: an interval within one day, such as "09:30-12:00"; split one that passes midnight'
        )
    return start, end


def weekdays(value: object) -> frozenset[int]:
    """Return the weekdays (Monday 0) of `Mon`, `Sat-Sun` or `Mon,Wed-Fri`; a span may pass the week's end."""
    chosen: set[int] = set()
    for part in value.split(",") if isinstance(value, str) else [""]:
        ends = part.strip().split("-")
        if len(ends) > 2 or any(end not in DAYS for end in ends):
            raise ValueError(f"read {said(value)}; allowed: days such as Mon, Sat-Sun or Mon,Wed-Fri")
        first, last = DAYS.index(ends[0]), DAYS.index(ends[-1])
        chosen.update((first + i) % 7 for i in range((last - first) % 7 + 1))
    return frozenset(chosen)


def wall(value: object) -> str:
    """Return a naive wall time `2026-01-05 09:30` that exists in the calendar, unchanged."""
    if isinstance(value, str) and _WALL.fullmatch(value):
        try:
            datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            return value
    raise ValueError(f'read {said(value)}; allowed: a date and time such as "2026-01-05 09:30"')


def span(value: object) -> tuple[int, int]:
    """Return the inclusive range of `9..10`."""
    found = _RANGE.fullmatch(value) if isinstance(value, str) else None
    if not found or int(found[1]) > int(found[2]):
        raise ValueError(f"read {said(value)}; allowed: a range such as 9..10")
    return int(found[1]), int(found[2])
