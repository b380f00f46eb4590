"""Business time: how long a promise has run by a calendar's open hours, across holidays and changes of the clocks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta

from andon.rulebook import workdays
from andon.rulebook.model import Calendar
from andon.walltime import at_minute, local

ALWAYS = Calendar("always")
_YEARS = 50
"""Business time further away than this is said to be never."""


def after(calendar: Calendar, start: float, seconds: float) -> float:
    """Return the first instant by which `seconds` of open hours have passed since `start`; inf if it is never."""
    if _always(calendar) or seconds <= 0:
        return start + max(seconds, 0.0)
    left = seconds
    for opens, closes in _open(calendar, start):
        begin = max(opens, start)
        if closes - begin >= left:
            return begin + left
        left -= max(closes - begin, 0.0)
    return math.inf


def _always(calendar: Calendar) -> bool:
    """Without any hours every hour is open: a promise judged early is better than one never judged."""
    return calendar.name == ALWAYS.name or not any(calendar.hours.values())


def _open(calendar: Calendar, start: float) -> Iterator[tuple[float, float]]:
    """Yield open stretches in order, none twice, from the day before `start` (which may reach past midnight)."""
    first = local(start, calendar.zone).date() - timedelta(days=1)
    reached = -math.inf
    for ahead in range(_YEARS * 366):
        for opens, closes in _of_day(calendar, first + timedelta(days=ahead)):
            if closes > max(opens, reached):
                yield max(opens, reached), closes
                reached = closes


def _of_day(calendar: Calendar, day: date) -> list[tuple[float, float]]:
    weekday = workdays.weekday(calendar, day)
    intervals = () if weekday is None else calendar.hours.get(weekday, ())
    past_midnight = 24 * 60
    return sorted(
        (
            at_minute(day, begin, calendar.zone),
            at_minute(day, end if end > begin else end + past_midnight, calendar.zone),
        )
        for begin, end in intervals
    )
