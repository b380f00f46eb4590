"""Ingest over HTTP: bytes in, an answer only once they are durable."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Request
from pydantic import BaseModel

from andon.errors import Refused, TooLarge
from andon.ingest.door import Taken
from andon.ingest.inflate import MOST_SENT
from andon.web.access import may_send, running_of

router = APIRouter(tags=["signals"])
AT_ONCE = 32
"""Batches that are read at the same time; with MOST_SENT it bounds what they take up."""
SHOWN = 100
BODY = {
    "required": True,
    "content": {
        "application/x-ndjson": {"schema": {"type": "string", "description": "one signal a line"}},
        "application/json": {"schema": {"type": "array", "items": {"type": "object"}}},
    },
}
RESPONSES: dict[int | str, dict[str, Any]] = {
    400: {"description": "The body is not in the encoding that its header names."},
    401: {"description": "The ingest token is missing or wrong."},
    413: {"description": "More than is taken at once; send it in parts."},
    429: {"description": "Too many batches at the same time; Retry-After says when to come again."},
    503: {"description": "The log does not answer or is full; nothing was taken; Retry-After says when to come again."},
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
    "/v1/signals",
    status_code=202,
    dependencies=[Depends(may_send)],
    responses=RESPONSES,
    openapi_extra={"requestBody": BODY},
)
async def signals(
    request: Request,
    content_type: Annotated[str, Header()] = "",
    content_encoding: Annotated[str, Header(description="gzip, deflate or none")] = "",
    idempotency_key: Annotated[str, Header(max_length=200, description="a repeat within 24 h is taken once")] = "",
) -> Answer:
    """Take NDJSON or a JSON array of signals; what is refused is named, the rest is taken, and durable at the answer."""
    state = request.app.state
    if state.taking >= AT_ONCE:
        raise HTTPException(429, "too many batches at once; send it again", headers={"Retry-After": "1"})
    state.taking += 1
    try:
        body = await _body(request)
        taken = await running_of(request).andon.receive(body, content_type, content_encoding, idempotency_key)
    except TooLarge:
        raise
    except Refused as error:
        raise HTTPException(400, str(error)) from error
    finally:
        state.taking -= 1
    return answer(taken)


def answer(taken: Taken) -> Answer:
    """Return what a sender is told of a batch."""
    reasons = [Reason(position=one.position, reason=one.reason) for one in taken.letters[:SHOWN]]
    return Answer(taken=taken.taken, duplicate=taken.duplicate, refused=taken.refused, reasons=reasons)


async def _body(request: Request) -> bytes:
    """Return the body; TooLarge as soon as its header or its bytes say so."""
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said) > MOST_SENT:
        raise _too_large()
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > MOST_SENT:
            raise _too_large()
        pieces.append(piece)
    return b"".join(pieces)


def _too_large() -> TooLarge:
    return TooLarge(f"a batch has at most {MOST_SENT:,} bytes; send it in parts")
