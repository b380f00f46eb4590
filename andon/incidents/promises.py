"""The response-time promises: they start, come to be at risk, break, are kept, and are replaced when the tier changes."""

from __future__ import annotations

import math

import msgspec

from andon.incidents.calendar import ALWAYS, after
from andon.incidents.ledger import Draft
from andon.model import Clocked, Incident, Reason, State, Tier
from andon.rulebook.model import Calendar, Rulebook

RESPOND, RESOLVE = "respond", "resolve"
AT_RISK = 0.8
"""The part of the allowed time after which a promise is said to be at risk."""
OPEN = frozenset({"running", "at-risk"})
_MET_BY = {RESPOND: "acked", RESOLVE: "verified"}


def start(draft: Draft, book: Rulebook, since: float) -> None:
    """Start the promises of the incident's tier at `since`, when its first page is due; open ones become void."""
    void(draft)
    incident = draft.incident
    pledge = incident.policy.pledges.get(incident.tier)
    if pledge is None:
        return
    calendar = book.calendars.get(pledge.clock, ALWAYS)
    allowed = {RESPOND: pledge.respond, RESOLVE: pledge.resolve}
    begun = [
        _clocked(name, incident.tier, calendar, seconds, since)
        for name, seconds in allowed.items()
        if math.isfinite(seconds)
    ]
    draft.set(promises=[*incident.promises, *begun])


def void(draft: Draft) -> None:
    """Take open promises out of force; they stay on record."""
    for index, promise in enumerate(draft.incident.promises):
        if promise.state in OPEN:
            draft.row("voided", text=promise.milestone, data=_figures(promise, draft.now))
            _put(draft, index, msgspec.structs.replace(promise, state="void"))


def keep(draft: Draft, milestone: str, at: float) -> None:
    """Judge the promise whose milestone was reached at `at`: kept if in time, even where it was already called broken."""
    for index, promise in enumerate(draft.incident.promises):
        if promise.milestone != milestone or promise.met is not None or promise.state == "void":
            continue
        kept = at < promise.breaks
        if kept and promise.state == "broken":
            draft.row("correction", text=milestone, data=_figures(promise, at))
        elif kept:
            draft.row("kept", text=milestone, data=_figures(promise, at))
        elif promise.state != "broken":
            _break(draft, promise)
        _put(draft, index, msgspec.structs.replace(promise, met=at, state="kept" if kept else "broken"))


def review(draft: Draft) -> None:
    """Say of each open promise, once each, that it is at risk or broken; the lead is paged unless all is well again."""
    for index, promise in enumerate(draft.incident.promises):
        if promise.state in OPEN and draft.now >= promise.breaks:
            _break(draft, promise)
            _put(draft, index, msgspec.structs.replace(promise, state="broken"))
        elif promise.state == "running" and draft.now >= promise.at_risk:
            draft.row("at-risk", text=promise.milestone, data=_figures(promise, draft.now))
            _call_lead(draft, Reason.AT_RISK, promise)
            _put(draft, index, msgspec.structs.replace(promise, state="at-risk"))


def next_due(promise: Clocked) -> float | None:
    """Return when an open promise wants to be looked at: when it comes to be at risk, then when it breaks."""
    if promise.state == "running":
        return promise.at_risk
    return promise.breaks if promise.state == "at-risk" else None


def taken(incident: Incident, milestone: str) -> tuple[float, float] | None:
    """Return the seconds to a promise's first milestone, from the first evidence and from when the first page was due."""
    reached = incident.milestones.get(_MET_BY[milestone])
    if reached is None:
        return None
    due = incident.called if incident.paged_due is None else incident.paged_due
    return reached - incident.evidence_from, reached - due


def _clocked(name: str, tier: Tier, calendar: Calendar, seconds: float, since: float) -> Clocked:
    return Clocked(
        milestone=name,
        tier=tier,
        clock=calendar.name,
        allowed=seconds,
        started=since,
        at_risk=after(calendar, since, AT_RISK * seconds),
        breaks=after(calendar, since, seconds),
    )


def _break(draft: Draft, promise: Clocked) -> None:
    draft.row("broken", text=promise.milestone, data=_figures(promise, draft.now))
    _call_lead(draft, Reason.BROKEN, promise)


def _call_lead(draft: Draft, reason: Reason, promise: Clocked) -> None:
    if draft.incident.state not in {State.VERIFIED, State.CLOSED}:
        draft.page(reason, "lead", promise=promise.milestone)


def _figures(promise: Clocked, at: float) -> dict[str, str | float | list[str]]:
    return {"tier": promise.tier.value, "started": promise.started, "breaks": promise.breaks, "at": at}


def _put(draft: Draft, index: int, promise: Clocked) -> None:
    promises = list(draft.incident.promises)
    promises[index] = promise
    draft.set(promises=promises)
