"""A directory's files put together by top-level key; a name stated twice is a problem that cites both places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from andon.errors import Problem
from andon.rulebook.forms.book import BookForm, ScaleForm
from andon.rulebook.forms.people import OwnerForm, PersonForm, ScheduleForm
from andon.rulebook.forms.policies import CalendarForm, EventForm, InhibitForm, PledgeForm, PolicyForm, StopForm
from andon.rulebook.forms.rules import RuleForm
from andon.rulebook.model import Place
from andon.rulebook.source import Path, Source

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place, and the path that stands there."""

    place: Place
    path: Path


@dataclass(frozen=True, slots=True)
class Item(Generic[F]):
    """Something a file states, and where."""

    form: F
    source: Source
    path: Path

    @property
    def place(self) -> Place:
        """Return where it begins."""
        return self.at().place

    def at(self, *more: str | int) -> Spot:
        """Return the spot of something inside it; its line is the item's where that does not stand there."""
        path = (*self.path, *more)
        return Spot(Place(self.source.file, self.source.line(path), self.source.hash), path)


@dataclass(frozen=True, slots=True)
class Book:
    """All files together; `defaults` holds what is stated there, by its written name."""

    scales: dict[str, Item[ScaleForm]] = field(default_factory=dict)
    topics: dict[str, Item[list[str]]] = field(default_factory=dict)
    calendars: dict[str, Item[CalendarForm]] = field(default_factory=dict)
    telephony: dict[str, Item[str]] = field(default_factory=dict)
    people: dict[str, Item[PersonForm]] = field(default_factory=dict)
    schedules: dict[str, Item[ScheduleForm]] = field(default_factory=dict)
    owners: dict[str, Item[OwnerForm]] = field(default_factory=dict)
    promises: dict[str, Item[PledgeForm]] = field(default_factory=dict)
    policies: dict[str, Item[PolicyForm]] = field(default_factory=dict)
    stops: dict[str, Item[StopForm]] = field(default_factory=dict)
    defaults: dict[str, Item[Any]] = field(default_factory=dict)
    rules: list[Item[RuleForm]] = field(default_factory=list)
    events: list[Item[EventForm]] = field(default_factory=list)
    inhibit: list[Item[InhibitForm]] = field(default_factory=list)

    def default(self, name: str, otherwise: Any) -> Any:
        """Return what `defaults` says of a name, or the built-in."""
        found = self.defaults.get(name)
        return otherwise if found is None else found.form


_NAMED = ("scales", "topics", "calendars", "telephony", "people", "schedules", "owners", "policies", "stops")
_LISTED = ("rules", "events", "inhibit")


def merge(files: Iterable[tuple[Source, BookForm]]) -> tuple[Book, list[Problem]]:
    """Return the files together, and a problem for each name that is stated twice."""
    book, problems = Book(), []
    for source, form in files:
        for key in _NAMED:
            problems += _add(getattr(book, key), getattr(form, key), source, key)
        problems += _add(book.promises, _stated(form.promises), source, "promises")
        problems += _add(book.defaults, _stated(form.defaults), source, "defaults")
        for key in _LISTED:
            getattr(book, key).extend(Item(one, source, (key, i)) for i, one in enumerate(getattr(form, key)))
    return book, problems


def _stated(form: Any) -> dict[str, Any]:
    """Return a form's fields that hold something, by the names authors write."""
    fields = {} if form is None else type(form).model_fields
    values = {info.alias or name: getattr(form, name) for name, info in fields.items()}
    return {name: value for name, value in values.items() if value is not None}


def _add(into: dict[str, Item[Any]], found: Mapping[str, Any], source: Source, key: str) -> list[Problem]:
    problems = []
    for name, form in found.items():
        item = Item(form, source, (key, name))
        if name in into:
            here, first = item.place, into[name].place
            problems.append(
                Problem(here.file, here.line, f"{key}.{name} is stated a second time, first at {first}; keep one")
            )
        else:
            into[name] = item
    return problems
