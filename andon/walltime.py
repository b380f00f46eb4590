"""Wall time in an IANA zone, as instants: what a person reads off the clock on the wall, in epoch seconds."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def local(at: float, zone: str) -> datetime:
    """Return the wall time in `zone` at an instant, naive; `fold` is 1 the second time a time of day comes by."""
    return datetime.fromtimestamp(at, ZoneInfo(zone)).replace(tzinfo=None)


def instant(wall: datetime, zone: str) -> float:
    """Return the epoch seconds of a naive wall time.

    One that does not exist means the first instant after the gap; one that exists twice means the first.
    """
    here = ZoneInfo(zone)
    before = wall.replace(tzinfo=here, fold=0).timestamp()
    if local(before, zone).replace(fold=0) == wall.replace(fold=0):
        return before
    return _end_of_gap(wall.replace(tzinfo=here, fold=1).timestamp(), before, here)


def at_minute(day: date, minute: int, zone: str) -> float:
    """Return the instant `minute` minutes of wall time into a day; 1440 is the next midnight."""
    return instant(datetime.combine(day, time()) + timedelta(minutes=minute), zone)


def _end_of_gap(early: float, late: float, zone: ZoneInfo) -> float:
    """Return the instant between two at which the zone's offset changes, to the second."""
    low, high = int(early), int(late)
    new = datetime.fromtimestamp(high, zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == new:
            high = middle
        else:
            low = middle
    return float(high)
