"""What the board reads: the state of everything, an incident's story, and the stream of changes."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response, StreamingResponse

from andon.incidents.story import tell
from andon.model import Delivery, Incident, Light
from andon.respond.redact import redact
from andon.runners.running import Running
from andon.web.access import may_read, running_of

router = APIRouter(dependencies=[Depends(may_read)])
LOOKS_EVERY = 0.5
BEATS_EVERY = 15.0


def as_json(value: object) -> Response:
    """Return anything of andon's model as JSON; what is not a number becomes null."""
    return Response(msgspec.json.encode(value), media_type="application/json")


@router.get("/v1/board")
async def board(request: Request) -> Response:
    """Return the whole board: lights, incidents, promises, counts, and what is wrong with andon itself."""
    return as_json(await state(running_of(request)))


async def state(running: Running) -> dict[str, Any]:
    """Return the board's state as plain data."""
    andon = running.andon
    clock = andon.outside.clock
    lights, facts = await andon.outside.store.shown()
    incidents = await andon.outside.store.open_incidents()
    return {
        "now": clock.now(),
        "speed": _speed(clock.real(1.0)),
        "lights": [light_view(light, running) for light in lights],
        "incidents": [incident_view(one) for one in incidents],
        "owners": sorted(andon.book.owners),
        "people": {one.id: one.name for one in andon.book.people.values()},
        "facts": facts,
        "rulebook": {"version": andon.book.version[:12], "rules": len(andon.book.rules), "refused": running.refused},
        "late": running.late(),
    }


def _speed(real: float) -> float:
    """Return how many seconds of the service's clock go by in a true one; 0 when the signals move it."""
    return 1.0 / real if real else 0.0


def light_view(light: Light, running: Running) -> dict[str, Any]:
    """Return a light with its rule's name and owner."""
    rule = running.andon.book.rules.get(light.rule)
    shown: dict[str, Any] = msgspec.structs.asdict(light)
    return shown | {"title": rule.name if rule else light.rule, "owner": rule.owner if rule else ""}


def incident_view(one: Incident) -> dict[str, Any]:
    """Return what the board shows of an incident; customers' words only with personal data masked."""
    alerts = sorted(one.alerts.values(), key=lambda alert: (-alert.tier.rank, alert.since, alert.key))
    return {
        "id": one.id,
        "code": one.code,
        "title": one.title,
        "rule": one.rule,
        "owner": one.owner,
        "tier": one.tier,
        "state": one.state,
        "labels": one.labels,
        "called": one.called,
        "since": one.evidence_from,
        "holder": one.holder,
        "helpers": one.helpers,
        "shelved_until": one.shelved_until,
        "promises": [promise for promise in one.promises if promise.state != "void"],
        "milestones": one.milestones,
        "alerts": [masked(msgspec.structs.asdict(alert)) for alert in alerts],
        "where": one.where,
        "runbook": one.runbook,
    }


def masked(alert: dict[str, Any]) -> dict[str, Any]:
    """Return an alert whose evidence carries no personal data."""
    evidence = alert["evidence"]
    if evidence is not None:
        quotes = [redact(quote) for quote in evidence.quotes]
        alert["evidence"] = msgspec.structs.replace(evidence, quotes=quotes, text=redact(evidence.text))
    return alert


@router.get("/v1/incidents")
async def incidents(request: Request, most: int = 100) -> Response:
    """Return the newest incidents, closed ones too, newest first."""
    found = await running_of(request).andon.outside.store.incidents(min(most, 1000))
    return as_json([incident_view(one) for one in found])


@router.get("/v1/incidents/{name}")
async def incident(request: Request, name: str, lang: str = "en") -> Response:
    """Return an incident's whole story, by its id or answer code."""
    store = running_of(request).andon.outside.store
    found = await store.find(name)
    if found is None:
        raise HTTPException(404, f"there is no incident {name}")
    rows = await store.ledger(found.id)
    told = [{"n": row.n, "at": row.at, "kind": row.kind, "by": row.by, "text": tell(row, lang)} for row in rows]
    pages = [page_view(one) for one in await store.pages(found.id)]
    return as_json(incident_view(found) | {"story": told, "pages": pages})


def page_view(delivery: Delivery) -> dict[str, Any]:
    """Return how far a page has come; its address and its link are nobody else's business."""
    page = delivery.page
    return {
        "person": page.person,
        "name": page.name,
        "channel": page.channel,
        "reason": page.reason,
        "due": page.due,
        "status": delivery.status,
        "why": delivery.reason,
    }


@router.get("/v1/events")
async def events(request: Request) -> StreamingResponse:
    """Send the board's state now and whenever it changes, as server-sent events."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_changes(running_of(request)), media_type="text/event-stream", headers=headers)


async def _changes(running: Running) -> AsyncIterator[bytes]:
    last, quiet = b"", math.inf
    while not running.stopping.is_set():
        current = await state(running)
        now = current.pop("now")
        changed = msgspec.json.encode(current)
        if changed != last:
            last, quiet = changed, 0.0
            yield b"data: " + msgspec.json.encode(current | {"now": now}) + b"\n\n"
        elif quiet >= BEATS_EVERY:
            quiet = 0.0
            yield b": still here\n\n"
        quiet += LOOKS_EVERY
        await asyncio.sleep(LOOKS_EVERY)
