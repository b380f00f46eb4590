"""How an incident ends: it recovers, is verified, asks for the answer it never had, and is closed."""

from __future__ import annotations

import msgspec

from andon.incidents import promises, rungs
from andon.incidents.calls import BAD, forget_answer
from andon.incidents.ledger import Draft
from andon.model import AlertState, Incident, Reason, State, Tier

ACCEPTED = "accepted as the new normal"
"""What such an incident is closed as; it has not been verified, and no promise to resolve it was kept."""
ASKS = 86_400.0
"""Seconds a verified incident waits for an answer before it closes without one."""
CHECK = {Tier.RED: 1_800.0}
CHECK_ELSE = 7_200.0
"""Seconds after a resolve by which nothing may still be firing."""
ACK_EXPIRES = {Tier.RED: 1_800.0}
ACK_EXPIRES_ELSE = 14_400.0
"""Seconds an ack holds without progress, where the policy does not say."""


def judge(draft: Draft, at: float) -> None:
    """See what the alerts' states say of the incident as of `at`: that it recovers, that it is verified, or nothing new."""
    incident = draft.incident
    states = {alert.state for alert in incident.alerts.values()} - {AlertState.RETIRED}
    if incident.state in {State.VERIFIED, State.CLOSED}:
        return
    if states <= {AlertState.OK} and incident.acceptance is not None:
        close(draft, ACCEPTED, incident.acceptance.by)
    elif states <= {AlertState.OK}:
        verify(draft, at)
    elif states <= {AlertState.OK, AlertState.RECOVERING} and incident.state in {State.CALLED, State.ACKED}:
        recover(draft)


def recover(draft: Draft) -> None:
    """Enter RECOVERING: the ladder pauses, an ack no longer expires."""
    if draft.incident.state is not State.RECOVERING:
        draft.set(before=draft.incident.state, state=State.RECOVERING, ack_expires=None, restart_at=None)
        rungs.pause(draft)
        draft.row("recovering")


def relapse(draft: Draft, text: str) -> None:
    """Go back to where it was before it recovered; nobody is paged for that, the ladder goes on."""
    state = draft.incident.before or State.CALLED
    draft.set(state=state, before=None)
    draft.row("relapsed", text=text, data={"state": state.value})
    if state is State.ACKED:
        renew_ack(draft)
    if draft.incident.shelved_until is None:
        rungs.go_on(draft)


def verify(draft: Draft, at: float) -> None:
    """Enter VERIFIED, as of `at`: tell those who were paged; close if somebody has answered or nobody was called; else ask."""
    heard = _was_heard_of(draft)
    rises = [msgspec.structs.replace(one, at=None) for one in draft.incident.rises]
    before = draft.incident.before or draft.incident.state
    draft.set(state=State.VERIFIED, before=before, clear_at=None, added=[], rises=rises)
    forget_answer(draft)
    rungs.stop(draft)
    draft.milestone("verified", at, again=True)
    draft.row("verified")
    promises.keep(draft, promises.RESOLVE, at)
    _tell(draft, heard=heard)
    if draft.incident.holder or not heard:
        close(draft, "verified")


def _was_heard_of(draft: Draft) -> bool:
    """Nobody was called while the first page still waited for company, or another incident explained this one."""
    incident = draft.incident
    return incident.announced or (rungs.first_page_was_due(draft) and not incident.inhibited_by)


def close(draft: Draft, reason: str, by: str = "andon", via: str = "") -> None:
    """Enter CLOSED: no timer is left, and what was single is over."""
    incident = draft.incident
    still = [key for key, alert in incident.alerts.items() if alert.state in BAD]
    if incident.single:
        over = {key: msgspec.structs.replace(one, state=AlertState.OK) for key, one in incident.alerts.items()}
        draft.set(alerts=over)
    promises.void(draft)
    forget_answer(draft)
    rungs.stop(draft)
    draft.set(state=State.CLOSED, before=None, closes_at=None, clear_at=None, shelved_until=None, added=[])
    draft.set(closed_reason=reason)
    draft.milestone("closed", draft.now, again=True)
    draft.row("closed", by=by, via=via, text=reason, data={"still_bad": float(len(still))})


def renew_ack(draft: Draft) -> None:
    """Start the time anew in which whoever holds the incident must show progress."""
    tier = draft.incident.tier
    seconds = draft.incident.policy.ack_expires.get(tier, ACK_EXPIRES.get(tier, ACK_EXPIRES_ELSE))
    draft.set(ack_expires=draft.now + seconds, restart_at=None)


def check_at(incident: Incident) -> float | None:
    """Return when a resolve will be doubted: only while something is still bad after it."""
    bad = any(alert.state in BAD for alert in incident.alerts.values())
    if incident.state is not State.RECOVERING or incident.resolved_at is None or not bad:
        return None
    return incident.resolved_at + CHECK.get(incident.tier, CHECK_ELSE)


def _tell(draft: Draft, *, heard: bool) -> None:
    incident = draft.incident
    asks = heard and not incident.holder
    if asks:
        draft.set(closes_at=draft.now + ASKS)
    if heard and incident.announced:
        draft.page(Reason.RECOVERED, *(["paged", "on-duty"] if asks else ["paged"]), asks="answer" if asks else "")
    elif asks:
        draft.page(Reason.FIRST, "on-duty", asks="answer")
