"""Signed links: who may answer which incident, until when; whoever holds the link is the person it names.

HMAC-SHA256 (RFC 2104) over the readable part, compared in constant time.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

import msgspec

from andon.errors import Refused

_SIGNED_FOR = b"andon answer link 1\0"
"""Keeps a signature made for anything else with the same secret from being one for a link."""
_LONGEST = 2000


class Claim(msgspec.Struct, frozen=True, array_like=True):
    """What a token says."""

    incident: str
    person: str
    expires: float


def sign(secret: bytes, incident: str, person: str, expires: float) -> str:
    """Return a token, fit for a URL's path, that lets a person answer an incident until `expires`."""
    said = msgspec.json.encode(Claim(incident, person, expires))
    return f"{_text(said)}.{_text(_signature(secret, said))}"


def check(secret: bytes, token: str, now: float) -> tuple[str, str]:
    """Return the incident's id and the person a token names; Refused if it is not ours, or has expired."""
    said, _, signature = token[:_LONGEST].partition(".")
    try:
        body, given = _bytes(said), _bytes(signature)
    except ValueError:
        raise Refused("this link is not complete; open it once more from the page you got") from None
    if not hmac.compare_digest(given, _signature(secret, body)):
        raise Refused("this link was not made by this service, or was changed on the way")
    claim = msgspec.json.decode(body, type=Claim)
    if now >= claim.expires:
        raise Refused("this link has expired; answer on the board, or from a newer page")
    return claim.incident, claim.person


def _signature(secret: bytes, said: bytes) -> bytes:
    return hmac.digest(secret, _SIGNED_FOR + said, hashlib.sha256)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    """Return what a part stands for; ValueError unless it is the one way to write that."""
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _text(raw) != text:
        raise ValueError(text)
    return raw
