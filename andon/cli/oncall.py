"""`andon oncall`: who is on duty, where nobody will be, and who would be paged for a rule, when and by what."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from andon.cli import options
from andon.config import settings
from andon.errors import AndonError
from andon.model import Tier
from andon.oncall.duty import on_duty, recipients
from andon.oncall.paged import Planned, paged
from andon.oncall.roster import gaps, shifts
from andon.oncall.schedule import next_change
from andon.rulebook.load import load
from andon.rulebook.model import Rulebook
from andon.walltime import instant

_AHEAD = {"week": 7 * 86_400.0, "gaps": 365 * 86_400.0}
"""Seconds that are looked ahead."""


@click.command()
@click.argument("when", default="now", metavar="[now|week|gaps|TIME]")
@options.rules
@click.option("--rule", metavar="ID", help="Show who is paged for this rule, step by step.")
@click.option(
    "--tier", type=click.Choice([Tier.YELLOW.value, Tier.RED.value]), help="The ladder's tier; else the rule's."
)
def oncall(when: str, rules: str | None, rule: str | None, tier: str | None) -> None:
    """Show who is on duty now or at TIME (RFC 3339; without an offset, in each schedule's own zone).

    `week`: all shifts of the next seven days. `gaps`: when nobody is on duty, a year ahead.
    """
    book = load(settings(rules, None).rules, os.environ)
    if rule is None and when in _AHEAD:
        _show(_shifts(book, when, time.time()))
    elif rule is None:
        _show(_duties(book, when))
    else:
        found = book.rules.get(rule)
        at = _instant(when, _zone(book, found.owner if found else book.default_owner))
        _show(_plan(book, rule, Tier(tier) if tier else None, at))


def _shifts(book: Rulebook, which: str, now: float) -> Table:
    """Return a row for each shift to come, or only for those that nobody has."""
    table = _table("owner", "from", "until", "on duty")
    seen = shifts if which == "week" else gaps
    for name in sorted(book.owners):
        zone = _zone(book, name)
        for one in seen(book, name, now, now + _AHEAD[which]):
            people = ", ".join(person.name for person in recipients(book, one.people))
            _row(table, name, _wall(one.begin, zone), _wall(one.end, zone), people or "nobody")
    return table


def _duties(book: Rulebook, when: str) -> Table:
    """Return a row for each owner: who is on duty, until when, who leads."""
    table = _table("owner", "on duty", "until", "lead")
    for name, owner in sorted(book.owners.items()):
        zone = _zone(book, name)
        at = _instant(when, zone)
        schedule = book.schedules.get(owner.schedule)
        until = next_change(schedule, at) if schedule else None
        people = ", ".join(one.name for one in recipients(book, on_duty(book, name, at)))
        lead = ", ".join(one.name for one in recipients(book, (owner.lead,)))
        _row(table, name, people or "nobody", _wall(until, zone) if until else "", lead or "nobody")
    return table


def _plan(book: Rulebook, rule: str, tier: Tier | None, at: float) -> Table:
    """Return a row for each person a step pages."""
    table = _table("step", "when", "whom", "who", "by")
    for one in paged(book, rule, tier, at):
        _row(table, *_planned(one, _zone(book, book.default_owner)))
    return table


def _planned(one: Planned, fallback: str) -> Iterator[str]:
    zone = one.recipient.zone if one.recipient else fallback
    yield "last" if one.last else str(one.step + 1)
    yield _wall(one.at, zone)
    yield one.target
    yield one.recipient.name if one.recipient else "nobody"
    yield ", ".join(one.by) or "cannot be reached"


def _zone(book: Rulebook, owner: str) -> str:
    team = book.owners.get(owner)
    schedule = book.schedules.get(team.schedule) if team else None
    return schedule.zone if schedule else "UTC"


def _instant(when: str, zone: str) -> float:
    if when == "now":
        return time.time()
    try:
        given = datetime.fromisoformat(when)
    except ValueError as error:
        raise AndonError(
            f"{when!r} is no time; write now, week, gaps, 2026-11-10T20:00 or 2026-11-10T20:00+08:00"
        ) from error
    return given.timestamp() if given.tzinfo else instant(given, zone)


def _wall(at: float, zone: str) -> str:
    return datetime.fromtimestamp(at, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M %Z")


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _row(table: Table, *cells: str) -> None:
    """Add a row of plain text: what a rulebook names is never markup."""
    table.add_row(*(Text(cell) for cell in cells))


def _show(table: Table) -> None:
    Console(soft_wrap=False).print(table)
