"""The dead letters over HTTP: what was refused and why, and sending it again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from andon.app import Andon
from andon.ingest.door import MOST_RAW, is_cut
from andon.model import Letter
from andon.web.access import may_act, may_read, running_of
from andon.web.signals import Answer, Reason

router = APIRouter(tags=["signals"])
MOST = 1000
SHOWN = 100
AGAIN = "\0letter "
"""Begins a resent letter's key: no header can carry it, so that no sender's key can pass for one."""
CUT = f"only its first {MOST_RAW:,} bytes were kept: send the whole of it again from where it came from"


class Dead(BaseModel):
    """A dead letter: when it came, its place in its body from 1, why it was refused, and what it was."""

    id: str
    at: float
    position: int
    reason: str
    raw: str


class Resend(BaseModel):
    """Which dead letters to send again; none: the oldest thousand."""

    ids: Annotated[list[str], Field(max_length=MOST)] = []


@router.get("/v1/letters", dependencies=[Depends(may_read)])
async def letters(
    request: Request, most: Annotated[int, Query(ge=1, le=10_000, description="how many at most")] = MOST
) -> list[Dead]:
    """List the dead letters, oldest first; customers in them are pseudonyms already."""
    found = await running_of(request).andon.outside.log.letters(most)
    return [
        Dead(id=one.id, at=one.at, position=one.position, reason=one.reason, raw=one.raw.decode(errors="replace"))
        for one in found
    ]


@router.post("/v1/letters/resend", dependencies=[Depends(may_act)])
async def resend(request: Request, which: Resend) -> Answer:
    """Send dead letters in again: what is fit now leaves them, the others stay with their newest reason.

    Each goes in under a key of its own and leaves only after that, so that none is lost or counted twice wherever this ends.
    """
    andon = running_of(request).andon
    wanted = set(which.ids)
    taken = duplicate = refused = 0
    reasons: list[Reason] = []
    for letter in await andon.outside.log.letters(MOST if not wanted else 100_000):
        if wanted and letter.id not in wanted:
            continue
        one = await again(andon, letter)
        taken, duplicate, refused = taken + one.taken, duplicate + one.duplicate, refused + one.refused
        reasons += one.reasons
    return Answer(taken=taken, duplicate=duplicate, refused=refused, reasons=reasons[:SHOWN])


async def again(andon: Andon, letter: Letter) -> Answer:
    """Send one dead letter in again; what was cut cannot be."""
    if is_cut(letter):
        return Answer(refused=1, reasons=[Reason(position=letter.position, reason=CUT)])
    found = await andon.receive(letter.raw, "", "", f"{AGAIN}{letter.id}")
    await andon.outside.log.drop_letters([letter.id])
    reasons = [Reason(position=letter.position, reason=one.reason) for one in found.letters]
    return Answer(taken=found.taken, duplicate=found.duplicate, refused=found.refused, reasons=reasons)
