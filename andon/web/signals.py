"""Ingest over HTTP: bytes in, an answer only once they are durable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Header, Request, Security
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.requests import ClientDisconnect

from andon.errors import AndonError, TooLarge, Unavailable
from andon.ingest.door import Taken
from andon.ingest.inflate import MOST_SENT
from andon.web.access import TO_SEND, WITH_INGEST, carries, running_of
from andon.web.gate import weight
from andon.web.pacing import Busy
from andon.web.refusals import AT_THE_DOOR, no, refused, responses

router = APIRouter(tags=["signals"])
PATH = "/v1/signals"
MOST_KEY = 200
SHOWN = 100
BODY = {
    "content": {
        "application/x-ndjson": {"schema": {"type": "string", "description": "one signal a line"}},
        "application/json": {"schema": {"type": "array", "items": {"type": "object"}}},
    },
}


class Reason(BaseModel):
    """Why an item was refused; `position` is its place in the body from 1."""

    position: int
    reason: str


class Answer(BaseModel):
    """What a sender is told of a batch: the three counts are all its items; the first hundred reasons are named."""

    taken: int = 0
    duplicate: int = 0
    refused: int = 0
    reasons: list[Reason] = []


@router.post(
    PATH,
    status_code=202,
    dependencies=[Security(TO_SEND)],
    responses=responses(401, 409, 429),
    response_model=Answer,
    openapi_extra={"requestBody": BODY},
)
async def signals(
    request: Request,
    content_type: Annotated[str, Header()] = "",
    content_encoding: Annotated[str, Header(description="gzip, deflate or none")] = "",
    idempotency_key: Annotated[str, Header(max_length=MOST_KEY, description="a repeat within 24 h is taken once")] = "",
) -> Response:
    """Take NDJSON or a JSON array of signals; what is refused is named, the rest is taken, and durable at the answer."""
    # This only describes: the application hands `take` what is sent to `PATH` before FastAPI sees it.
    del content_type, content_encoding, idempotency_key
    return await take(request)


async def take(request: Request) -> Response:
    """Do what `signals` describes, for a request that came past FastAPI: its way costs as much as the signals'."""
    running, gate, head = running_of(request), request.app.state.gate, request.headers
    if not carries(await TO_SEND(request), running.andon.outside.secrets.ingest):
        return no(401, WITH_INGEST, {"WWW-Authenticate": "Bearer"})
    if len(key := head.get("idempotency-key", "")) > MOST_KEY:
        return no(422, f"header.idempotency-key: it has {len(key)} characters, {MOST_KEY} are allowed")
    kind, encoding = head.get("content-type", ""), head.get("content-encoding", "")
    try:
        async with gate.entered(weight(_announced(head), encoding)):
            body = await _body(request)
            async with gate.turn(weight(len(body), encoding)):
                taken = await running.andon.receive(body, kind, encoding, key)
    except ClientDisconnect:
        return no(400, "the body broke off")  # nothing was taken, and nobody hears this
    except AndonError as error:
        return _refused(error, running.late() or (["store"] if running.trouble["kind"] else []))
    return Response(answer(taken).model_dump_json(), 202, media_type="application/json")


def _refused(error: AndonError, late: Sequence[str]) -> Response:
    """Answer why nothing was taken; where what was taken waits for a store that is away, that is not too much traffic."""
    if isinstance(error, Busy) and late:
        error = Unavailable(f"no progress is made by: {', '.join(late)}; send it again")
    return refused(error, AT_THE_DOOR)


def answer(taken: Taken) -> Answer:
    """Return what a sender is told of a batch."""
    reasons = [Reason(position=one.position, reason=one.reason) for one in taken.letters[:SHOWN]]
    return Answer(taken=taken.taken, duplicate=taken.duplicate, refused=taken.refused, reasons=reasons)


def _announced(head: Mapping[str, str]) -> int:
    """Return how many bytes a body will have at the most; TooLarge when its header says too many."""
    said = head.get("content-length", "")
    if not said.isdecimal():
        return MOST_SENT
    if int(said) > MOST_SENT:
        raise _too_large()
    return int(said)


async def _body(request: Request) -> bytes:
    """Return the body; TooLarge as soon as there are too many bytes of it."""
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > MOST_SENT:
            raise _too_large()
        pieces.append(piece)
    return b"".join(pieces)


def _too_large() -> TooLarge:
    return TooLarge(f"a batch has at most {MOST_SENT:,} bytes; send it in parts")
