"""Ingest over HTTP: bytes in, an answer only once they are durable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.requests import ClientDisconnect

from andon.errors import AndonError, Refused, TooLarge, Unavailable
from andon.ingest.door import Taken
from andon.ingest.inflate import MOST_SENT
from andon.web.access import WITH_INGEST, carries, may_send, running_of
from andon.web.gate import AT_ONCE, MOST_BEHIND, REFUSALS, SMALL, SMALLER, Busy, weight

router = APIRouter(tags=["signals"])
PATH = "/v1/signals"
MOST_KEY = 200
SAID: Mapping[type[AndonError], tuple[int, str]] = {
    Busy: (429, "1"),
    Unavailable: (503, "2"),
    TooLarge: (413, ""),
    Refused: (400, ""),
}
"""The status that says why nothing was taken, and after how many seconds to come again."""
SHOWN = 100
BODY = {
    "content": {
        "application/x-ndjson": {"schema": {"type": "string", "description": "one signal a line"}},
        "application/json": {"schema": {"type": "array", "items": {"type": "object"}}},
    },
}
RESPONSES: dict[int | str, dict[str, Any]] = {
    400: {"description": "The body is not in the encoding that its header names."},
    401: {"description": "The ingest token is missing or wrong."},
    413: {"description": "More than is taken at once; send it in parts."},
    429: {
        "description": (
            f"More than can be taken; nothing of it was; Retry-After says when to come again. {AT_ONCE} batches are taken at "
            f"the same time, and as many of at most {SMALL:,} bytes; none while what was taken waits for more than "
            f"{MOST_BEHIND:g} s to be judged (small ones: {SMALLER * MOST_BEHIND:g} s). Refusals come at {REFUSALS:g} a second."
        )
    },
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
    PATH,
    status_code=202,
    dependencies=[Depends(may_send)],
    responses=RESPONSES,
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
    del content_type, content_encoding, idempotency_key  # here they are described; `take` reads them itself
    return await take(request)


async def take(request: Request) -> Response:
    """Do what `signals` describes, for a request that came past FastAPI: its way costs as much as the signals'."""
    running, gate, head = running_of(request), request.app.state.gate, request.headers
    if not carries(head.get("authorization", ""), running.andon.outside.secrets.ingest):
        return _no(401, WITH_INGEST, {"WWW-Authenticate": "Bearer"})
    if len(key := head.get("idempotency-key", "")) > MOST_KEY:
        return _no(422, f"header.idempotency-key: it has {len(key)} characters, {MOST_KEY} are allowed")
    said = head.get("content-length", "")
    kind, encoding = head.get("content-type", ""), head.get("content-encoding", "")
    try:
        async with gate.entered(weight(int(said) if said.isdecimal() else MOST_SENT, encoding)):
            body = await _body(request)
            async with gate.turn(weight(len(body), encoding)):
                taken = await running.andon.receive(body, kind, encoding, key)
    except ClientDisconnect:
        return _no(400, "the body broke off")  # nothing was taken, and nobody hears this
    except AndonError as error:
        return _refused(error, running.late() or (["store"] if running.trouble["kind"] else []))
    return Response(answer(taken).model_dump_json(), 202, media_type="application/json")


def _refused(error: AndonError, late: Sequence[str]) -> Response:
    """Answer why nothing was taken; where what was taken waits for a store that is away, that is not too much traffic."""
    if isinstance(error, Busy) and late:
        error = Unavailable(f"no progress is made by: {', '.join(late)}; send it again")
    status, again = next((what for kind_of, what in SAID.items() if isinstance(error, kind_of)), (500, ""))
    return _no(status, str(error), {"Retry-After": again} if again else {})


def _no(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"detail": detail}, status, headers)


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
