"""People and rooms behind an owner: who is on duty, whom a step's target means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from andon.oncall.schedule import on_schedule
from andon.rulebook.model import Owner, Person, Rulebook


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person, or an owner's room (`room`; its id is `room:OWNER`), with `addresses` by channel.

    `quiet` is in minutes since midnight of `zone`; a room has none.
    """

    id: str
    name: str
    zone: str = "UTC"
    lang: str = "en"
    addresses: Mapping[str, str] = field(default_factory=dict)
    quiet: tuple[int, int] | None = None
    room: bool = False

    def channels(self, by: Iterable[str] = ()) -> tuple[str, ...]:
        """Return the channels to reach them by: those of `by` they have, in its order; all they have if `by` is empty."""
        return tuple(dict.fromkeys(one for one in (tuple(by) or self.addresses) if self.addresses.get(one)))


def on_duty(book: Rulebook, owner: str, at: float) -> tuple[str, ...]:
    """Return the ids of an owner's people on duty at an instant; empty for an owner the rulebook does not have."""
    team = book.owners.get(owner)
    if team is None:
        return ()
    if schedule := book.schedules.get(team.schedule):
        return on_schedule(schedule, at)
    return team.people


def who(book: Rulebook, target: str, owner: str, at: float) -> tuple[Recipient, ...]:
    """Return whom a step's target means at an instant: on-duty, lead or room of `owner`, owner:NAME, person:ID.

    Whoever the rulebook does not have is left out, so an unknown target reaches nobody.
    """
    word, _, name = target.partition(":")
    team = book.owners.get(owner)
    if word == "person":
        return recipients(book, (name,))
    if word == "owner":
        return recipients(book, on_duty(book, name, at))
    if word == "on-duty":
        return recipients(book, on_duty(book, owner, at))
    if team is None:
        return ()
    if word == "lead":
        return recipients(book, (team.lead,))
    return (room(book, team),) if word == "room" and team.room else ()


def recipients(book: Rulebook, people: Iterable[str]) -> tuple[Recipient, ...]:
    """Return people of the rulebook by their ids, as recipients."""
    return tuple(_person(book.people[one]) for one in people if one in book.people)


def room(book: Rulebook, team: Owner) -> Recipient:
    """Return the room where all of an owner read along; its clock is the schedule's, else its lead's."""
    lead = book.people.get(team.lead)
    zone = book.schedules[team.schedule].zone if team.schedule in book.schedules else lead.zone if lead else "UTC"
    return Recipient(f"room:{team.name}", team.name, zone, team.lang, team.room, room=True)


def _person(one: Person) -> Recipient:
    return Recipient(one.id, one.name, one.zone, one.lang, one.addresses, one.quiet)
