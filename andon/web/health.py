"""Whether the service lives, and whether it does its work."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from andon.runners.running import Running
from andon.web.access import running_of

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Answer that the process lives."""
    return {"status": "alive"}


@router.get("/readyz", responses={503: {"description": "Not ready; `waiting` names what makes no progress."}})
async def readyz(request: Request, response: Response) -> dict[str, Any]:
    """Answer 200 while every loop makes progress and the store has room; else 503, and which do not.

    `store`: what is wrong with the store: memory or disk (too full to take signals), ended (and not to be started), damaged,
    unfit (set up so that andon cannot work on it).
    `standing_by` names the service that judges and pages in this one's place; "" when this one does.
    `set_back`: by how many seconds the machine's clock was set back, from a minute on; a day and more makes it unready, with
    `clock` waiting (`clock.behind`).
    `behind`: for how many seconds what was taken has waited for the engine; `shed`: how many batches were sent away since the
    start, as more was sent than could be taken.
    """
    running = running_of(request)
    found = standing(running)
    waiting, store = found["waiting"], found["store"]
    ready = not waiting and not store
    response.status_code = 200 if ready else 503
    shed = request.app.state.gate.pacing.shed
    load = {"set_back": round(running.setback.seconds), "behind": round(running.andon.ahead.seconds(), 3), "shed": shed}
    return {"ready": ready, "waiting": waiting, "store": store, "standing_by": running.standing_by, **load}


def standing(running: Running) -> dict[str, Any]:
    """Return what keeps a service from its work, for the board as well: `waiting` and `store` as above, `store_why` in words."""
    trouble = running.trouble
    waiting = running.late() if running.alive else ["start"]
    return {"waiting": waiting, "store": trouble["kind"], "store_why": trouble["why"]}
