"""How much of a request's body is read, where it is no batch: the frameworks read all of it before they ask who sent it."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

MOST = 1_000_000
"""Bytes of a body that says something; a batch of signals may have more."""


def narrow(receive: Receive, most: int = MOST) -> Receive:
    """Return a `receive` that answers 413 once there is more."""
    size = 0

    async def some() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            raise HTTPException(413, f"a body has at most {most:,} bytes here")
        return message

    return some
