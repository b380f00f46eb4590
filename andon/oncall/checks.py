"""Whether somebody is on duty all year, and who bears it: what `andon check` says of schedules. Importing it registers it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from andon.oncall.load import Hours, load
from andon.oncall.roster import Shift, gaps
from andon.rulebook.check import Level, Notice, World, check
from andon.rulebook.model import Place, Rulebook

_YEAR = 365 * 86_400.0
_UNFAIR = 1.5
"""Of the nights that each would have if all had as many."""


@check("duty-gap")
def duty_gap(book: Rulebook, world: World) -> Iterable[Notice]:
    """Find owners whose schedule leaves nobody on duty within a year; one without layers has a finding of its own."""
    if world.now is None:
        return
    for owner in book.owners.values():
        schedule = book.schedules.get(owner.schedule)
        found = gaps(book, owner.name, world.now, world.now + _YEAR) if schedule and schedule.layers else []
        if schedule and found:
            place = book.places.get(("schedules", schedule.name), Place())
            yield Notice(Level.ERROR, "duty-gap", place, _told(owner.name, schedule.zone, found))


@check("unfair-load")
def unfair_load(book: Rulebook, world: World) -> Iterable[Notice]:
    """Find those who would bear far more of a schedule's nights within a year than the others who share it."""
    if world.now is None:
        return
    for owner in book.owners.values():
        schedule = book.schedules.get(owner.schedule)
        nights = _nights(book, owner.name, world.now) if schedule and schedule.layers else {}
        most = max(nights, key=lambda one: nights[one], default="")
        fair = sum(nights.values()) / max(len(nights), 1)
        if schedule and len(nights) > 1 and nights[most] > _UNFAIR * fair:
            place = book.places.get(("schedules", schedule.name), Place())
            text = (
                f"owner {owner.name!r}: {most} has {nights[most]:,.0f} of the {sum(nights.values()):,.0f} hours on duty between "
                f"22:00 and 8:00 that {len(nights)} people share within a year, each by their own clock"
            )
            yield Notice(Level.WARNING, "unfair-load", place, text)


def _nights(book: Rulebook, owner: str, now: float) -> dict[str, float]:
    return {one: spent[Hours.SLEEP] / 3600.0 for one, spent in load(book, owner, now, now + _YEAR).items()}


def _told(owner: str, zone: str, found: list[Shift]) -> str:
    first, hours = found[0], sum(one.end - one.begin for one in found) / 3600.0
    since, until = (f"{datetime.fromtimestamp(at, ZoneInfo(zone)):%Y-%m-%d %H:%M}" for at in (first.begin, first.end))
    more = f", and {len(found) - 1} times more within a year, {hours:,.0f} h in all" if found[1:] else ""
    return (
        f"owner {owner!r}: nobody is on duty from {since} to {until} {zone}{more}; a step that notifies on-duty then goes to "
        "the next at once: add a layer for those hours (andon oncall gaps lists them)"
    )
