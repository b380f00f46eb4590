"""Bytes to wire signals: one decoder call for the whole body, item by item only where something is broken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal, TypeAlias

import msgspec

from andon.errors import Refused, TooLarge
from andon.model import SENT, Tier

MOST_SIGNALS = 50_000
"""Signals in one request."""
MOST_CHARS = 200
"""Characters of a name, an id, a person, an owner."""
NAN = float("nan")

_CHUNK = 4_000_000  # bytes decoded before counting: bounds what a body of tiny items can take up
_MOST_COMMAS = 40 * MOST_SIGNALS
_LINE = re.compile(rb"\S[^\n]*")  # blank lines, millions of them perhaps, are passed over at once

Word: TypeAlias = Annotated[str, msgspec.Meta(max_length=MOST_CHARS)]


class Wire(msgspec.Struct, gc=False):
    """`model.Signal` as it travels: numbers that are absent are NaN at once, the segment is left as it was written."""

    kind: Literal["rating", "crash", "latency", "complaint", "gauge", "counter", "pull", "change"]
    name: str = ""
    value: float | None = NAN
    of: float | None = NAN
    time: float | str | None = None
    segment: msgspec.Raw = msgspec.Raw(b"{}")
    id: Word | None = None
    text: str | None = None
    customer: str | None = None
    by: Word | None = None
    owner: Word | None = None
    tier: Tier | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """An item that is refused: its number in the body from 1 (blank lines are not counted), why, its bytes."""

    position: int
    reason: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Items:
    """What a body held: `wires[i]` stood at `positions[i]`; `broken` did not decode."""

    wires: list[Wire]
    positions: Sequence[int]
    broken: list[Broken]
    data: bytes
    array: bool
    _raws: dict[int, bytes] = field(default_factory=dict)

    def raw(self, position: int) -> bytes:
        """Return the bytes of the item that stood at a position; found only once somebody asks."""
        if not self._raws:
            self._raws.update(enumerate(_raws(self.data, array=self.array), 1))
        return self._raws[position]


_ONE = msgspec.json.Decoder(Wire)
_MANY = msgspec.json.Decoder(list[Wire])
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])

_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def decode(data: bytes, content_type: str = "") -> Items:
    """Decode NDJSON, or a JSON array where the first byte is `[` and the content type does not say NDJSON.

    What says it is NDJSON has one signal a line, whatever else its body holds; otherwise one may be written over several.
    TooLarge beyond 50,000 signals, Refused for a form with parts. Nothing else is raised: what does not decode is in `broken`.
    """
    if content_type.lower().lstrip().startswith("multipart/"):
        raise Refused(f"{content_type.partition(';')[0].lower()} is not taken: send one signal a line, or a JSON array")
    data = data.removeprefix(b"\xef\xbb\xbf")
    strict = "ndjson" in content_type or "jsonl" in content_type
    array = data[:64].lstrip()[:1] == b"[" and not strict
    try:
        wires = _whole_array(data) if array else _whole_lines(data)
    except _UNREADABLE:
        return _one_by_one(data, array=array, strict=strict)
    if strict and not _one_a_line(data, len(wires)):
        return _one_by_one(data, array=False, strict=True)
    return Items(wires, range(1, len(wires) + 1), [], data, array)


def _whole_array(data: bytes) -> list[Wire]:
    if data.count(b",") > _MOST_COMMAS or data.count(b'"kind"') > 2 * MOST_SIGNALS:
        raise _too_many()
    return _capped(_MANY.decode(data))


def _whole_lines(data: bytes) -> list[Wire]:
    if len(data) <= _CHUNK:
        return _capped(_ONE.decode_lines(data))
    wires: list[Wire] = []
    start = 0
    while start < len(data):
        end = data.find(b"\n", start + _CHUNK) + 1 or len(data)
        wires += _ONE.decode_lines(data[start:end])
        _capped(wires)
        start = end
    return wires


def _one_a_line(data: bytes, count: int) -> bool:
    """Tell whether each of `count` signals has a line to itself: in JSON nothing but a line's end stands between } and {."""
    data = data.strip()
    ends = data.count(b"}\n{") + (data.count(b"}\r\n{") if b"\r" in data else 0)  # a look is quicker than a count
    return ends == max(count - 1, 0)


def _capped(wires: list[Wire]) -> list[Wire]:
    if len(wires) > MOST_SIGNALS:
        raise _too_many()
    return wires


def _too_many() -> TooLarge:
    return TooLarge(f"more than {MOST_SIGNALS:,} signals in one request: send smaller batches")


def _one_by_one(data: bytes, *, array: bool, strict: bool) -> Items:
    wires: list[Wire] = []
    positions: list[int] = []
    broken: list[Broken] = []
    raws: dict[int, bytes] = {}
    for position, raw in enumerate(_items(data, array=array, strict=strict), 1):
        if position > MOST_SIGNALS:
            raise _too_many()
        raws[position] = raw
        try:
            wires.append(_ONE.decode(raw))
            positions.append(position)
        except _UNREADABLE as error:
            broken.append(Broken(position, _why(error), raw))
    return Items(wires, positions, broken, data, array, raws)


def _items(data: bytes, *, array: bool, strict: bool) -> Iterator[bytes]:
    """Yield each item's bytes, broken or not: an array that is broken as a whole is one item."""
    if not array and not strict and data[:64].lstrip()[:1] == b"{" and _is_json(data):
        yield data.strip()  # one signal written over several lines
        return
    if not array:
        yield from (found[0].rstrip() for found in _LINE.finditer(data))
        return
    if data.count(b",") > _MOST_COMMAS // 2:
        raise TooLarge(f"the array is broken, or holds more than {MOST_SIGNALS:,} signals: send smaller batches")
    try:
        yield from map(bytes, _ARRAY.decode(data))
    except _UNREADABLE:
        yield data


def _raws(data: bytes, *, array: bool) -> Iterator[bytes]:
    """Yield the bytes of each item of a body that did decode."""
    if array:
        return map(bytes, _ARRAY.decode(data))
    return map(bytes, msgspec.json.Decoder(msgspec.Raw).decode_lines(data))


def _is_json(data: bytes) -> bool:
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except _UNREADABLE:
        return False
    return True


def _why(error: Exception) -> str:
    """Say what was found and what is allowed."""
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8: {error.reason}"
    if isinstance(error, RecursionError):
        return "nested too deep: a signal is a flat object"
    if "$.kind" in str(error):
        return f"{error}; kind is one of {', '.join(SENT)}"
    return str(error)
