"""Who is paged for a rule, when and by what: the ladder read out beforehand, as it would be climbed if nobody answered."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from andon.errors import Refused
from andon.model import Incident, Policy, Rung, State, Tier
from andon.oncall.duty import Recipient, who
from andon.oncall.ladder import climb, current, missed
from andon.rulebook.model import Rule, Rulebook


@dataclass(frozen=True, slots=True)
class Planned:
    """One person or room on one step: `at` is when (epoch seconds), `by` the channels they have of the step's.

    `step` counts from 0. `recipient` is None where the target is nobody; an empty `by` means they cannot be reached so.
    """

    round: int
    step: int
    last: bool
    at: float
    target: str
    recipient: Recipient | None
    by: tuple[str, ...]


def paged(book: Rulebook, rule_id: str, tier: Tier | None, at: float) -> tuple[Planned, ...]:
    """Return who is paged for a rule (its id or name) that calls at an instant: the first round, and what follows the rounds.

    `tier`: the ladder's; None: the rule's own. Refused for a rule the rulebook does not have.
    """
    rule = _rule(book, rule_id)
    incident = _called(book, rule, tier or rule.tier, at)
    planned: list[Planned] = []
    while incident.rung.due is not None:
        if incident.rung.round == 1 or incident.rung.last:
            planned += _step(book, incident)
        incident = _climbed(book, incident, planned)
    return tuple(planned)


def _climbed(book: Rulebook, incident: Incident, planned: list[Planned]) -> Incident:
    """Return the incident a step further; `planned` is what came of the steps so far."""
    rung, step = incident.rung, current(book, incident)
    now = [one.recipient for one in _step(book, incident) if one.recipient and one.by]
    hurry = not rung.last and (step is None or missed(step, now))
    reached = any(one.recipient and one.by and not one.recipient.room for one in planned)
    return replace(incident, rung=climb(book, incident, rung.due or 0.0, hurry=hurry, reached=reached))


def _step(book: Rulebook, incident: Incident) -> list[Planned]:
    step, rung, due = current(book, incident), incident.rung, incident.rung.due or 0.0
    if step is None:
        return []
    return [
        Planned(rung.round, rung.step, rung.last, due, target, one, one.channels(step.by) if one else ())
        for target in step.notify
        for one in who(book, target, incident.owner, due) or (None,)
    ]


def _rule(book: Rulebook, name: str) -> Rule:
    found = book.rules.get(name) or next((one for one in book.rules.values() if one.name == name), None)
    if found is None:
        known = ", ".join(sorted(book.rules)[:10])
        raise Refused(f"there is no rule {name!r} in {book.directory}; for instance {known}")
    return found


def _called(book: Rulebook, rule: Rule, tier: Tier, at: float) -> Incident:
    """Return the incident that the rule would call."""
    return Incident(
        key=rule.id,
        id=rule.id,
        code="",
        rule=rule.id,
        title=rule.name,
        owner=rule.owner,
        labels={},
        policy=book.policies.get(rule.policy) or Policy(name=rule.policy),
        tier=tier,
        state=State.CALLED,
        called=at,
        evidence_from=at,
        rung=Rung(began=at, due=at),
    )
