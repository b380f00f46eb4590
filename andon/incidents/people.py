"""Who may answer an incident: looked up in the rulebook as it is now, since teams change while a call is open."""

from __future__ import annotations

from andon.model import Incident
from andon.rulebook.model import Owner, Rulebook, Schedule


def answerers(incident: Incident, book: Rulebook) -> set[str]:
    """Return the ids of all who may answer: owner's and catch-all's, those the ladders name, the given and joined."""
    owners = {incident.owner, book.catch_all} | _named(incident, "owner:")
    found = {incident.holder, *incident.helpers, *_named(incident, "person:")}
    for name in owners:
        if name in book.owners:
            found |= _of_owner(book.owners[name], book)
    return found - {""}


def _named(incident: Incident, prefix: str) -> set[str]:
    ladders = incident.policy.ladders.values()
    words = {word for ladder in ladders for step in ladder for word in step.notify}
    return {word.removeprefix(prefix) for word in words if word.startswith(prefix)}


def _of_owner(owner: Owner, book: Rulebook) -> set[str]:
    schedule = book.schedules.get(owner.schedule)
    return {*owner.people, owner.lead, *(_of_schedule(schedule) if schedule else ())}


def _of_schedule(schedule: Schedule) -> set[str]:
    turns = {person for layer in schedule.layers for person in layer.people}
    swaps = {person for over in schedule.overrides for person in (over.add, over.replace)}
    return turns | swaps
