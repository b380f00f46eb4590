"""Numbers, times and odds as people read them, in English and Chinese."""

from __future__ import annotations

import math
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from andon.respond.words import say

MINUTE, HOUR, DAY, MONTH, YEAR = 60.0, 3600.0, 86400.0, 2629746.0, 31556952.0
UNKNOWN = "?"


ALOUD = frozenset({"percent", "ms", "s"})
UNITS = frozenset({"points", "per second", "per minute", "per hour", "per day"})
"""Units that have a phrase in the tables; those in ALOUD a spoken one, too. Any other follows its number as it is."""


def number(x: float) -> str:
    """Return 1,240 or 4.2 or 0.013: whole from 100 on, at least two digits that count below; "?" where not finite."""
    if not math.isfinite(x):
        return UNKNOWN
    size = abs(x)
    if size >= 1e12:
        return f"{x:.1e}"
    if size >= 99.95:
        return f"{x:,.0f}"
    if size >= 0.995:
        return _bare(f"{x:.1f}")
    if size < 1e-6:
        return "0"
    return _bare(f"{x:.{1 - math.floor(math.log10(size))}f}")


def value(x: float, unit: str, lang: str, *, spoken: bool = False) -> str:
    """Return a metric's value with its unit: shares in percent, from 10,000 ms on in seconds; "?" where not finite."""
    if not math.isfinite(x) or not unit:
        return number(x)
    key, shown = _scaled(x, unit)
    if key in ALOUD:
        return say(lang, f"{key}.spoken" if spoken else key, x=shown)
    return say(lang, key, x=shown) if key in UNITS else say(lang, "unit", x=shown, unit=unit)


def duration(seconds: float, lang: str) -> str:
    """Return 45 s, 18 min, 2 h 10 min or 3 days; "?" where not finite."""
    if not math.isfinite(seconds):
        return UNKNOWN
    left = max(0.0, seconds)
    if left < 59.5:
        return say(lang, "second", x=round(left))
    minutes = round(left / MINUTE)
    if minutes < 60:
        return say(lang, "minute", x=minutes)
    if minutes < 48 * 60:
        big, small = say(lang, "hour", x=minutes // 60), say(lang, "minute", x=minutes % 60)
        return say(lang, "two", big=big, small=small) if minutes % 60 else big
    return say(lang, "days", x=number(round(left / DAY)))


def span(seconds: float, lang: str) -> str:
    """Return a rough stretch of time in one unit, 9 months or 3 days, as used to say how rare something is."""
    for unit, one, most in (
        (MINUTE, "minutes", 59.5),
        (HOUR, "hours", 47.5),
        (DAY, "days", 59.5),
        (MONTH, "months", 23.5),
    ):
        count = max(1, round(seconds / unit))
        if seconds / unit < most:
            return _counted(count, one, lang)
    return _counted(round(seconds / YEAR), "years", lang)


def odds(seconds: float, lang: str) -> str:
    """Return how rare a finding is by chance alone, in words; "" where that is not known."""
    if math.isnan(seconds) or seconds <= 0:
        return ""
    if seconds > 1000 * YEAR:
        return say(lang, "rare.never")
    return say(lang, "rare", span=span(seconds, lang))


def moment(at: float, zone: str, lang: str, near: float) -> str:
    """Return 13:42 in the reader's zone, with the date unless it is the day of `near`; UTC is named, as nobody's wall shows it."""
    there = _zone(zone)
    try:
        when, today = datetime.fromtimestamp(at, there), datetime.fromtimestamp(near, there)
    except (ValueError, OverflowError, OSError):  # not a time that a calendar has
        return UNKNOWN
    clock = when.strftime("%H:%M") + (" UTC" if there is UTC else "")
    if when.date() == today.date():
        return clock
    return say(lang, "date", month=f"{when.month:02d}", day=f"{when.day:02d}", clock=clock)


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo:
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a page is sent even where its zone is rubbish
        return UTC


def _scaled(x: float, unit: str) -> tuple[str, str]:
    """Return the phrase's key and the number as it is shown."""
    if unit == "share":
        return "percent", number(100 * x)
    if unit == "ms" and abs(x) >= 10_000:
        return "s", number(x / 1000)
    if unit == "ms" and abs(x) >= 10:
        return "ms", f"{x:,.0f}"
    return unit, number(x)


def _counted(count: int, many: str, lang: str) -> str:
    one = {"minutes": "minute", "hours": "one hour", "days": "day", "months": "month", "years": "year"}[many]
    return say(lang, one if count == 1 else many, x=f"{count:,}")


def _bare(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
