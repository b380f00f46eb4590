"""Whether somebody is on duty all year, and who bears it: what `andon check` says of schedules. Importing it registers it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from andon.oncall.load import Hours, load
from andon.oncall.roster import Shift, gaps
from andon.rulebook.check import Level, Notice, World, check
from andon.rulebook.model import Place, Rulebook, Schedule

_YEAR = 365 * 86_400.0
_UNFAIR = 1.5
"""Of the nights that each would have if all had as many."""


@check("duty-gap")
def duty_gap(book: Rulebook, world: World) -> Iterable[Notice]:
    """Find owners whose schedule leaves nobody on duty within a year; one without layers has a finding of its own."""
    for owner, schedule, year in _years(book, world):
        if found := gaps(book, owner, *year):
            yield Notice(Level.ERROR, "duty-gap", _place(book, schedule), _told(owner, schedule.zone, found))


@check("unfair-load")
def unfair_load(book: Rulebook, world: World) -> Iterable[Notice]:
    """Find those who would bear far more of a schedule's nights within a year than the others who share it."""
    for owner, schedule, year in _years(book, world):
        nights = {one: spent[Hours.SLEEP] / 3600.0 for one, spent in load(book, owner, *year).items()}
        most = max(nights, key=lambda one: nights[one], default="")
        fair = sum(nights.values()) / max(len(nights), 1)
        if len(nights) > 1 and nights[most] > _UNFAIR * fair:
            text = (
                f"owner {owner!r}: {most} has {nights[most]:,.0f} of the {sum(nights.values()):,.0f} hours on duty between "
                f"22:00 and 8:00 that {len(nights)} people share within a year, each by their own clock"
            )
            yield Notice(Level.WARNING, "unfair-load", _place(book, schedule), text)


def _years(book: Rulebook, world: World) -> Iterator[tuple[str, Schedule, tuple[float, float]]]:
    """Yield each owner whose schedule has layers, with it and the year to look at; nobody where no time is given."""
    if world.now is None:
        return
    for owner in book.owners.values():
        schedule = book.schedules.get(owner.schedule)
        if schedule and schedule.layers:
            yield owner.name, schedule, (world.now, world.now + _YEAR)


def _place(book: Rulebook, schedule: Schedule) -> Place:
    return book.places.get(("schedules", schedule.name), Place())


def _told(owner: str, zone: str, found: list[Shift]) -> str:
    first, hours = found[0], sum(one.end - one.begin for one in found) / 3600.0
    since, until = (f"{datetime.fromtimestamp(at, ZoneInfo(zone)):%Y-%m-%d %H:%M}" for at in (first.begin, first.end))
    more = f", and {len(found) - 1} times more within a year, {hours:,.0f} h in all" if found[1:] else ""
    return (
        f"owner {owner!r}: nobody is on duty from {since} to {until} {zone}{more}; a step that notifies on-duty then goes to "
        "the next at once: add a layer for those hours (andon oncall gaps lists them)"
    )
