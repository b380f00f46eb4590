"""Ingest over HTTP: bytes in, an answer only once they are durable; and the dead letters."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Request
from pydantic import BaseModel

from andon.errors import TooLarge
from andon.ingest.door import Taken
from andon.web.access import may_act, may_read, may_send, running_of

router = APIRouter()
LARGEST = 10_000_000
AT_ONCE = 32
SHOWN = 100


class Resend(BaseModel):
    """Which dead letters to send again; none: all."""

    ids: list[str] = []


@router.post("/v1/signals", status_code=202, dependencies=[Depends(may_send)])
async def signals(
    request: Request,
    content_type: Annotated[str, Header()] = "",
    content_encoding: Annotated[str, Header()] = "",
    idempotency_key: Annotated[str, Header(max_length=200)] = "",
) -> dict[str, Any]:
    """Take NDJSON or a JSON array of signals; gzip welcome; what is refused is named, the rest is taken."""
    state = request.app.state
    if state.taking >= AT_ONCE:
        raise HTTPException(429, "too many batches at once; send again", headers={"Retry-After": "1"})
    state.taking += 1
    try:
        body = await _body(request)
        taken = await running_of(request).andon.receive(body, content_type, content_encoding, idempotency_key)
    finally:
        state.taking -= 1
    return answer(taken)


def answer(taken: Taken) -> dict[str, Any]:
    """Return what a sender is told of a batch."""
    refused = [{"position": one.position, "reason": one.reason} for one in taken.letters[:SHOWN]]
    return {"taken": taken.taken, "duplicate": taken.duplicate, "refused": len(taken.letters), "reasons": refused}


async def _body(request: Request) -> bytes:
    if int(request.headers.get("content-length") or 0) > LARGEST:
        raise TooLarge(f"a batch has at most {LARGEST:,} bytes; send it in parts")
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > LARGEST:
            raise TooLarge(f"a batch has at most {LARGEST:,} bytes; send it in parts")
        pieces.append(piece)
    return b"".join(pieces)


@router.get("/v1/letters", dependencies=[Depends(may_read)])
async def letters(request: Request, most: int = 1000) -> list[dict[str, Any]]:
    """List the dead letters, oldest first."""
    found = await running_of(request).andon.outside.log.letters(most)
    return [
        {
            "id": one.id,
            "at": one.at,
            "position": one.position,
            "reason": one.reason,
            "raw": one.raw.decode(errors="replace"),
        }
        for one in found
    ]


@router.post("/v1/letters/resend", dependencies=[Depends(may_act)])
async def resend(request: Request, which: Resend) -> dict[str, Any]:
    """Send dead letters in again; those that are fit now leave the dead letters, the others come back with their reason."""
    andon = running_of(request).andon
    wanted = set(which.ids)
    found = [one for one in await andon.outside.log.letters() if not wanted or one.id in wanted]
    if not found:
        return {"taken": 0, "duplicate": 0, "refused": 0, "reasons": []}
    taken = await andon.receive(
        b"\n".join(one.raw.replace(b"\n", b" ") for one in found), "application/x-ndjson", "", ""
    )
    await andon.outside.log.drop_letters([one.id for one in found])
    return answer(taken)
