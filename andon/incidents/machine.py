"""The one door of incidents: an event is decided upon, and only here does an incident change (pages aside)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias, overload

import msgspec

from andon.errors import Refused
from andon.incidents import acts, alerts, calls, passing
from andon.incidents.alerts import concerns
from andon.incidents.keys import incident_key
from andon.incidents.ledger import Draft
from andon.model import Act, Finding, Incident, Outcome, Receipt, Sending, State
from andon.rulebook.model import Rulebook

__all__ = ["Handed", "Input", "Tick", "concerns", "decide", "key_of"]

_ON_ITS_WAY = frozenset({Sending.QUEUED, Sending.SENDING})
_SENT = frozenset({Sending.SENT, Sending.DELIVERED, Sending.READ})


class Tick(msgspec.Struct, frozen=True):
    """The time has come for which an incident asked (`timers.wake`)."""


class Handed(msgspec.Struct, frozen=True):
    """What was accepted by row `row` of the ledger is in the log."""

    row: int


Input: TypeAlias = Finding | Act | Receipt | Tick | Handed


def key_of(finding: Finding, book: Rulebook, still_open: Iterable[Incident] = ()) -> str:
    """Return the grouping key of the incident a finding belongs to.

    One of `still_open` that already holds the alert keeps it, whatever an edit has done to the rule's owner and groups.
    """
    rule = book.rules.get(finding.rule)
    if finding.rule != calls.PULL:
        key = alerts.key_of_alert(finding)
        for incident in still_open:
            if key in incident.alerts and incident.state is not State.CLOSED:
                return incident.key
    return incident_key(_owner(finding, book), finding.rule, calls.group_labels(rule, finding))


@overload
def decide(incident: Incident, event: Input, now: float, book: Rulebook, codes: set[str]) -> Outcome: ...
@overload
def decide(incident: Incident | None, event: Input, now: float, book: Rulebook, codes: set[str]) -> Outcome | None: ...
def decide(incident: Incident | None, event: Input, now: float, book: Rulebook, codes: set[str]) -> Outcome | None:
    """Return what an event makes of an incident; the very same incident without rows where it changes nothing.

    `incident` is the newest with the event's key, closed ones too, or None; None is returned where there is none and none is
    called. `codes` are the answer codes in use. Refused when an act is not allowed.
    """
    if isinstance(event, Finding):
        return _found(incident, event, now, book, codes)
    if incident is None:
        if isinstance(event, Act):
            raise Refused(f"there is no incident {event.incident!r}; the board shows the open ones and their codes")
        return None
    if isinstance(event, Act) and acts.repeated(incident, event):
        return Outcome(incident)
    draft = Draft(incident, now)
    passing.pass_time(draft, book)
    if isinstance(event, Act):
        acts.apply(draft, event, book)
    elif isinstance(event, Handed):
        acts.handed(draft, event.row)
    elif isinstance(event, Receipt):
        _receipt(draft, event)
    return draft.outcome()


def _found(incident: Incident | None, finding: Finding, now: float, book: Rulebook, codes: set[str]) -> Outcome | None:
    old = incident is not None and alerts.is_old(incident, finding)
    if not concerns(finding) or old:
        return Outcome(incident) if incident is not None else None
    if incident is None or _calls_anew(incident, finding, now, book):
        return _open(finding, now, book, codes) if alerts.calls_for_help(finding, book) else None
    draft = Draft(incident, now)
    passing.pass_time(draft, book)
    alerts.apply(draft, finding, book, codes)
    return draft.outcome()


def _calls_anew(incident: Incident, finding: Finding, now: float, book: Rulebook) -> bool:
    if incident.state is not State.CLOSED or not alerts.calls_for_help(finding, book):
        return False
    known = incident.alerts.get(alerts.key_of_alert(finding))
    still = known is not None and known.state in calls.BAD and finding.tier.rank <= incident.tier.rank
    return not still and now - incident.milestones["closed"] > calls.REOPENS


def _open(finding: Finding, now: float, book: Rulebook, codes: set[str]) -> Outcome:
    draft = Draft(calls.opened(key_of(finding, book), _owner(finding, book), finding, now, book, codes), now)
    alerts.join_first(draft, finding)
    calls.call(draft, book, "called", finding)
    return draft.outcome()


def _owner(finding: Finding, book: Rulebook) -> str:
    if finding.owner in book.owners:
        return finding.owner
    rule = book.rules.get(finding.rule)
    return rule.owner if rule else book.default_owner


def _receipt(draft: Draft, receipt: Receipt) -> None:
    if receipt.status in _ON_ITS_WAY:
        return
    draft.row("receipt", text=receipt.reason, data={"page": receipt.page, "status": receipt.status.value})
    if receipt.status in _SENT:
        draft.set(announced=True)
        draft.milestone("paged", min(receipt.at, draft.now))
