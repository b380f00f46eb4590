"""What people say of an incident, and whether they may: every answer enters here, whatever it came through."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from andon.errors import Refused
from andon.incidents import calls, endings, promises, rungs
from andon.incidents.ledger import Draft
from andon.incidents.people import answerers
from andon.model import Acceptance, Act, AlertState, Incident, Labels, Reason, State, Tier, Verb
from andon.rulebook.model import Rulebook

LONGEST = 86_400.0
"""Seconds: no shelving and no `later` goes further."""
_REMEMBERED = 200
_NOTES = 50
_GIVEN = {Tier.RED: 300.0}
_GIVEN_ELSE = 900.0
"""Seconds in which the one an incident was given to must answer for himself."""
_LINES = frozenset({"threshold", "burn_rate", "silence"})
"""Detectors of lines that stay where they are; the others learn what is usual."""
_AFTER_CLOSING = frozenset({Verb.NOTE, Verb.TOLD})


def repeated(incident: Incident, act: Act) -> bool:
    """Tell whether this very act was applied before."""
    return bool(act.id) and act.id in incident.acts


def apply(draft: Draft, act: Act, book: Rulebook) -> None:
    """Apply an act; Refused with the reason when it is not allowed."""
    _allow(draft.incident, act, book)
    _HANDLERS[act.verb](draft, act)
    if act.verb is not Verb.ACK:
        draft.milestone("first_action", _when(draft, act))
    if act.id:
        draft.set(acts=[*draft.incident.acts, act.id][-_REMEMBERED:])


def _allow(incident: Incident, act: Act, book: Rulebook) -> None:
    if act.by not in book.people:
        raise Refused(f"{act.by or 'nobody'} is not in the rulebook's people; add them under `people`")
    if act.by not in answerers(incident, book):
        raise Refused(
            f"{act.by} may not answer {incident.code}: it is {incident.owner}'s; "
            "someone on its policy can let them in with `join` or `give`"
        )
    if incident.state is State.CLOSED and act.verb not in _AFTER_CLOSING:
        raise Refused(f"{incident.id} is closed ({incident.closed_reason}); only note and told are still taken")
    if act.verb in {Verb.GIVE, Verb.JOIN} and act.whom not in book.people:
        known = ", ".join(sorted(book.people)[:10])
        raise Refused(f"{act.verb} needs the name of someone in the rulebook, got {act.whom!r}; for instance {known}")
    if act.verb in {Verb.LATER, Verb.SHELVE} and not 0 < act.seconds <= LONGEST:
        raise Refused(f"{act.verb} takes more than 0 s and at most 24 h, got {act.seconds:g} s")
    if act.verb is Verb.ACCEPT:
        _allow_accepting(incident, book)
    if not act.text.strip():
        _allow_without_words(incident, act)


def _allow_without_words(incident: Incident, act: Act) -> None:
    if act.verb is Verb.NOTE:
        raise Refused("a note needs a text")
    if act.verb is Verb.SHELVE:
        raise Refused("shelving needs a reason, so that others know why nobody is paged")
    if act.verb is Verb.ACCEPT:
        raise Refused(
            "accepting a new normal needs a reason, so that others know why nobody is called for this any more"
        )
    if act.verb is Verb.CLOSE and incident.state is not State.VERIFIED:
        raise Refused(f"{incident.code} is {incident.state} and not verified; closing it now needs a reason")


def may_accept(incident: Incident, book: Rulebook) -> bool:
    """Tell whether an incident shows what could be accepted as the new normal: a learnt baseline was left, and still is."""
    return bool(_learns(incident, book) and _firing(incident))


def _learns(incident: Incident, book: Rulebook) -> bool:
    rule = book.rules.get(incident.rule)
    return rule is not None and rule.when is not None and any(test.detector not in _LINES for test in rule.when.tests)


def _allow_accepting(incident: Incident, book: Rulebook) -> None:
    if not _learns(incident, book):
        raise Refused(
            f"{incident.code} has no learnt baseline that could take up a new normal: resolve or close it, or change the rule's line"
        )
    if not _firing(incident):
        raise Refused(f"nothing of {incident.code} fires now ({incident.state}): there is no new normal to accept")


def _firing(incident: Incident) -> list[Labels]:
    return [alert.segment for alert in incident.alerts.values() if alert.state is AlertState.FIRING]


def _when(draft: Draft, act: Act) -> float:
    """Return when an answer was given, which cannot be before the call or after now."""
    return max(draft.incident.called, min(act.at, draft.now))


def _says(draft: Draft, act: Act, kind: str, text: str = "", **data: str | float | list[str]) -> None:
    draft.row(kind, by=act.by, via=act.via, text=text or act.text, data=data)


def _open_question(incident: Incident) -> bool:
    """Nobody has answered this call yet, or it called again since, or who answered does not say a word any more."""
    return not incident.holder or _called_again(incident) or incident.restart_at is not None


def _called_again(incident: Incident) -> bool:
    return State.CALLED in {incident.state, incident.before}


def _answer(draft: Draft, act: Act) -> bool:
    """Take an act as the answer if one is still asked for: its author holds the incident from now."""
    incident = draft.incident
    if not _open_question(incident):
        return False
    at = _when(draft, act)
    draft.set(holder=act.by)
    draft.milestone("acked", at)
    draft.row("acked", by=act.by, via=act.via, text=act.text if act.verb is Verb.ACK else act.verb.value)
    promises.keep(draft, promises.RESPOND, at)
    rungs.answered(draft)
    if incident.state in {State.CALLED, State.ACKED}:
        draft.set(state=State.ACKED)
        endings.renew_ack(draft)
    else:
        draft.set(before=State.ACKED)
    return True


def _progress(draft: Draft) -> None:
    if draft.incident.state is State.ACKED and draft.incident.shelved_until is None:
        endings.renew_ack(draft)


def _ack(draft: Draft, act: Act) -> None:
    incident = draft.incident
    if incident.holder == act.by and not _called_again(incident):
        _says(draft, act, "confirmed")
        _progress(draft)
    elif not _answer(draft, act):
        _says(draft, act, "already", incident.holder, holder=incident.holder)
    elif incident.state is State.VERIFIED:
        endings.close(draft, "verified")


def _resolve(draft: Draft, act: Act) -> None:
    if draft.incident.resolved_at is not None and draft.incident.state is State.RECOVERING:
        _says(draft, act, "already", "resolved", holder=draft.incident.holder)
        return
    _answer(draft, act)
    draft.milestone("resolved", _when(draft, act), again=True)
    _says(draft, act, "resolved")
    if draft.incident.state is State.VERIFIED:
        endings.close(draft, "verified")
        return
    draft.set(resolved_at=draft.now)
    endings.recover(draft)
    if draft.incident.single:
        _wait_for_another(draft)


def _wait_for_another(draft: Draft) -> None:
    """Single events have no metric that could show a recovery: that none comes for `clear_after` is the proof."""
    alerts = {
        key: msgspec.structs.replace(one, state=AlertState.RECOVERING) if one.state is AlertState.FIRING else one
        for key, one in draft.incident.alerts.items()
    }
    draft.set(alerts=alerts, clear_at=draft.now + draft.incident.policy.clear_after)


def _escalate(draft: Draft, act: Act) -> None:
    _says(draft, act, "escalated")
    if draft.incident.shelved_until is not None:
        draft.set(shelved_until=None)
        draft.row("unshelved", by=act.by, text="escalated")
    if draft.incident.state in {State.CALLED, State.ACKED}:
        calls.forget_answer(draft)
        draft.set(state=State.CALLED)
        rungs.next_step(draft)
    else:
        draft.page(Reason.REPEAT, "lead", asks="help")


def _give(draft: Draft, act: Act) -> None:
    held_by = draft.incident.holder
    _says(draft, act, "gave", act.whom, whom=act.whom, held_by=held_by)
    _let_in(draft, act)
    if held_by:
        draft.set(holder=act.whom)
    if act.whom == act.by:
        _progress(draft)
    elif draft.incident.state is State.ACKED and draft.incident.shelved_until is None:
        seconds = _GIVEN.get(draft.incident.tier, _GIVEN_ELSE)
        draft.set(ack_expires=draft.now + seconds, restart_at=None)


def _join(draft: Draft, act: Act) -> None:
    _says(draft, act, "join", act.whom, whom=act.whom)
    _let_in(draft, act)
    _progress(draft)


def _let_in(draft: Draft, act: Act) -> None:
    if act.whom not in draft.incident.helpers:
        draft.set(helpers=[*draft.incident.helpers, act.whom])
    if act.whom != act.by:
        draft.page(Reason.FIRST, f"person:{act.whom}", text=act.text, asked_by=act.by)


def _later(draft: Draft, act: Act) -> None:
    _says(draft, act, "later", seconds=act.seconds)
    draft.set(later_at=draft.now + act.seconds, later_by=act.by)
    _progress(draft)


def _note(draft: Draft, act: Act) -> None:
    draft.set(notes=[*draft.incident.notes, act.text][-_NOTES:])
    _says(draft, act, "note")
    _progress(draft)


def _told(draft: Draft, act: Act) -> None:
    draft.milestone("told", _when(draft, act))
    _says(draft, act, "told")
    _progress(draft)


def _shelve(draft: Draft, act: Act) -> None:
    if draft.incident.state is State.VERIFIED:
        raise Refused(f"{draft.incident.code} is verified: there is nothing left to shelve")
    _answer(draft, act)
    rungs.pause(draft)
    draft.set(shelved_until=draft.now + act.seconds, ack_expires=None, restart_at=None)
    _says(draft, act, "shelved", until=draft.now + act.seconds)


def _close(draft: Draft, act: Act) -> None:
    _answer(draft, act)
    endings.close(draft, act.text.strip() or "verified", act.by, act.via)


def _accept(draft: Draft, act: Act) -> None:
    _answer(draft, act)
    rungs.stop(draft)
    _says(draft, act, "accepted")
    segments = _firing(draft.incident)
    draft.set(
        acceptance=Acceptance(
            by=act.by, at=draft.now, text=act.text, row=draft.row_number, due=draft.now, segments=segments
        ),
        shelved_until=None,
    )


def handed(draft: Draft, row: int) -> None:
    """Note that what was accepted by a row of the ledger is in the log."""
    found = draft.incident.acceptance
    if found is not None and found.row == row and found.due is not None:
        draft.set(acceptance=msgspec.structs.replace(found, due=None))


_HANDLERS: Mapping[Verb, Callable[[Draft, Act], None]] = {
    Verb.ACK: _ack,
    Verb.RESOLVE: _resolve,
    Verb.ESCALATE: _escalate,
    Verb.GIVE: _give,
    Verb.JOIN: _join,
    Verb.LATER: _later,
    Verb.NOTE: _note,
    Verb.TOLD: _told,
    Verb.SHELVE: _shelve,
    Verb.CLOSE: _close,
    Verb.ACCEPT: _accept,
}
