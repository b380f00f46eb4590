"""Definitions that nothing refers to: often a misspelt name elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from andon.rulebook.check import Level, Notice, World, check
from andon.rulebook.model import Rulebook


@check("unused")
def unused(book: Rulebook, world: World) -> Iterable[Notice]:
    """Find definitions that nothing uses: they can go, or a name elsewhere is wrong."""
    del world
    used = {
        "people": _people(book),
        "schedules": {owner.schedule for owner in book.owners.values()},
        "calendars": {pledge.clock for policy in book.policies.values() for pledge in policy.pledges.values()},
        "policies": {book.default_policy, *(rule.policy for rule in book.rules.values())},
        "stops": {rule.stop for rule in book.rules.values()},
    }
    for (noun, name), place in book.places.items():
        if noun in used and name not in used[noun]:
            yield Notice(Level.INFO, "unused", place, f"{noun}.{name} is used by nothing; use it or leave it out")


def _people(book: Rulebook) -> set[str]:
    found = {owner.lead for owner in book.owners.values()}
    for owner in book.owners.values():
        found.update(owner.people)
    for schedule in book.schedules.values():
        found.update(person for layer in schedule.layers for person in layer.people)
        found.update(person for one in schedule.overrides for person in one.people)
    for policy in book.policies.values():
        steps = (step for ladder in policy.ladders.values() for step in ladder)
        found.update(
            whom.removeprefix("person:") for step in steps for whom in step.notify if whom.startswith("person:")
        )
    return found
