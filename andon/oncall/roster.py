"""Who is on duty over a stretch of time: an owner's shifts, and the gaps in which nobody is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

from andon.oncall.duty import on_duty
from andon.oncall.schedule import edges
from andon.rulebook.model import Rulebook


@dataclass(frozen=True, slots=True)
class Shift:
    """From `begin` to `end` (epoch seconds) these `people` (ids) are on duty; nobody where there are none."""

    begin: float
    end: float
    people: tuple[str, ...]


def shifts(book: Rulebook, owner: str, begin: float, end: float) -> Iterator[Shift]:
    """Yield an owner's shifts between two instants, at most 400 days apart, in order and without holes."""
    team = book.owners.get(owner)
    schedule = book.schedules.get(team.schedule) if team else None
    changes = takewhile(lambda edge: edge < end, edges(schedule, begin)) if schedule else ()
    shift = Shift(begin, end, on_duty(book, owner, begin))
    for edge in changes:
        people = on_duty(book, owner, edge)
        if people != shift.people:
            yield replace(shift, end=edge)
            shift = Shift(edge, end, people)
    yield shift


def gaps(book: Rulebook, owner: str, begin: float, end: float) -> list[Shift]:
    """Return the stretches between two instants in which nobody is on duty for an owner."""
    return [shift for shift in shifts(book, owner, begin, end) if not shift.people]
