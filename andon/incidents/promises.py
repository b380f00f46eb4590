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
_KEPT = 100
"""So many promises an incident carries along; the ledger has them all."""


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
    draft.set(promises=[*draft.incident.promises, *begun][-_KEPT:])


def void(draft: Draft) -> None:
    """Take open promises out of force; they stay on record."""
    for index, promise in enumerate(draft.incident.promises):
        if promise.state in OPEN:
            draft.row("voided", text=promise.milestone, data=_figures(draft, promise, draft.now))
            _put(draft, index, msgspec.structs.replace(promise, state="void"))


def keep(draft: Draft, milestone: str, at: float) -> None:
    """Judge the promise whose milestone was reached at `at`: kept if in time, even where it was already called broken.

    What was late by now is called broken already: time passes before any event is applied.
    """
    for index, promise in enumerate(draft.incident.promises):
        if promise.milestone != milestone or promise.met is not None or promise.state == "void":
            continue
        kept = at < promise.breaks
        if kept and promise.state == "broken":
            draft.row("correction", text=milestone, data=_figures(draft, promise, at))
        elif kept:
            draft.row("kept", text=milestone, data=_figures(draft, promise, at))
        _put(draft, index, msgspec.structs.replace(promise, met=at, state="kept" if kept else "broken"))


def review(draft: Draft) -> None:
    """Say of each open promise, once each, that it is at risk or broken; the lead is paged unless all is well again."""
    for index, promise in enumerate(draft.incident.promises):
        if promise.state in OPEN and draft.now >= promise.breaks:
            _break(draft, promise)
            _put(draft, index, msgspec.structs.replace(promise, state="broken"))
        elif promise.state == "running" and draft.now >= promise.at_risk:
            draft.row("at-risk", text=promise.milestone, data=_figures(draft, promise, draft.now))
            _call_lead(draft, Reason.AT_RISK, promise)
            _put(draft, index, msgspec.structs.replace(promise, state="at-risk"))


def next_due(promise: Clocked) -> float | None:
    """Return when an open promise wants to be looked at: when it comes to be at risk, then when it breaks."""
    if promise.state == "running":
        return promise.at_risk
    return promise.breaks if promise.state == "at-risk" else None


def taken(incident: Incident, milestone: str) -> tuple[float, float] | None:
    """Return what the latest promise of a milestone took: seconds from the first evidence, and from the first page due.

    None while it is not met. A promise is judged by the second; the first is what customers felt.
    """
    met = [one for one in incident.promises if one.milestone == milestone and one.met is not None]
    if not met or met[-1].met is None:
        return None
    return met[-1].met - incident.evidence_from, met[-1].met - met[-1].started


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
    draft.row("broken", text=promise.milestone, data=_figures(draft, promise, draft.now))
    _call_lead(draft, Reason.BROKEN, promise)


def _call_lead(draft: Draft, reason: Reason, promise: Clocked) -> None:
    if draft.incident.state not in {State.VERIFIED, State.CLOSED}:
        draft.page(reason, "lead", promise=promise.milestone)


def _figures(draft: Draft, promise: Clocked, at: float) -> dict[str, str | float | list[str]]:
    return {
        "tier": promise.tier.value,
        "breaks": promise.breaks,
        "at": at,
        "took": at - promise.started,
        "felt": at - draft.incident.evidence_from,
    }


def _put(draft: Draft, index: int, promise: Clocked) -> None:
    promises = list(draft.incident.promises)
    promises[index] = promise
    draft.set(promises=promises)
