"""Pages outside the ladder: a decision's `page-due` rows name whom, here they become calls."""

from __future__ import annotations

from dataclasses import dataclass

from andon.model import Reason, Row, Sending
from andon.oncall.duty import Recipient, recipients, room, who
from andon.oncall.ladder import channels_of, steps
from andon.respond.view import View
from andon.respond.work import Call, Work

CALM = frozenset({Reason.ADDED, Reason.RECOVERED})
"""Reasons that ring nobody's telephone as long as there is another way."""
VOICE = "phone"


@dataclass(frozen=True, slots=True)
class _Wanted:
    recipient: Recipient
    channels: tuple[str, ...]


def expand(work: Work) -> Work:
    """Turn the new `page-due` rows into calls; what a muted incident would say is dropped, but for its recovery."""
    for row in work.before.rows:
        if row.kind == "page-due":
            work = _muted(work, row) if _is_muted(work, row) else _expanded(work, row)
    return work


def _is_muted(work: Work, row: Row) -> bool:
    return work.hold is not None and work.hold.until is None and row.reason is not Reason.RECOVERED


def _muted(work: Work, row: Row) -> Work:
    why = work.hold.why if work.hold else ""
    return work.wrote("skipped", text=why, reason=row.reason, data={"row": float(row.n), "stage": "inhibit"})


def _expanded(work: Work, row: Row) -> Work:
    wanted = [one for target in _targets(row) for one in _meant(work, target)]
    calls = [_call(work, row, one.recipient, channel) for one in wanted for channel in _set_up(work, row, one)]
    reached = {call.recipient.id for call in calls}
    lost = [one.recipient.id for one in wanted if one.recipient.id not in reached]
    if lost or not wanted:
        why = f"no channel that is set up: {', '.join(lost)}" if lost else f"nobody is {', '.join(_targets(row))}"
        work = work.wrote("skipped", text=why, reason=row.reason, data={"row": float(row.n), "people": lost})
    return work.calling(*calls)


def _targets(row: Row) -> list[str]:
    to = row.data.get("to", [])
    return to if isinstance(to, list) else [str(to)]


def _meant(work: Work, target: str) -> list[_Wanted]:
    """Return whom a target means: holder (without one, on-duty), paged (all who were), or as a step's targets."""
    incident, book = work.incident, work.view.book
    if target == "paged":
        return _paged(work.view)
    if target == "holder" and incident.holder:
        target = f"person:{incident.holder}"
    elif target == "holder":
        target = "on-duty"
    return [_Wanted(one, ()) for one in who(book, target, incident.owner, work.now)]


def _paged(view: View) -> list[_Wanted]:
    """Return all who were paged, each with the channels that did not fail."""
    by_whom: dict[str, dict[str, None]] = {}
    for one in view.pages:
        if one.status not in {Sending.FAILED_FOR_GOOD, Sending.DROPPED}:
            by_whom.setdefault(one.page.person, {})[one.page.channel] = None
    return [_Wanted(found, tuple(channels)) for name, channels in by_whom.items() for found in recipient_of(view, name)]


def recipient_of(view: View, name: str) -> tuple[Recipient, ...]:
    """Return the person or room behind a page's `person`; nobody if the rulebook has them no more."""
    if name.startswith("room:"):
        team = view.book.owners.get(name[5:])
        return (room(view.book, team),) if team else ()
    return recipients(view.book, (name,))


def _set_up(work: Work, row: Row, wanted: _Wanted) -> tuple[str, ...]:
    """Return the channels to use: those given, else the first step's, else the ladder's, else all that a person has."""
    policy, tier = work.incident.policy, work.incident.tier
    first = tuple(channel for step in steps(policy, tier)[:1] for channel in step.by)
    preferred = [by for by in (wanted.channels, first, channels_of(policy, tier)) if by]
    for by in (*preferred, ()):
        found = tuple(one for one in wanted.recipient.channels(by) if one in work.view.channels)
        if found:
            calm = tuple(one for one in found if one != VOICE)
            return calm if calm and row.reason in CALM else found
    return ()


def _call(work: Work, row: Row, recipient: Recipient, channel: str) -> Call:
    """Make a call of a row; where a decision names no reason, the incident's own is meant."""
    hold = work.hold if work.hold and work.hold.until else None
    return Call(
        row=row.n,
        recipient=recipient,
        channel=channel,
        reason=row.reason or work.incident.rung.reason,
        due=hold.until if hold and hold.until else work.now,
        held=hold.stage if hold else "",
        about=str(row.data.get("promise", "")),
        asks=str(row.data.get("asks", "")),
        text=row.text,
    )
