"""How every way in says no: which status an error of andon's means, what a status tells, and when to come again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from fastapi.responses import JSONResponse

from andon.errors import AndonError, Conflict, Refused, TooLarge, Unavailable
from andon.web.gate import AT_ONCE, MOST_BEHIND, SMALL, SMALLER
from andon.web.pacing import REFUSALS, Busy


class Refusal(NamedTuple):
    """An HTTP status, what it tells, and after how many seconds to come again (0: that would change nothing)."""

    status: int
    text: str
    again: int = 0


UNREADABLE = Refusal(400, "The body cannot be read, or is not in the encoding that its header names.")
NOT_ALLOWED = Refusal(409, "It is understood and not allowed; `detail` says why.")
TOO_MUCH = (
    f"More than can be taken; nothing of it was; Retry-After says when to come again. {AT_ONCE} batches are taken at "
    f"the same time, and as many of at most {SMALL:,} bytes; none while what was taken waits for more than "
    f"{MOST_BEHIND:g} s to be judged (small ones: {SMALLER * MOST_BEHIND:g} s). Refusals come at {REFUSALS:g} a second."
)
AWAY = (
    "The log or the store is full or does not answer. What it did not answer to may be done yet: repeat it under the same "
    "Idempotency-Key. Retry-After says when to come again."
)
MEANS: Mapping[type, Refusal] = {
    TooLarge: Refusal(413, "The body is larger than any that is taken; a batch can be sent in parts."),
    Refused: NOT_ALLOWED,
    Conflict: NOT_ALLOWED,
    Busy: Refusal(429, TOO_MUCH, again=1),
    Unavailable: Refusal(503, AWAY, again=2),
    AndonError: Refusal(500, "It failed as it never should."),
}
AT_THE_DOOR = {**MEANS, Refused: UNREADABLE}
"""What errors mean where signals come in: all that is refused as a whole there is what cannot be read."""
ALL: Mapping[int, Refusal] = {
    one.status: one
    for one in (
        *MEANS.values(),
        UNREADABLE,
        Refusal(401, "The ingest token is missing or wrong."),
        Refusal(403, "It takes the token in ANDON_ACT_TOKEN, or comes from the machine itself and its own page."),
        Refusal(404, "There is no such thing."),
        Refusal(422, "Something in the path, the query, the headers or the body is not what it may be."),
    )
}
"""Every refusal by its status."""


def refused(error: AndonError, means: Mapping[type, Refusal] = MEANS) -> JSONResponse:
    """Answer what an error means."""
    found = next(means[kind] for kind in type(error).__mro__ if kind in means)
    return no(found.status, str(error), {"Retry-After": str(found.again)} if found.again else {})


def no(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Answer a refusal in the one form that all have."""
    return JSONResponse({"detail": detail}, status, headers)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what FastAPI is told of an operation's refusals, besides those that follow from what it takes."""
    return {status: {"description": ALL[status].text} for status in statuses}
