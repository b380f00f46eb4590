"""Recording: each call becomes a page in the outbox and a row of the ledger, in one transaction with the incident."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from andon.model import Alert, AlertState, Evidence, Incident, Page
from andon.respond.redact import redact
from andon.respond.view import View
from andon.respond.work import Call, Work, page_id

_BAD = frozenset({AlertState.FIRING, AlertState.NO_DATA, AlertState.RECOVERING})


def record(work: Work) -> Work:
    """Write a page and a row for each call: "paged", or "held" where it is not due yet."""
    for call in work.calls:
        page = page_of(work, call)
        work = work.wrote(
            "held" if call.held else "paged",
            text=call.held,
            reason=call.reason,
            data={"person": page.person, "channel": page.channel, "page": page.id, "due": page.due},
        )
        work = replace(work, pages=(*work.pages, page))
    return replace(work, calls=())


def page_of(work: Work, call: Call) -> Page:
    """Return the self-contained page of a call; what customers wrote is masked."""
    incident, person, view = work.incident, call.recipient, work.view
    evidence = _evidence(incident)
    return Page(
        id=page_id(incident.id, call),
        incident=incident.id,
        row=call.row,
        code=incident.code,
        reason=call.reason,
        tier=incident.tier,
        state=incident.state,
        person=person.id,
        name=person.name,
        channel=call.channel,
        address=person.addresses[call.channel],
        lang=person.lang,
        zone=person.zone,
        owner=incident.owner,
        title=redact(incident.title) if incident.single else incident.title,
        labels=incident.labels,
        segments=[one.segment for one in _worst_first(incident)],
        evidence=evidence,
        text=redact(call.text) or (evidence.text if evidence else ""),
        holder=_name(work.view, incident.holder),
        where=incident.where,
        runbook=incident.runbook,
        called=incident.called,
        since=evidence.since if evidence else incident.evidence_from,
        due=call.due,
        respond_by=_respond_by(incident),
        round=call.round,
        step=call.step,
        board_url=view.board_url,
        answer_url="" if person.room else view.answer_url(incident.id, person.id, work.now),
        held=call.held,
        asks=call.asks,
    )


def _name(view: View, person: str) -> str:
    known = view.book.people.get(person)
    return known.name if known else person


def _worst_first(incident: Incident) -> list[Alert]:
    """Return the alerts that are bad, worst tier first, then oldest; all of them if none is bad any more."""
    bad = [one for one in incident.alerts.values() if one.state in _BAD] or list(incident.alerts.values())
    return sorted(bad, key=lambda one: (-one.tier.rank, one.since, one.key))


def _evidence(incident: Incident) -> Evidence | None:
    found = next((one.evidence for one in _worst_first(incident) if one.evidence), None)
    if found is None:
        return None
    return msgspec.structs.replace(found, text=redact(found.text), quotes=[redact(quote) for quote in found.quotes])


def _respond_by(incident: Incident) -> float | None:
    running = (one.breaks for one in incident.promises if one.milestone == "respond" and one.state in _RUNS)
    return next(running, None)


_RUNS = frozenset({"running", "at-risk"})
