"""Whether a page that lies ready still has a reason when its time has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from andon.model import Delivery, Incident, Page, Reason, Sending, State

LOOK_AGAIN = 60.0
"""Seconds until a page of an incident that recovers is looked at again."""
_OVER = frozenset({State.VERIFIED, State.CLOSED})
_WENT = frozenset({Sending.SENT, Sending.DELIVERED, Sending.READ, Sending.BUNDLED})


class Fate(StrEnum):
    """What to do with a page whose time has come."""

    SEND = "send"
    WAIT = "wait"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A fate and its reason; `until` is when a page that waits is looked at again."""

    fate: Fate
    why: str = ""
    until: float = 0.0


def judge(page: Page, incident: Incident | None, others: Sequence[Delivery], now: float) -> Verdict:
    """Return what to do with a page, given its incident now (None: it was forgotten) and that incident's deliveries."""
    if incident is None:
        return Verdict(Fate.DROP, "its incident was forgotten")
    if why := _lost(page, incident, others):
        return Verdict(Fate.DROP, why)
    if page.reason is not Reason.DRILL and incident.shelved_until is not None and incident.shelved_until > now:
        return Verdict(Fate.WAIT, "shelved", incident.shelved_until)
    if incident.state is State.RECOVERING and page.step >= 0:
        return Verdict(Fate.WAIT, "recovering", now + LOOK_AGAIN)
    return Verdict(Fate.SEND)


def _lost(page: Page, incident: Incident, others: Sequence[Delivery]) -> str:
    """Return why a page has no reason any more, "" if it still has."""
    if page.reason is Reason.DRILL:
        return ""
    if page.asks == "answer":
        return "closed" if incident.state is State.CLOSED else ""
    if page.reason is Reason.RECOVERED:
        return "" if _was_heard(page, others) else "it was never announced to them"
    if incident.state in _OVER:
        return incident.state.value
    if page.tier.rank < incident.tier.rank and page.step >= 0:
        return f"the tier is {incident.tier.value} now, which has a ladder of its own"
    acked = incident.state is State.ACKED and _ack_cancels(page, incident)
    return f"{incident.holder or 'somebody'} has acked" if acked else ""


def _was_heard(page: Page, others: Sequence[Delivery]) -> bool:
    """Return whether a person has had a page of what recovered: nobody hears of the end who never heard of the start."""
    return any(
        one.page.person == page.person and one.page.reason is not Reason.RECOVERED and one.status in _WENT
        for one in others
    )


def _ack_cancels(page: Page, incident: Incident) -> bool:
    if page.step < 0:
        asked_again = page.reason is Reason.ACK_EXPIRED and incident.restart_at is not None
        return page.reason in {Reason.WORSE, Reason.ACK_EXPIRED} and not asked_again
    ladder = incident.policy.ladders.get(page.tier, [])
    return page.step >= len(ladder) or ladder[page.step].unless != "resolved"
