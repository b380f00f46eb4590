"""Who may do what until people sign in: bearer tokens, or the machine itself."""

from __future__ import annotations

import hmac
import ipaddress
from urllib.parse import urlsplit

from fastapi import HTTPException, Request

from andon.runners.running import Running


def running_of(request: Request) -> Running:
    """Return the service that a request is for."""
    found = request.app.state.running
    if not isinstance(found, Running):
        raise TypeError(found)
    return found


def may_send(request: Request) -> None:
    """Let a request in that carries the ingest token; 401 otherwise."""
    if not _carries(request, running_of(request).andon.outside.secrets.ingest):
        raise HTTPException(401, "send the ingest token as `Authorization: Bearer TOKEN`; `andon up` prints it")


def may_act(request: Request) -> None:
    """Let a request in that carries the token for acts, or comes from this machine and from no other site's page."""
    act = running_of(request).andon.outside.secrets.act
    if act and _carries(request, act):
        return
    if not (_loopback(request) and _own_page(request)):
        raise HTTPException(
            403, "acts need `Authorization: Bearer TOKEN` with ANDON_ACT_TOKEN, or come from this machine"
        )


def may_read(request: Request) -> None:
    """Let a request read: this machine, or a token."""
    secrets = running_of(request).andon.outside.secrets
    if _loopback(request) or _carries(request, secrets.act) or _carries(request, secrets.ingest):
        return
    raise HTTPException(403, "reading needs `Authorization: Bearer TOKEN`, or comes from this machine")


def _carries(request: Request, token: str) -> bool:
    said = request.headers.get("authorization", "")
    return bool(token) and hmac.compare_digest(said.encode(), f"Bearer {token}".encode())


def _loopback(request: Request) -> bool:
    """Tell whether a request comes from this machine and was addressed to it by a name of its own (DNS rebinding)."""
    if request.client is None or not _is_loopback(request.client.host):
        return False
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    return _is_loopback(host) or host == "localhost"


def _own_page(request: Request) -> bool:
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
