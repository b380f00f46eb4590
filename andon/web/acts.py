"""What people say, over HTTP: acts, pulls, and the signed link of a page."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, Field

from andon.incidents.story import tell
from andon.model import Act, Kind, Outcome, Signal, Tier, Verb
from andon.web.access import may_act, running_of

router = APIRouter()
A_MONTH = 30 * 86_400.0


class Said(BaseModel):
    """An act as it is posted; `id` makes a repeated one a no-op."""

    verb: Verb
    by: Annotated[str, Field(min_length=1, max_length=100)]
    via: Annotated[str, Field(max_length=20)] = "api"
    whom: Annotated[str, Field(max_length=100)] = ""
    seconds: Annotated[float, Field(ge=0, le=A_MONTH)] = 0.0
    text: Annotated[str, Field(max_length=2000)] = ""
    id: Annotated[str, Field(max_length=100)] = ""


class Pull(BaseModel):
    """A pull of the cord as it is posted."""

    by: Annotated[str, Field(min_length=1, max_length=100)]
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    owner: Annotated[str, Field(max_length=100)] = ""
    tier: Tier = Tier.YELLOW
    segment: Annotated[dict[str, str], Field(max_length=16)] = Field(default_factory=dict)


@router.post("/v1/incidents/{incident}/acts", dependencies=[Depends(may_act)])
async def act(request: Request, incident: str, said: Said, lang: str = "en") -> dict[str, Any]:
    """Apply an act to an incident, named by its id or answer code; 409 with the reason when it is not allowed."""
    return await apply(request, incident, said, lang)


async def apply(request: Request, incident: str, said: Said, lang: str) -> dict[str, Any]:
    """Hand an act to the desk, and say what came of it."""
    andon = running_of(request).andon
    fields = said.model_dump() | {"incident": incident, "at": andon.outside.clock.now()}
    outcome = await andon.desk.act(Act(**fields))
    one = outcome.incident
    return {"said": told(outcome, lang), "incident": one.id, "state": one.state, "holder": one.holder}


def told(outcome: Outcome, lang: str) -> str:
    """Return what became of an act in words; for a repeated one, how the incident stands."""
    said = "; ".join(tell(row, lang) for row in outcome.rows[:1])
    return said or f"{outcome.incident.code}: {outcome.incident.state} {outcome.incident.holder}".strip()


@router.post("/v1/pulls", status_code=202, dependencies=[Depends(may_act)])
async def pull(request: Request, said: Pull) -> dict[str, Any]:
    """Pull the cord: it goes the way of every signal, and opens an incident at once."""
    andon = running_of(request).andon
    if said.owner and said.owner not in andon.book.owners:
        raise HTTPException(
            409, f"there is no owner {said.owner!r}; the rulebook has {', '.join(sorted(andon.book.owners))}"
        )
    signal = Signal(
        kind=Kind.PULL,
        segment=said.segment,
        id=uuid.uuid4().hex,
        text=said.text,
        by=said.by,
        owner=said.owner or None,
        tier=said.tier,
    )
    taken = await andon.receive(msgspec.json.encode(signal), "application/x-ndjson", "", "")
    if taken.letters:
        raise HTTPException(409, taken.letters[0].reason)
    return {"said": f"the cord is pulled: {said.text}"}
