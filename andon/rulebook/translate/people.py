"""People, schedules and owners, with every name they refer to looked up."""

from __future__ import annotations

import re
from collections.abc import Mapping

from andon.rulebook.forms.people import LayerForm, OwnerForm, PersonForm, ScheduleForm
from andon.rulebook.merge import Book, Item
from andon.rulebook.model import Layer, Override, Owner, Person, Schedule
from andon.rulebook.translate.desk import Desk
from andon.rulebook.units import said

CATCH_ALL = "everyone"
_NUMBERS = ("sms", "phone")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)


def people_of(book: Book, desk: Desk) -> dict[str, Person]:
    """Return everyone by id; an address whose environment name is not set is left out."""
    return {name: _person(name, item, desk) for name, item in book.people.items()}


def _person(name: str, item: Item[PersonForm], desk: Desk) -> Person:
    form = item.form
    addresses = _addresses(form.model_extra or {}, item, (), desk)
    return Person(name, form.name or name, form.zone, form.lang, addresses, form.quiet)


def _addresses(
    found: Mapping[str, str], item: Item[PersonForm] | Item[OwnerForm], inside: tuple[str, ...], desk: Desk
) -> dict[str, str]:
    """Telephone numbers are in E.164 (ITU-T); a wrong one is not quoted, since it is personal data."""
    addresses = {}
    for channel, text in found.items():
        address = desk.address(text, item.at(*inside, channel))
        if channel in _NUMBERS and address and not _E164.fullmatch(address):
            desk.wrong(
                item.at(*inside, channel),
                "is no telephone number; allowed: + and the country's code, digits only, in quotes",
            )
        if address:
            addresses[channel] = address
    return addresses


def schedules_of(book: Book, desk: Desk) -> dict[str, Schedule]:
    """Return the schedules by name; everyone in them must be among the people."""
    return {name: _schedule(name, item, book, desk) for name, item in book.schedules.items()}


def _schedule(name: str, item: Item[ScheduleForm], book: Book, desk: Desk) -> Schedule:
    overrides = []
    for i, form in enumerate(item.form.overrides):
        for verb in ("add", "remove", "replace"):
            person = getattr(form, verb)
            if person is not None:
                desk.known(person, book.people, "person", item.at("overrides", i, verb))
        for k, person in enumerate(form.swap or ()):
            desk.known(person, book.people, "person", item.at("overrides", i, "swap", k))
        one = Override(
            form.start, form.end, form.add or "", form.remove or "", form.replace or "", tuple(form.swap or ())
        )
        overrides.append(one)
    layers = tuple(_layer(i, form, item, book, desk) for i, form in enumerate(item.form.layers))
    return Schedule(name, item.form.zone, layers, tuple(overrides))


def _layer(i: int, form: LayerForm, item: Item[ScheduleForm], book: Book, desk: Desk) -> Layer:
    for k, person in enumerate(form.people):
        desk.known(person, book.people, "person", item.at("layers", i, "people", k))
    return Layer(tuple(form.people), form.rotate, form.start, form.only, form.hours)


def owners_of(book: Book, desk: Desk) -> dict[str, Owner]:
    """Return the owners by name; the catch-all must be among them."""
    return {name: _owner(name, item, book, desk) for name, item in book.owners.items()}


def _owner(name: str, item: Item[OwnerForm], book: Book, desk: Desk) -> Owner:
    form = item.form
    schedule, people = (form.on_duty, ()) if isinstance(form.on_duty, str) else ("", tuple(form.on_duty))
    if schedule and schedule not in book.schedules and schedule in book.people:
        desk.wrong(
            item.at("on-duty"), f"read {said(schedule)}, which is a person; write [{schedule}] for a list of people"
        )
    elif schedule:
        desk.known(schedule, book.schedules, "schedule", item.at("on-duty"))
    for k, person in enumerate(people):
        desk.known(person, book.people, "person", item.at("on-duty", k))
    if form.lead is not None:
        desk.known(form.lead, book.people, "person", item.at("lead"))
    return Owner(name, schedule, people, form.lead or "", _addresses(form.room, item, ("room",), desk), form.lang)
