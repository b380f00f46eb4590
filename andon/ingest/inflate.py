"""Content encodings undone, with a cap on what comes out."""

from __future__ import annotations

import zlib

from andon.errors import Refused, TooLarge

MOST_SENT = 10_000_000
"""Bytes of a request's body, as sent."""
MOST_BYTES = 10_000_000
"""Bytes of a request's body, once inflated: as strings of the widest characters they are four times that, beside them."""
MOST_MEMBERS = 1_000
"""Gzip members of a request's body: what follows one is copied, so that many small ones would cost their square."""

_EITHER = 32 + zlib.MAX_WBITS  # zlib finds out by itself whether the header is gzip's or its own
_HEADLESS = -zlib.MAX_WBITS


def inflate(body: bytes, encoding: str = "") -> bytes:
    """Undo `gzip`, `deflate` or `identity` (RFC 9110, 8.4.1).

    TooLarge beyond 10 MB as sent or inflated (found before more than that is in memory) or 1,000 gzip members; Refused for another
    encoding, and for bytes that are not what they claim to be.
    """
    if len(body) > MOST_SENT:
        raise TooLarge(f"the body has {len(body):,} bytes, {MOST_SENT:,} are allowed: send it in smaller batches")
    word = encoding.strip().lower()
    if word in {"", "identity"}:
        return body
    if word in {"gzip", "x-gzip"}:
        return _members(body)
    if word == "deflate":
        # RFC 9110 means zlib's format; many senders leave its header out.
        headed = len(body) > 1 and body[0] & 0x0F == zlib.DEFLATED and (body[0] << 8 | body[1]) % 31 == 0
        return _stream(body, _EITHER if headed else _HEADLESS, MOST_BYTES)[0]
    raise Refused(f"content-encoding {encoding!r} is not known: send gzip, deflate or none")


def _members(body: bytes) -> bytes:
    """Inflate gzip's members one after another (RFC 1952, 2.2)."""
    out: list[bytes] = []
    room = MOST_BYTES
    rest = body
    while rest or not out:
        if len(out) == MOST_MEMBERS:
            raise TooLarge(f"the body has more than {MOST_MEMBERS:,} gzip members: compress it in one piece")
        piece, rest = _stream(rest, _EITHER, room)
        out.append(piece)
        room -= len(piece)
        rest = rest.lstrip(b"\0")  # padding between members is allowed
    return b"".join(out)


def _stream(body: bytes, bits: int, room: int) -> tuple[bytes, bytes]:
    """Inflate one stream into at most `room` bytes; return it and what followed it."""
    machine = zlib.decompressobj(bits)
    try:
        out = machine.decompress(body, room + 1)
    except zlib.error as error:
        raise Refused(f"the body is not in the encoding that its header names ({error})") from error
    if len(out) > room:
        raise TooLarge(f"the body inflates to more than {MOST_BYTES:,} bytes: send it in smaller batches")
    if not machine.eof:
        raise Refused("the compressed body ends too early: send it again whole")
    return out, machine.unused_data
