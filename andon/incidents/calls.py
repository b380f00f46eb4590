"""How an incident comes to be called: opened, opened again, risen in tier, worse than was said, not taken care of."""

from __future__ import annotations

import math

import msgspec

from andon.incidents import promises, rungs
from andon.incidents.keys import answer_code, incident_id
from andon.incidents.ledger import Draft
from andon.model import AlertState, Finding, Incident, Policy, Reason, Rise, State, Tier
from andon.rulebook.model import Rule, Rulebook

PULL = "pull"
_TITLE = 120
REOPENS = 7200.0
"""Seconds after its closing in which the same key opens an incident again."""


def opened(key: str, owner: str, finding: Finding, now: float, book: Rulebook, codes: set[str]) -> Incident:
    """Return the blank incident that a finding calls, not yet written: its alerts, rows and promises follow."""
    rule = book.rules.get(finding.rule)
    name = incident_id(key, now)
    return Incident(
        key=key,
        id=name,
        code=answer_code(codes, name),
        rule=finding.rule,
        title=_title(rule, finding),
        owner=owner,
        labels=group_labels(rule, finding),
        policy=_policy(rule, book),
        where=rule.place.cited if rule else "",
        runbook=rule.runbook if rule else "",
        tier=finding.tier,
        state=State.CALLED,
        called=now,
        evidence_from=_since(finding, now),
        single=rule is None or rule.each is not None,
        rises=_rises(rule),
    )


def call(draft: Draft, book: Rulebook, kind: str, finding: Finding) -> None:
    """Start the ladder, the promises and the fixed positions of a call that was just opened or opened again."""
    wait = 0.0 if finding.rule == PULL else rungs.wait_of(draft.incident, draft.incident.tier)
    draft.set(paged_due=draft.now + wait, announced=False, rises=_armed(draft))
    draft.milestone("called", draft.now)
    draft.row(kind, by=finding.by or "andon", text=finding.text, data=_said(draft.incident, finding))
    rungs.start(draft, Reason.FIRST, wait)
    promises.start(draft, book, draft.now + wait)


def reopen(draft: Draft, book: Rulebook, finding: Finding, codes: set[str]) -> None:
    """Call again what was verified or closed: first round, nobody has it, its tier is what is bad now."""
    incident = draft.incident
    closed = incident.state is State.CLOSED
    code = answer_code(codes, incident.id) if closed and incident.code in codes else incident.code
    draft.set(
        code=code,
        state=State.CALLED,
        tier=worst(incident),
        evidence_from=_since(finding, draft.now),
        before=None,
        holder="",
        resolved_at=None,
        clear_at=None,
        closes_at=None,
        shelved_until=None,
        closed_reason="",
        acceptance=None,
    )
    forget_answer(draft)
    call(draft, book, "reopened", finding)


def rise(draft: Draft, book: Rulebook, tier: Tier, text: str = "") -> None:
    """Raise the tier: its ladder and its promises start now, whoever holds the incident is paged too."""
    incident = draft.incident
    draft.row("tier", text=text, reason=Reason.WORSE, data={"from": incident.tier.value, "to": tier.value})
    if incident.shelved_until is not None:
        draft.set(shelved_until=None)
        draft.row("unshelved", text="the tier has risen")
    draft.set(tier=tier)
    back_to_called(draft, Reason.WORSE)
    promises.start(draft, book, draft.now)


def worse(draft: Draft, text: str) -> None:
    """Call again what was said to be fixed and is not."""
    draft.row("worse", text=text, reason=Reason.WORSE, data={"holder": draft.incident.holder})
    back_to_called(draft, Reason.WORSE)


def back_to_called(draft: Draft, reason: Reason) -> None:
    """Return to CALLED with a fresh ladder; the holder is paged beside it."""
    forget_answer(draft)
    draft.set(state=State.CALLED, before=None, resolved_at=None, clear_at=None, closes_at=None)
    if draft.incident.single:
        _bad_again(draft)
    rungs.start(draft, reason)
    if reason is Reason.WORSE and draft.incident.holder:
        draft.page(reason, "holder")


def forget_answer(draft: Draft) -> None:
    """Take the timers of an answer off; who gave it, and that it was given, stays."""
    draft.set(ack_expires=None, restart_at=None, later_at=None, later_by="")


def worst(incident: Incident) -> Tier:
    """Return the worst tier among the alerts that are bad now."""
    bad = [alert.tier for alert in incident.alerts.values() if alert.state in BAD]
    return max(bad, key=lambda tier: tier.rank, default=incident.tier)


BAD = frozenset({AlertState.FIRING, AlertState.NO_DATA, AlertState.PENDING})
"""No data is never all right."""


def group_labels(rule: Rule | None, finding: Finding) -> dict[str, str]:
    """Return the labels by which a finding is grouped; one its segment lacks is left out."""
    by = rule.group.by if rule else ()
    return {name: finding.segment[name] for name in by if name in finding.segment}


def _since(finding: Finding, now: float) -> float:
    return min(finding.since, now) if math.isfinite(finding.since) else now


def _said(incident: Incident, finding: Finding) -> dict[str, str | float | list[str]]:
    seen = f"{finding.evidence.observed:.4g}" if finding.evidence else ""
    return {"tier": incident.tier.value, "owner": incident.owner, "rule": finding.rule, "observed": seen}


def _bad_again(draft: Draft) -> None:
    alerts = {
        key: msgspec.structs.replace(alert, state=AlertState.FIRING) if alert.state is AlertState.RECOVERING else alert
        for key, alert in draft.incident.alerts.items()
    }
    draft.set(alerts=alerts)


def _armed(draft: Draft) -> list[Rise]:
    rank = draft.incident.tier.rank
    return [
        msgspec.structs.replace(one, at=draft.now + one.after if one.tier.rank > rank else None)
        for one in draft.incident.rises
    ]


def _rises(rule: Rule | None) -> list[Rise]:
    worsens = rule.worsens if rule else ()
    return [Rise(tier=one.tier, after=one.after, unless=one.unless) for one in worsens if one.when is None]


def _policy(rule: Rule | None, book: Rulebook) -> Policy:
    name = rule.policy if rule else book.default_policy
    policy = book.policies.get(name) or book.policies.get(book.default_policy) or Policy(name=name)
    if rule is None:
        return policy
    return msgspec.structs.replace(policy, group_wait=rule.group.wait, clear_after=rule.clear_after)


def _title(rule: Rule | None, finding: Finding) -> str:
    named = rule.name if rule else finding.rule
    return (finding.text[:_TITLE] or named) if finding.rule == PULL else named
