"""Whether everyone who may be called can be reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from andon.model import Policy, Step
from andon.rulebook.check import REINSTALL, Level, Notice, World, check
from andon.rulebook.model import Owner, Place, Rulebook
from andon.rulebook.units import choose


def _place(book: Rulebook, noun: str, name: str) -> Place:
    return book.places.get((noun, name), Place())


@check("unknown-channel")
def unknown_channel(book: Rulebook, world: World) -> Iterable[Notice]:
    """Find channels that are not there: a page by one fails at once, and goes by the next."""
    first: dict[str, Place] = {}
    for channel, place in _channels(book):
        first.setdefault(channel, place)
    for channel, place in first.items():
        if channel not in world.channels:
            text = f"{choose(channel, world.channels, 'channel')}; pages by it fail at once and go by the next channel; {REINSTALL}"
            yield Notice(Level.WARNING, "unknown-channel", place, text)


def _channels(book: Rulebook) -> Iterator[tuple[str, Place]]:
    for person in book.people.values():
        yield from ((channel, _place(book, "people", person.id)) for channel in person.addresses)
    for owner in book.owners.values():
        yield from ((channel, _place(book, "owners", owner.name)) for channel in owner.room)
    for policy in book.policies.values():
        for ladder in policy.ladders.values():
            yield from ((channel, _place(book, "policies", policy.name)) for step in ladder for channel in step.by)


@check("no-address")
def no_address(book: Rulebook, world: World) -> Iterable[Notice]:
    """Find people who cannot be reached."""
    for person in book.people.values():
        place = _place(book, "people", person.id)
        if not person.addresses:
            text = f"{person.id} has no address; add a channel, such as slack: U0123ABCD, and set the environment's names it asks for"
            yield Notice(Level.ERROR, "no-address", place, text)
        elif not set(person.addresses) & set(world.channels):
            text = (
                f"{person.id} has addresses only on channels that are not there: {', '.join(sorted(person.addresses))}"
            )
            yield Notice(Level.WARNING, "no-address", place, text)


@check("empty-schedule")
def empty_schedule(book: Rulebook, world: World) -> Iterable[Notice]:
    """Find schedules without a layer: nobody is on duty."""
    del world
    for schedule in book.schedules.values():
        if not schedule.layers:
            text = f"schedule {schedule.name!r} has no layers, so nobody is ever on duty; add one with people"
            yield Notice(Level.ERROR, "empty-schedule", _place(book, "schedules", schedule.name), text)


@check("no-lead")
def no_lead(book: Rulebook, world: World) -> Iterable[Notice]:
    """Find owners without a lead, who is called when nobody answers."""
    del world
    for owner in book.owners.values():
        if not owner.lead:
            text = f"owner {owner.name!r} has no lead; steps that notify the lead reach nobody: add lead: SOMEBODY"
            yield Notice(Level.WARNING, "no-lead", _place(book, "owners", owner.name), text)


@check("unreachable-step")
def unreachable_step(book: Rulebook, world: World) -> Iterable[Notice]:
    """Find steps by channels that none of those notified has: they are skipped at once."""
    for policy, tier, number, step in _steps(book):
        reach = _reach(book, step)
        if step.by and not any(set(step.by) & channels & set(world.channels) for channels in reach.values()):
            text = f"policy {policy.name!r}, {tier}, step {number}: nobody it notifies has {' or '.join(step.by)}"
            yield Notice(Level.WARNING, "unreachable-step", _place(book, "policies", policy.name), text)


def _steps(book: Rulebook) -> Iterator[tuple[Policy, str, int, Step]]:
    for policy in book.policies.values():
        for tier, ladder in policy.ladders.items():
            yield from ((policy, tier.value, i + 1, step) for i, step in enumerate(ladder))


def _reach(book: Rulebook, step: Step) -> dict[str, set[str]]:
    """Return the channels by which each of a step's addressees might be reached, whoever the owner is."""
    found: dict[str, set[str]] = {}
    for whom in step.notify:
        noun, _, name = whom.partition(":")
        owners = [book.owners[name]] if noun == "owner" else list(book.owners.values())
        if whom == "room":
            found[whom] = {channel for owner in owners for channel in owner.room}
            continue
        people = {name} if noun == "person" else set().union(*(_people(book, owner, noun) for owner in owners))
        found[whom] = {channel for person in people for channel in book.people[person].addresses}
    return found


def _people(book: Rulebook, owner: Owner, noun: str) -> set[str]:
    if noun == "lead":
        return {owner.lead} - {""}
    if not owner.schedule:
        return set(owner.people)
    schedule = book.schedules[owner.schedule]
    overrides = {person for one in schedule.overrides for person in (one.add, one.replace, *one.swap)}
    return {person for layer in schedule.layers for person in layer.people} | (overrides - {""})


@check("env-missing")
def env_missing(book: Rulebook, world: World) -> Iterable[Notice]:
    """Find what the environment lacks, and so is left out."""
    del world
    for name, place in _sorted(book.absent):
        text = f"the environment has no {name}; what stands here is left out: set it where andon runs"
        yield Notice(Level.WARNING, "env-missing", place, text)


def _sorted(absent: Mapping[str, Place]) -> list[tuple[str, Place]]:
    return sorted(absent.items(), key=lambda one: (one[1].file, one[1].line, one[0]))
