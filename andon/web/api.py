"""The HTTP side of the service, as FastAPI describes it: ingest, acts, what the board reads, the board."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from andon.errors import AndonError
from andon.runners.running import Running
from andon.web import acts, answer, board, duties, health, letters, signals, views
from andon.web.document import told
from andon.web.gate import Gate
from andon.web.narrow import narrow
from andon.web.refusals import no, refused
from andon.web.stream import Stream

MOST_SAID = 5
"""Mistakes of one request that are told."""
ABOUT = """Signals go in at `/v1/signals`, with the ingest token. What people say goes in at `/v1/incidents/{incident}/acts`,
a person's pull at `/v1/pulls`. Whoever is on the machine itself may read and act; from elsewhere that takes the token in
ANDON_ACT_TOKEN. Every refusal has a `detail` that says what was found and what is allowed."""


class Application(FastAPI):
    """FastAPI, which describes every way in and stands aside for the one that thousands of signals a request come by."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["path"] == signals.PATH and scope["method"] == "POST":
            scope["app"] = self
            answer = await signals.take(Request(scope, receive))
            await answer(scope, receive, send)
        else:
            await super().__call__(scope, narrow(receive), send)

    def openapi(self) -> dict[str, Any]:
        """Return the document that describes every way in, and every refusal."""
        if not self.openapi_schema:
            self.openapi_schema = told(super().openapi())
        return self.openapi_schema


def create_app(running: Running) -> FastAPI:
    """Return the application that serves one running service."""
    app = Application(
        title="andon",
        summary="Customer experience, called out loud.",
        description=ABOUT,
        version="1",
        openapi_url="/v1/openapi.json",
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,  # the redirect's address is made of a query that may be no text
    )
    app.state.running = running
    app.state.gate = gate = Gate(running.andon, running.stopping)
    app.state.stream = Stream(running, partial(views.state, pacing=gate.pacing))
    for room in (signals, letters, acts, views, duties, answer, board, health):
        app.include_router(room.router)
    app.add_exception_handler(AndonError, say_no)
    app.add_exception_handler(RequestValidationError, say_what_is_wrong)
    app.add_exception_handler(400, say_unreadable)
    return app


def say_no(request: Request, error: Exception) -> JSONResponse:
    """Answer what an error of andon's means."""
    del request
    if not isinstance(error, AndonError):
        raise error
    return refused(error)


def say_unreadable(request: Request, error: Exception) -> JSONResponse:
    """Answer 400 to a body that the framework could not even read."""
    del request, error
    return no(400, "the body is no JSON that can be read; allowed: one object, in UTF-8")


def say_what_is_wrong(request: Request, error: Exception) -> JSONResponse:
    """Answer 422 with each mistake's place and reason, and nothing of what was sent."""
    del request
    found = error.errors() if isinstance(error, RequestValidationError) else []
    told = [f"{'.'.join(map(str, one['loc'])) or 'request'}: {one['msg']}" for one in found[:MOST_SAID]]
    left = f"; and {len(found) - MOST_SAID} more" if len(found) > MOST_SAID else ""
    return no(422, "; ".join(told) + left)
