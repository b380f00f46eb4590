"""What being on duty costs people: hours of business, evening and weekend, or sleep, each in their own zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise

from andon.oncall.roster import shifts
from andon.rulebook.model import Rulebook
from andon.walltime import at_minute, local


class Hours(StrEnum):
    """The class of an interruption by the wall clock of whom it interrupts."""

    BUSINESS = "business"
    EVENING = "evening"
    SLEEP = "sleep"


_DAY = ((0, Hours.SLEEP), (8 * 60, Hours.BUSINESS), (18 * 60, Hours.EVENING), (22 * 60, Hours.SLEEP))
"""From which minute of a weekday on; what is business then is evening at a weekend."""


def load(book: Rulebook, owner: str, begin: float, end: float) -> Mapping[str, Mapping[Hours, float]]:
    """Return for each person on duty for an owner between two instants the seconds of each class, by id."""
    found: dict[str, dict[Hours, float]] = {}
    for shift in shifts(book, owner, begin, end):
        for person in shift.people:
            zone = book.people[person].zone if person in book.people else "UTC"
            spent = found.setdefault(person, dict.fromkeys(Hours, 0.0))
            for hours, seconds in classes(zone, shift.begin, shift.end):
                spent[hours] += seconds
    return found


def classes(zone: str, begin: float, end: float) -> Iterator[tuple[Hours, float]]:
    """Yield the classes of a stretch of time in a zone, in order, each with its seconds."""
    day = local(begin, zone).date()
    while at_minute(day, 0, zone) < end:
        edges = [at_minute(day, minute, zone) for minute, _ in _DAY] + [at_minute(day, 24 * 60, zone)]
        for (_, hours), (since, until) in zip(_DAY, pairwise(edges), strict=True):
            seconds = min(until, end) - max(since, begin)
            if seconds > 0.0:
                yield (Hours.EVENING if hours is Hours.BUSINESS and day.weekday() > 4 else hours), seconds
        day += timedelta(days=1)
