"""When an incident wants to be looked at: every instant it waits for, by name."""

from __future__ import annotations

from andon.incidents import promises
from andon.incidents.endings import check_at
from andon.model import Incident, State

RUNG = "rung"
"""The ladder's next step, which the next room takes; every other name but `HAND` is passed by `passing.py`."""
HAND = "hand"
"""What was accepted waits to be written into the log, which the desk sees to."""


def wake(incident: Incident) -> float | None:
    """Return the earliest instant at which it wants to be looked at; None when only an alert or a person can move it."""
    return min((when for when, _ in timers(incident)), default=None)


def timers(incident: Incident) -> list[tuple[float, str]]:
    """Return (when, name) of all it waits for, earliest first."""
    if incident.state is State.CLOSED:
        return []
    named = [
        (incident.rung.due, RUNG),
        (incident.ack_expires, "ack"),
        (incident.restart_at, "restart"),
        (incident.later_at, "later"),
        (incident.shelved_until, "shelved"),
        (incident.acceptance.due if incident.acceptance else None, HAND),
        (incident.clear_at, "clear"),
        (incident.closes_at, "closes"),
        (check_at(incident), "check"),
        (_added(incident), "added"),
        *((promises.next_due(promise), "promise") for promise in incident.promises),
        *((None if incident.shelved_until else one.at, "rise") for one in incident.rises),
    ]
    return sorted((when, name) for when, name in named if when is not None)


def _added(incident: Incident) -> float | None:
    if not incident.added or incident.shelved_until or incident.state not in {State.CALLED, State.ACKED}:
        return None
    return incident.grouped_at
