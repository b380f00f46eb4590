"""Promises and ladders, with what is built in where a rulebook says nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping

from andon.model import Pledge, Policy, Step, Tier
from andon.rulebook.forms.policies import PerTier, PledgeForm, PolicyForm, StepForm
from andon.rulebook.merge import Book, Item
from andon.rulebook.translate.desk import Desk

CALLING = (Tier.YELLOW, Tier.RED)
PLEDGES: Mapping[Tier, Pledge] = {
    Tier.YELLOW: Pledge(respond=1800.0, resolve=86400.0),
    Tier.RED: Pledge(respond=300.0, resolve=14400.0),
}
LADDERS: Mapping[Tier, list[Step]] = {
    Tier.YELLOW: [Step(notify=["on-duty", "room"]), Step(notify=["lead"], after=900.0, unless="acked")],
    Tier.RED: [
        Step(notify=["on-duty", "lead", "room"]),
        Step(notify=["on-duty", "lead"], after=300.0, unless="acked"),
        Step(notify=["owner:everyone"], after=600.0, unless="resolved"),
    ],
}
REPEAT: Mapping[Tier, float] = {Tier.YELLOW: 14400.0, Tier.RED: 1800.0}
ACK_EXPIRES: Mapping[Tier, float] = {Tier.YELLOW: 14400.0, Tier.RED: 1800.0}


def policies_of(book: Book, desk: Desk) -> dict[str, Policy]:
    """Return the policies by name, `default` always among them; each carries the promises."""
    pledges = dict(PLEDGES)
    for tier, pledge in book.promises.items():
        pledges[Tier(tier)] = _pledge(pledge, book, desk)
    found = {name: _policy(name, item, pledges, book, desk) for name, item in book.policies.items()}
    built_in = Policy(
        name="default", repeat=dict(REPEAT), ladders=dict(LADDERS), pledges=pledges, ack_expires=dict(ACK_EXPIRES)
    )
    return {"default": built_in, **found}


def _pledge(item: Item[PledgeForm], book: Book, desk: Desk) -> Pledge:
    form = item.form
    desk.known(form.clock, {"always", *book.calendars}, "calendar", item.at("clock"))
    return Pledge(
        respond=math.nan if form.respond is None else form.respond,
        resolve=math.nan if form.resolve is None else form.resolve,
        clock=form.clock,
    )


def _policy(name: str, item: Item[PolicyForm], pledges: dict[Tier, Pledge], book: Book, desk: Desk) -> Policy:
    form = item.form
    ladders = dict(LADDERS)
    for tier, steps in ((Tier.YELLOW, form.yellow), (Tier.RED, form.red)):
        if steps is not None:
            ladders[tier] = [_step(i, step, tier, item, book, desk) for i, step in enumerate(steps)]
    repeat, expires = _per_tier(form.repeat, REPEAT), _per_tier(form.ack_expires, ACK_EXPIRES)
    return Policy(name=name, rounds=form.rounds, repeat=repeat, ladders=ladders, pledges=pledges, ack_expires=expires)


def _per_tier(form: PerTier, built_in: Mapping[Tier, float]) -> dict[Tier, float]:
    stated = {Tier.YELLOW: form.yellow, Tier.RED: form.red}
    return {tier: built_in[tier] if (seconds := stated[tier]) is None else seconds for tier in CALLING}


def _step(i: int, form: StepForm, tier: Tier, item: Item[PolicyForm], book: Book, desk: Desk) -> Step:
    place = item.at(tier.value, i, "notify")
    for whom in form.notify:
        noun, colon, name = whom.partition(":")
        if colon:
            desk.known(name, book.owners if noun == "owner" else book.people, noun, place)
    if i == 0 and form.after:
        desk.wrong(
            item.at(tier.value, i, "after"),
            "does not go with the first step, which always goes at once: leave it out",
        )
    return Step(notify=form.notify, after=form.after, unless=form.unless or "", by=form.by or [], answers=form.answers)
