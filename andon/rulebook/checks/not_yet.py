"""What a rulebook may say already, and andon does not do yet."""

from __future__ import annotations

from collections.abc import Iterable

from andon.rulebook.check import Level, Notice, World, check
from andon.rulebook.model import Place, Rulebook


@check("stop-not-carried-out")
def stop_not_carried_out(book: Rulebook, world: World) -> Iterable[Notice]:
    """Find stops that rules name: nothing posts them yet."""
    del world
    for rule in book.rules.values():
        if rule.stop:
            text = (
                f"rule {rule.id!r}: the stop {rule.stop!r} is not carried out yet; "
                "people are called, and must stop it themselves"
            )
            yield Notice(Level.WARNING, "stop-not-carried-out", rule.place, text)


@check("one-answer-is-enough")
def one_answer_is_enough(book: Rulebook, world: World) -> Iterable[Notice]:
    """Find steps that all must answer: the first answer stops the ladder yet."""
    del world
    for policy in book.policies.values():
        place = book.places.get(("policies", policy.name), Place())
        for tier, ladder in policy.ladders.items():
            for number, step in enumerate(ladder, 1):
                if step.answers == "all":
                    text = f"policy {policy.name!r}, {tier}, step {number}: answers: all is not kept yet; one answer is enough"
                    yield Notice(Level.WARNING, "one-answer-is-enough", place, text)
