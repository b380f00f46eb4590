"""Customers under a keyed hash: the same customer is the same pseudonym, and nobody without the key can tell who."""

from __future__ import annotations

import hashlib
import re

import msgspec

from andon.errors import ConfigError

MARK = "anon:"
SHORTEST_KEY = 16

_BYTES = 16
_DONE = re.compile(rf"{MARK}[0-9a-f]{{{2 * _BYTES}}}")
_MENTIONED = re.compile(rb'"customer"\s*:|\\u00[4-7]', re.IGNORECASE)
_QUOTED = re.compile(rb'"customer"\s*:\s*"(?:[^"\\]|\\.)*"(?=\s*[,}])', re.IGNORECASE)
_HIDDEN = b'"customer":"' + MARK.encode() + b'"'
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Pseudonyms:
    """Makes pseudonyms with one key of at least 16 bytes (BLAKE2b, keyed: RFC 7693); keeps no table."""

    def __init__(self, key: bytes) -> None:
        if len(key) < SHORTEST_KEY:
            raise ConfigError(f"the pseudonym key has {len(key)} bytes; {SHORTEST_KEY} to 64 are needed")
        self._keyed = hashlib.blake2b(digest_size=_BYTES, key=key[:64])

    def of(self, customer: str) -> str:
        """Return `anon:` and 32 hex digits; what has that form already stays, so that a letter can be sent again."""
        if customer.startswith(MARK) and _DONE.fullmatch(customer):
            return customer
        one = self._keyed.copy()
        one.update(customer.encode())
        return MARK + one.hexdigest()

    def mask(self, raw: bytes) -> bytes:
        """Return an item's bytes with its customer under the pseudonym; untouched when it names none.

        An item that does not parse keeps its bytes up to the first NUL; a customer in a closed string is blanked, and
        where its end cannot be told, or a key is spelled with escapes, the item is cut before it.
        """
        try:
            item = _OBJECT.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return _blank(raw)
        if "customer" not in item:
            return raw
        item["customer"] = msgspec.Raw(msgspec.json.encode(self._value(bytes(item["customer"]))))
        return msgspec.json.encode(item)

    def _value(self, raw: bytes) -> str | None:
        try:
            return None if raw == b"null" else self.of(msgspec.json.decode(raw, type=str))
        except (msgspec.DecodeError, UnicodeDecodeError):
            return self.of(raw.decode("utf-8", "replace"))


def _blank(raw: bytes) -> bytes:
    clean = _QUOTED.sub(_HIDDEN, raw.partition(b"\0")[0])
    for found in _MENTIONED.finditer(clean):
        if not clean.startswith(_HIDDEN, found.start()):
            return clean[: found.start()]
    return clean
