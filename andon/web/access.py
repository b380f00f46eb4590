"""Who may do what until people sign in: bearer tokens, or the machine itself."""

from __future__ import annotations

import hmac
import ipaddress
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import HTTPException, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from andon.runners.running import Running

TO_SEND = HTTPBearer(
    auto_error=False,
    scheme_name="ingest",
    description="The ingest token: the file `ingest-token` in the data directory.",
)
TO_ACT = HTTPBearer(
    auto_error=False,
    scheme_name="act",
    description="The token in ANDON_ACT_TOKEN, to act and read from elsewhere; the machine itself needs none.",
)
WITH_INGEST = (
    "send the ingest token as `Authorization: Bearer TOKEN`; it is the file ingest-token in the service's data directory, or "
    "ANDON_INGEST_TOKEN"
)
Carried = HTTPAuthorizationCredentials | None
HANDED_ON = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
"""What a proxy on this machine says of those it speaks for: they are somewhere else, whatever address it names."""


def running_of(request: Request) -> Running:
    """Return the service that a request is for."""
    found = request.app.state.running
    if not isinstance(found, Running):
        raise TypeError(found)
    return found


def carries(carried: Carried, token: str) -> bool:
    """Tell whether a request carries a token; what is not set is carried by none."""
    return bool(token) and carried is not None and hmac.compare_digest(carried.credentials.encode(), token.encode())


async def may_act(request: Request, carried: Annotated[Carried, Security(TO_ACT)] = None) -> None:
    """Let a request in that carries the token for acts, or comes from this machine and from no other site's page."""
    if carries(carried, running_of(request).andon.outside.secrets.act):
        return
    if not (_from_here(request) and _own_page(request)):
        raise HTTPException(
            403,
            "acts need the service's ANDON_ACT_TOKEN as `Authorization: Bearer TOKEN`, or come from the machine itself "
            "and its own page",
        )


async def may_read(request: Request, carried: Annotated[Carried, Security(TO_ACT)] = None) -> None:
    """Let a request read: from this machine, or with the token for acts; who may only send may not read."""
    if carries(carried, running_of(request).andon.outside.secrets.act) or _from_here(request):
        return
    raise HTTPException(
        403,
        "reading needs the service's ANDON_ACT_TOKEN as `Authorization: Bearer TOKEN`, or comes from the machine itself",
    )


def _from_here(request: Request) -> bool:
    """Tell whether a request comes from this machine, and was addressed to it by a name of its own.

    A page from elsewhere whose name was made to lead here (DNS rebinding) still says its own name as the host. What a proxy
    handed on comes from elsewhere, whoever it says it is.
    """
    if request.client is None or not _is_loopback(request.client.host):
        return False
    if any(name in request.headers for name in HANDED_ON):
        return False
    return _is_loopback(_host(f"//{request.headers.get('host', '')}"))


def _own_page(request: Request) -> bool:
    """Tell whether a request comes from no page, or from one of ours."""
    origin = request.headers.get("origin")
    return origin is None or origin == f"{request.scope['scheme']}://{request.headers.get('host', '')}"


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:  # brackets that close nothing
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
