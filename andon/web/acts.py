"""What people say, over HTTP: acts, pulls, and the signed link of a page."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends, Header, HTTPException, Path, Query, Request
from pydantic import BaseModel, Field, StringConstraints

from andon.incidents.story import tell
from andon.ingest.segments import MOST_DIMENSIONS, MOST_NAME, MOST_VALUE
from andon.model import Act, Kind, Outcome, Signal, State, Tier, Verb
from andon.web import refusals
from andon.web.access import may_act, running_of
from andon.web.signals import MOST_KEY

router = APIRouter(tags=["acts"])
A_MONTH = 30 * 86_400.0
PULLED = "\0pull "
"""Begins a pull's key, so that it is none of a batch's."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=MOST_NAME)]
Value = Annotated[str, StringConstraints(max_length=MOST_VALUE)]


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

    by: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    owner: Annotated[str, Field(max_length=100, description="an owner of the rulebook; none: the default's")] = ""
    tier: Literal[Tier.YELLOW, Tier.RED] = Tier.YELLOW
    segment: Annotated[dict[Name, Value], Field(max_length=MOST_DIMENSIONS)] = Field(default_factory=dict)


class Became(BaseModel):
    """What became of an act: in words, and how the incident stands."""

    said: str
    incident: str
    state: State
    holder: str


class Pulled(BaseModel):
    """What became of a pull."""

    said: str


@router.post("/v1/incidents/{incident}/acts", dependencies=[Depends(may_act)], responses=refusals.responses(409))
async def act(
    request: Request,
    incident: Annotated[str, Path(description="its id, or its answer code", max_length=100)],
    said: Said,
    lang: Annotated[Literal["en", "zh"], Query(description="the language of the answer")] = "en",
) -> Became:
    """Apply an act to an incident, named by its id or answer code; 409 with the reason when it is not allowed."""
    return await apply(request, incident, said, lang)


async def apply(request: Request, incident: str, said: Said, lang: str) -> Became:
    """Hand an act to the desk, and say what came of it."""
    andon = running_of(request).andon
    own = {"incident": incident, "at": andon.outside.clock.now(), "id": said.id or uuid.uuid4().hex}
    fields = said.model_dump() | own  # a name of its own: where the store's answer is lost, it is not applied once more
    outcome = await andon.desk.act(Act(**fields))
    one = outcome.incident
    return Became(said=told(outcome, said.by, lang), incident=one.id, state=one.state, holder=one.holder)


def told(outcome: Outcome, by: str, lang: str) -> str:
    """Return what became of `by`'s act in words; for a repeated one, how the incident stands."""
    said = [tell(row, lang) for row in outcome.rows if row.by == by]
    one = outcome.incident
    return ("；" if lang == "zh" else "; ").join(said) or f"{one.code}: {one.state} {one.holder}".strip()


@router.post("/v1/pulls", status_code=202, dependencies=[Depends(may_act)], responses=refusals.responses(409))
async def pull(
    request: Request,
    said: Pull,
    idempotency_key: Annotated[str, Header(max_length=MOST_KEY, description="a repeat within 24 h is one pull")] = "",
) -> Pulled:
    """Pull the cord: it goes the way of every signal, and opens an incident at once."""
    andon = running_of(request).andon
    if said.owner and said.owner not in andon.book.owners:
        raise HTTPException(
            409, f"there is no owner {said.owner!r}; the rulebook has {', '.join(sorted(andon.book.owners))}"
        )
    key = f"{PULLED}{idempotency_key}" if idempotency_key else ""
    signal = Signal(
        kind=Kind.PULL,
        segment=said.segment,
        id=(uuid.uuid5(uuid.NAMESPACE_OID, key) if key else uuid.uuid4()).hex,  # a repeat is the same to the letter
        text=said.text,
        by=said.by,
        owner=said.owner or None,
        tier=said.tier,
    )
    taken = await andon.receive(msgspec.json.encode(signal), "application/x-ndjson", "", key, urgent=True)
    if taken.letters:
        raise HTTPException(409, taken.letters[0].reason)
    return Pulled(said=f"the cord is pulled: {said.text}")
