"""Who is on duty, and who would be paged for a rule, when and by what, over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from pydantic import BaseModel

from andon.errors import Refused
from andon.model import Tier
from andon.oncall.duty import on_duty, recipients
from andon.oncall.paged import Planned, paged
from andon.oncall.schedule import next_change
from andon.rulebook.model import Rulebook
from andon.web.access import may_read, running_of

router = APIRouter(dependencies=[Depends(may_read)], tags=["board"])
LAST = 32_503_680_000.0
"""The year 3000: no schedule is asked for later."""
At = Annotated[float | None, Query(ge=0.0, le=LAST, description="when, in epoch seconds; without it, now")]


class Duty(BaseModel):
    """An owner's people on duty, by name, and until when they are; None: as far as can be seen."""

    owner: str
    people: list[str]
    until: float | None


class Page(BaseModel):
    """Whom one step of a ladder would page and when, if nobody answered: by which channels, none where they have none of them."""

    step: int
    last: bool
    at: float
    target: str
    person: str | None
    by: list[str]


@router.get("/v1/oncall")
def oncall(request: Request, at: At = None) -> list[Duty]:
    """Return for every owner who is on duty at a time, and until when."""
    andon = running_of(request).andon
    when = andon.outside.clock.now() if at is None else at
    return [_duty(andon.book, name, when) for name in sorted(andon.book.owners)]


@router.get("/v1/oncall/{rule}")
def pages(request: Request, rule: str, at: At = None, tier: Literal["yellow", "red"] | None = None) -> list[Page]:
    """Return who would be paged if a rule called at a time, step by step: the first round, and what follows the rounds."""
    andon = running_of(request).andon
    when = andon.outside.clock.now() if at is None else at
    try:
        return [_page(one) for one in paged(andon.book, rule, Tier(tier) if tier else None, when)]
    except Refused as error:
        raise HTTPException(404, str(error)) from error


def _duty(book: Rulebook, owner: str, at: float) -> Duty:
    schedule = book.schedules.get(book.owners[owner].schedule)
    people = [one.name for one in recipients(book, on_duty(book, owner, at))]
    return Duty(owner=owner, people=people, until=next_change(schedule, at) if schedule else None)


def _page(one: Planned) -> Page:
    who = one.recipient.name if one.recipient else None
    return Page(step=one.step, last=one.last, at=one.at, target=one.target, person=who, by=list(one.by))
