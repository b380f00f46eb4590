"""The HTTP side of the service, as FastAPI describes it: ingest, acts, what the board reads, the board."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from andon.errors import AndonError, Conflict, Refused, TooLarge, Unavailable
from andon.runners.running import Running
from andon.web import acts, answer, board, health, signals, views

STATUS = {TooLarge: 413, Refused: 409, Conflict: 409, Unavailable: 503}


def create_app(running: Running) -> FastAPI:
    """Return the application that serves one running service."""
    app = FastAPI(title="andon", summary="Customer experience, called out loud.", openapi_url="/v1/openapi.json")
    app.state.running = running
    app.state.taking = 0
    for room in (signals, acts, views, answer, board, health):
        app.include_router(room.router)
    app.add_exception_handler(AndonError, say_no)
    return app


def say_no(request: Request, error: Exception) -> JSONResponse:
    """Answer with the status that an error of andon's means; what is transient says when to come again."""
    del request
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    headers = {"Retry-After": "2"} if status == STATUS[Unavailable] else {}
    return JSONResponse({"detail": str(error)}, status, headers)
