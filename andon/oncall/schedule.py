"""Who is on duty by a schedule: layers laid over one another, then overrides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from andon.oncall.turns import DAY, turn
from andon.rulebook.model import Layer, Override, Schedule
from andon.walltime import at_minute, instant, local

HORIZON = 400
"""Days that `next_change` looks ahead."""


def on_schedule(schedule: Schedule, at: float) -> tuple[str, ...]:
    """Return the ids of the people on duty at an instant, none twice; empty where nobody is.

    The last layer that counts then wins; overrides follow in the order they are written.
    """
    roster: tuple[str, ...] = ()
    for layer in reversed(schedule.layers):
        if person := turn(layer, schedule.zone, at):
            roster = (person,)
            break
    for override in schedule.overrides:
        if _begins(override, schedule) <= at < _ends(override, schedule):
            roster = _overridden(roster, override)
    return roster


def next_change(schedule: Schedule, at: float) -> float | None:
    """Return the first instant after `at` at which somebody else is on duty; None if there is none within 400 days."""
    now = on_schedule(schedule, at)
    return next((edge for edge in edges(schedule, at) if on_schedule(schedule, edge) != now), None)


def edges(schedule: Schedule, at: float) -> Iterator[float]:
    """Yield in order the instants after `at`, within 400 days, at which somebody else may come on duty."""
    fixed = {edge for one in schedule.overrides for edge in (_begins(one, schedule), _ends(one, schedule))}
    first = local(at, schedule.zone).date()
    for ahead in range(-1, HORIZON):
        day = first + timedelta(days=ahead)
        begin, end = at_minute(day, 0, schedule.zone), at_minute(day, DAY, schedule.zone)
        marks = {begin} | {edge for edge in fixed if begin <= edge < end}
        for layer in schedule.layers:
            marks |= {mark for mark in _marks(layer, schedule.zone, begin, end) if begin <= mark < end}
        yield from sorted(mark for mark in marks if mark > at)


def _marks(layer: Layer, zone: str, begin: float, end: float) -> Iterator[float]:
    """Yield the handovers and the edges of the hours of a layer on the day between two instants."""
    day, start = local(begin, zone).date(), datetime.fromisoformat(layer.start)
    yield from (at_minute(day, minute % DAY, zone) for minute in layer.hours or ())
    if len(layer.people) < 2 and day > start.date():
        return
    if layer.rotate == "hourly":
        offset = instant(start, zone)
        first = -int((offset - begin) // 3600)
        yield from (offset + 3600.0 * hour for hour in range(first, int((end - offset) // 3600) + 1))
    else:
        yield instant(datetime.combine(day, start.time()), zone)


def _overridden(roster: tuple[str, ...], override: Override) -> tuple[str, ...]:
    if override.replace:
        roster = (override.replace,)
    if override.swap:
        one, other = override.swap
        roster = tuple({one: other, other: one}.get(person, person) for person in roster)
    roster = tuple(person for person in roster if person != override.remove)
    if override.add and override.add not in roster:
        roster += (override.add,)
    return roster


def _begins(override: Override, schedule: Schedule) -> float:
    return instant(datetime.fromisoformat(override.start), schedule.zone)


def _ends(override: Override, schedule: Schedule) -> float:
    return instant(datetime.fromisoformat(override.end), schedule.zone)
