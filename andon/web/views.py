"""What the board reads: the state of everything, an incident's story, and the stream of changes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from fastapi.responses import Response, StreamingResponse

from andon.figures import bounds, faulted
from andon.incidents.acts import may_accept
from andon.incidents.story import tell
from andon.model import Alert, Delivery, Incident, Light, Row
from andon.respond.redact import redact
from andon.runners.running import Running
from andon.web.access import may_read, running_of
from andon.web.costs import costs
from andon.web.health import standing
from andon.web.lamps import lamps
from andon.web.pacing import Pacing
from andon.web.said import said

router = APIRouter(dependencies=[Depends(may_read)], tags=["board"])
MOST = 1000
SHOWN = 3
"""Alerts of an incident that the board is sent; the incident's own story has all."""
Lang = Annotated[Literal["en", "zh"], Query(description="the language of what is told in words")]


def as_json(value: object) -> Response:
    """Return anything of andon's model as JSON; what is not a number becomes null."""
    return Response(msgspec.json.encode(value), media_type="application/json", headers={"Cache-Control": "no-store"})


@router.get("/v1/board")
async def board(request: Request) -> Response:
    """Return the whole board: lamps, incidents, promises, counts, what is wrong with andon itself; and every light."""
    running = running_of(request)
    found, _ = await running.andon.outside.store.shown()
    shown = await state(running, request.app.state.gate.pacing)
    now = running.andon.outside.clock.now()
    return as_json(shown | {"now": now, "lights": [light_view(light, running) for light in found]})


@router.get("/v1/lights")
async def lights(
    request: Request, owner: Annotated[str, Query(description="an owner's name; none: every owner")] = ""
) -> Response:
    """Return every rule's view of every segment, of one owner or of all."""
    running = running_of(request)
    found, _ = await running.andon.outside.store.shown()
    shown = [light_view(light, running) for light in found]
    return as_json([light for light in shown if not owner or light["owner"] == owner])


@router.get("/v1/rules")
async def rules(request: Request) -> Response:
    """Return every rule with a condition: its segments that live and that learn, and the false pages a month it promises."""
    andon = running_of(request).andon
    found, _ = await andon.outside.store.shown()
    return as_json(costs(found, andon.book))


async def state(running: Running, pacing: Pacing) -> dict[str, Any]:
    """Return the board's state as plain data, all but the time. Unavailable while the store does not answer."""
    andon = running.andon
    clock = andon.outside.clock
    found, facts = await andon.outside.store.shown()
    incidents = await andon.outside.store.open_incidents()
    return {
        "speed": _speed(clock.real(1.0)),
        "lamps": lamps(found, incidents, andon.book),
        "rules": costs(found, andon.book),
        "incidents": [incident_view(one, SHOWN) | {"accepts": may_accept(one, andon.book)} for one in incidents],
        "owners": sorted(andon.book.owners),
        "people": {one.id: one.name for one in andon.book.people.values()},
        "facts": facts | {"shed": pacing.shed} | dict(running.tending.facts()),
        "bounds": bounds(andon),
        "faults": faulted(andon),
        "rulebook": {"version": andon.book.version[:12], "rules": len(andon.book.rules), "refused": running.refused},
        **standing(running),
        "set_back": running.setback.seconds // 60 * 60,
        "doubts": [{"look": one.look, "value": one.value} for one in running.doubts],
        "standing_by": running.standing_by,
        "standby": running.standby,
        "away": "",
    }


def _speed(real: float) -> float:
    """Return how many seconds of the service's clock go by in a true one; 0 when the signals move it."""
    return 1.0 / real if real else 0.0


def light_view(light: Light, running: Running) -> dict[str, Any]:
    """Return a light with its rule's name and owner."""
    rule = running.andon.book.rules.get(light.rule)
    shown: dict[str, Any] = msgspec.structs.asdict(light)
    return shown | {"title": rule.name if rule else light.rule, "owner": rule.owner if rule else ""}


def incident_view(one: Incident, most: int = MOST) -> dict[str, Any]:
    """Return what the board shows of an incident, its worst alerts first; customers' words only with personal data masked."""
    alerts = sorted(one.alerts.values(), key=lambda alert: (-alert.tier.rank, alert.since, alert.key))
    return {
        "id": one.id,
        "code": one.code,
        "version": one.version,
        "title": redact(one.title) if one.single else one.title,
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
        "inhibited_by": one.inhibited_by,
        "next_step": one.rung.due,
        "promises": [promise for promise in one.promises if promise.state != "void"],
        "milestones": one.milestones,
        "closed_reason": one.closed_reason,
        "said": said(one, alerts[0] if alerts else None, one.called),
        "alerts": [alert_view(one, alert) for alert in alerts[:most]],
        "alerts_in_all": len(alerts),
        "where": one.where,
        "runbook": one.runbook,
    }


def alert_view(incident: Incident, alert: Alert) -> dict[str, Any]:
    """Return an alert, its evidence in words beside the numbers."""
    alone = msgspec.structs.replace(incident, labels={}, alerts={alert.key: alert})
    return masked(msgspec.structs.asdict(alert)) | {"said": said(alone, alert, incident.called)}


def masked(alert: dict[str, Any]) -> dict[str, Any]:
    """Return an alert whose evidence carries no personal data."""
    evidence = alert["evidence"]
    if evidence is not None:
        quotes = [redact(quote) for quote in evidence.quotes]
        alert["evidence"] = msgspec.structs.replace(evidence, quotes=quotes, text=redact(evidence.text))
    return alert


@router.get("/v1/incidents")
async def incidents(
    request: Request, most: Annotated[int, Query(ge=1, le=MOST, description="how many at most")] = 100
) -> Response:
    """Return the newest incidents, closed ones too, newest first."""
    found = await running_of(request).andon.outside.store.incidents(most)
    return as_json([incident_view(one, SHOWN) for one in found])


@router.get("/v1/incidents/{name}")
async def incident(
    request: Request, name: Annotated[str, Path(description="its id, or its answer code")], lang: Lang = "en"
) -> Response:
    """Return an incident's whole story, by its id or answer code; 404 when there is none."""
    store = running_of(request).andon.outside.store
    found = await store.find(name)
    if found is None:
        raise HTTPException(404, f"there is no incident {name[:40]!r}; /v1/incidents lists the newest")
    told = [row_view(row, lang) for row in await store.ledger(found.id)]
    pages = [page_view(one) for one in await store.pages(found.id)]
    return as_json(incident_view(found) | {"story": told, "pages": pages})


def row_view(row: Row, lang: str) -> dict[str, Any]:
    """Return a row of the ledger as a line in `lang`."""
    return {"n": row.n, "at": row.at, "kind": row.kind, "by": row.by, "via": row.via, "text": redact(tell(row, lang))}


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


@router.get("/v1/events", response_class=StreamingResponse, responses={200: {"content": {"text/event-stream": {}}}})
async def events(request: Request) -> StreamingResponse:
    """Send the board's state now and whenever it changes (`state`), and the time between (`clock`), as server-sent events."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    stream = request.app.state.stream
    return StreamingResponse(stream.events(), media_type="text/event-stream", headers=headers)
