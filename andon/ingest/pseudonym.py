"""Customers under a keyed hash: the same customer is the same pseudonym, and nobody without the key can tell who."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import msgspec

from andon.errors import ConfigError

MARK = "anon:"
SHORTEST_KEY = 16

_BYTES = 16
_CUSTOMER = "customer"
_DONE = re.compile(rf"{MARK}[0-9a-f]{{{2 * _BYTES}}}")
_MENTIONED = re.compile(rb"[\\\"']{0,4}customer(?!\w|\s+\w)|\\u00[4-7]", re.IGNORECASE)
"""As JSON has it, and as what was never JSON does, whatever stands behind it; but not as a word among others."""
_QUOTED = re.compile(rb'"customer"\s*:\s*"(?:[^"\\]++|\\.)*+"(?=\s*[,}])', re.IGNORECASE)
"""It never goes back, so that a string without an end costs neither memory nor time."""
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
            if not _MENTIONED.search(raw):
                return raw
            masked = {name: msgspec.Raw(self._within(name, bytes(value))) for name, value in item.items()}
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return _blank(raw)
        return msgspec.json.encode(masked)

    def _within(self, name: str, raw: bytes) -> bytes:
        """Return what stands under a name, with every customer in it under the pseudonym, however deep."""
        if name.casefold() == _CUSTOMER:
            return msgspec.json.encode(self._value(raw))
        return msgspec.json.encode(self._walked(msgspec.json.decode(raw))) if raw[:1] in {b"{", b"["} else raw

    def _walked(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._walked(one) for one in value]
        if not isinstance(value, dict):
            return value
        return {
            name: self._value(msgspec.json.encode(one)) if name.casefold() == _CUSTOMER else self._walked(one)
            for name, one in value.items()
        }

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
