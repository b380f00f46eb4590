"""What the passing of time does to an incident, one timer after the other, in the order in which they came due."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from andon.incidents import alerts, calls, endings, promises
from andon.incidents.ledger import Draft
from andon.incidents.timers import HAND, RUNG, timers
from andon.model import AlertState, Reason, Rise, State
from andon.rulebook.model import Rulebook

RESTART = 300.0
"""Seconds that the holder of an expired ack has before the ladder starts again."""
_PASSED: Mapping[str, tuple[State, ...]] = {
    "resolved": (State.RECOVERING, State.VERIFIED),
    "verified": (State.VERIFIED,),
}


def pass_time(draft: Draft, book: Rulebook) -> None:
    """Apply every timer that has come due, except the ladder's, and those that the desk sees to."""
    while (name := _first_due(draft)) is not None:
        _HANDLERS[name](draft, book)


def _first_due(draft: Draft) -> str | None:
    due = (name for when, name in timers(draft.incident) if when <= draft.now and name not in {RUNG, HAND})
    return next(due, None)


def _ack_expired(draft: Draft, book: Rulebook) -> None:
    del book
    draft.set(ack_expires=None, restart_at=draft.now + RESTART)
    draft.row("ack-expired", data={"holder": draft.incident.holder})
    draft.page(Reason.ACK_EXPIRED, "holder")


def _restart(draft: Draft, book: Rulebook) -> None:
    del book
    draft.row("restarted", reason=Reason.ACK_EXPIRED, data={"holder": draft.incident.holder})
    calls.back_to_called(draft, Reason.ACK_EXPIRED)


def _later(draft: Draft, book: Rulebook) -> None:
    del book
    asked = draft.incident.later_by
    draft.set(later_at=None, later_by="")
    draft.page(Reason.REPEAT, f"person:{asked}", asks="later")


def _unshelve(draft: Draft, book: Rulebook) -> None:
    del book
    draft.set(shelved_until=None)
    draft.row("unshelved", text="its time is over")
    if draft.incident.state in {State.CALLED, State.ACKED}:
        calls.back_to_called(draft, Reason.REPEAT if draft.incident.announced else Reason.FIRST)


def _clear(draft: Draft, book: Rulebook) -> None:
    del book
    at = draft.incident.clear_at or draft.now
    over = {
        key: msgspec.structs.replace(alert, state=AlertState.OK) if alert.state is AlertState.RECOVERING else alert
        for key, alert in draft.incident.alerts.items()
    }
    draft.set(alerts=over, clear_at=None)
    endings.judge(draft, at)


def _closes(draft: Draft, book: Rulebook) -> None:
    del book
    endings.close(draft, "never answered")


def _check(draft: Draft, book: Rulebook) -> None:
    del book
    calls.worse(draft, "still bad after a resolve")


def _added(draft: Draft, book: Rulebook) -> None:
    del book
    alerts.tell_added(draft)


def _promise(draft: Draft, book: Rulebook) -> None:
    del book
    promises.review(draft)


def _rise(draft: Draft, book: Rulebook) -> None:
    due = [one for one in draft.incident.rises if one.at is not None and one.at <= draft.now]
    passed = [msgspec.structs.replace(one, at=None) if one in due else one for one in draft.incident.rises]
    draft.set(rises=passed)
    for one in due:
        if one.tier.rank <= draft.incident.tier.rank:
            continue
        if _has_come_true(draft, one):
            draft.row("skipped", text="fixed position", data={"tier": one.tier.value, "unless": one.unless})
        else:
            calls.rise(draft, book, one.tier, "fixed position")


def _has_come_true(draft: Draft, rise: Rise) -> bool:
    if rise.unless == "acked":
        return bool(draft.incident.holder)
    return draft.incident.state in _PASSED.get(rise.unless, ())


_HANDLERS: Mapping[str, Callable[[Draft, Rulebook], None]] = {
    "ack": _ack_expired,
    "restart": _restart,
    "later": _later,
    "shelved": _unshelve,
    "clear": _clear,
    "closes": _closes,
    "check": _check,
    "added": _added,
    "promise": _promise,
    "rise": _rise,
}
