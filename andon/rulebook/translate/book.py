"""The whole rulebook from the whole book."""

from __future__ import annotations

from collections.abc import Mapping

from andon.model import Tier
from andon.rulebook.forms.policies import InhibitForm
from andon.rulebook.merge import Book, Item, Spot
from andon.rulebook.model import Inhibit, Place, Rule, Rulebook
from andon.rulebook.translate.desk import Desk
from andon.rulebook.translate.nouns import calendars_of, events_of, scales_of, stops_of, telephony_of, topics_of
from andon.rulebook.translate.people import CATCH_ALL, owners_of, people_of, schedules_of
from andon.rulebook.translate.policies import policies_of
from andon.rulebook.translate.rules import Context, rules_of

LATENESS = 30.0
_NOUNS = ("scales", "topics", "calendars", "people", "schedules", "owners", "policies", "stops")


def translated(book: Book, desk: Desk, version: str, directory: str) -> Rulebook:
    """Return the frozen rulebook; it may be used only if the desk has no problem."""
    owners, policies = owners_of(book, desk), policies_of(book, desk)
    owner, policy = book.default("owner", CATCH_ALL), book.default("policy", "default")
    if CATCH_ALL not in owners:
        desk.wrong(
            Spot(Place(directory), ("owners",)),
            f"{CATCH_ALL} is missing, the catch-all; write {{{CATCH_ALL}: {{on-duty: [SOMEBODY]}}}}",
        )
    for word, name, known in (("owner", owner, owners), ("policy", policy, policies)):
        if word in book.defaults:
            desk.known(name, known, word, book.defaults[word].at())
    scales, topics, stops = scales_of(book, desk), topics_of(book, desk), stops_of(book, desk)
    rules = rules_of(Context(book, desk, scales, topics, owners, policies, stops, owner, policy))
    return Rulebook(
        version=version,
        directory=directory,
        rules=rules,
        scales=scales,
        topics=topics,
        calendars=calendars_of(book, desk),
        events=events_of(book),
        people=people_of(book, desk),
        schedules=schedules_of(book, desk),
        owners=owners,
        policies=policies,
        inhibit=tuple(_inhibit(item, rules, book, desk) for item in book.inhibit),
        stops=stops,
        telephony=telephony_of(book, desk),
        default_owner=owner,
        default_policy=policy,
        lateness=book.default("lateness", LATENESS),
        catch_all=CATCH_ALL,
        absent=desk.absent,
        places=_places(book, rules),
    )


def _inhibit(item: Item[InhibitForm], rules: Mapping[str, Rule], book: Book, desk: Desk) -> Inhibit:
    by_name = {rule.name: rule.id for rule in rules.values()}
    sides = []
    for word, stated in (("when", item.form.when), ("mute", item.form.mute)):
        side = dict(stated)
        if "rule" in side:
            desk.known(side["rule"], {*rules, *by_name}, "rule", item.at(word, "rule"))
            side["rule"] = by_name.get(side["rule"], side["rule"])
        if "owner" in side:
            desk.known(side["owner"], book.owners, "owner", item.at(word, "owner"))
        if "tier" in side:
            desk.known(side["tier"], list(Tier), "tier", item.at(word, "tier"))
        sides.append(side)
    return Inhibit(sides[0], sides[1], tuple(item.form.equal))


def _places(book: Book, rules: Mapping[str, Rule]) -> dict[tuple[str, str], Place]:
    places = {(noun, name): item.place for noun in _NOUNS for name, item in getattr(book, noun).items()}
    places |= {("events", item.form.name): item.place for item in book.events}
    return places | {("rules", rule.id): rule.place for rule in rules.values() if rule.place.line}
