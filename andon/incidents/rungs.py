"""When an incident's ladder starts, pauses, goes on and stops; who is called on each step is the next rooms' business."""

from __future__ import annotations

import msgspec

from andon.incidents.ledger import Draft
from andon.model import Incident, Reason, Rung, Tier

BUNDLE = 300.0
"""Seconds between two pages that say which segments were added."""


def start(draft: Draft, reason: Reason, wait: float = 0.0) -> None:
    """Start the ladder at its first step, `wait` seconds from now; while shelved it stands still.

    Its first page names every segment, so that none is left to be added, and the next such page is five minutes off.
    """
    held = draft.incident.shelved_until is not None
    if not held:
        draft.set(paged_due=_sooner(draft.incident.paged_due, draft.now + wait))
    rung = Rung(began=draft.now, due=None if held else draft.now + wait, reason=reason)
    draft.set(rung=rung, paused=wait if held else None, added=[], grouped_at=draft.now + wait + BUNDLE)


def pause(draft: Draft) -> None:
    """Stop the ladder where it stands, to go on from there."""
    rung = draft.incident.rung
    if rung.due is None:
        return
    draft.set(rung=msgspec.structs.replace(rung, due=None), paused=max(rung.due - draft.now, 0.0))
    if not first_page_was_due(draft):
        draft.set(paged_due=None)


def go_on(draft: Draft) -> None:
    """Let a paused ladder go on with the seconds its next step had left."""
    left = draft.incident.paused
    if left is None:
        return
    draft.set(rung=msgspec.structs.replace(draft.incident.rung, due=draft.now + left), paused=None)
    if draft.incident.paged_due is None:
        draft.set(paged_due=draft.now + left)


def answered(draft: Draft) -> None:
    """Stop the ladder after an ack, unless one of the steps to come is only cancelled by a recovery."""
    incident = draft.incident
    if not _waits_for_recovery(incident):
        stop(draft)


def stop(draft: Draft) -> None:
    """Stop the ladder for good; it keeps its place in the record."""
    draft.set(rung=msgspec.structs.replace(draft.incident.rung, due=None), paused=None)


def next_step(draft: Draft) -> None:
    """Make the next step due now; after the last one the ladder starts anew."""
    rung = draft.incident.rung
    if rung.last:
        draft.set(rung=Rung(began=draft.now, due=draft.now, reason=rung.reason), paused=None)
    else:
        draft.set(rung=msgspec.structs.replace(rung, due=draft.now), paused=None)


def first_page_was_due(draft: Draft) -> bool:
    """Tell whether a page of this call has become due, so that people may have heard of it."""
    due = draft.incident.paged_due
    return due is not None and due <= draft.now


def first_page_waits(incident: Incident) -> bool:
    """Tell whether the ladder's first page has yet to go: what joins until then is in it."""
    rung = incident.rung
    return rung.due is not None and (rung.round, rung.step, rung.last) == (1, 0, False)


def wait_of(incident: Incident, tier: Tier) -> float:
    """Return how long a first page waits for company: not at all if red."""
    return 0.0 if tier is Tier.RED else incident.policy.group_wait


def _sooner(one: float | None, other: float) -> float:
    return other if one is None else min(one, other)


def _waits_for_recovery(incident: Incident) -> bool:
    rung = incident.rung
    steps = incident.policy.ladders.get(incident.tier, [])
    return rung.due is not None and not rung.last and any(step.unless == "resolved" for step in steps[rung.step :])
