"""Bodies of signals, in any type and encoding: the first byte says which, the rest is the body."""

from __future__ import annotations

import gzip
import re
import zlib

import numpy as np

from andon.errors import AndonError
from andon.ingest.batch import decode, encode
from andon.ingest.checks import AHEAD, MOST
from andon.ingest.door import MOST_RAW, Door, Taken
from andon.ingest.inflate import inflate
from andon.model import KINDS, Batch, Kind, Scale

NOW = 1_772_370_000.0
RETENTION = 90 * 86_400.0
SCALES = {"csat": Scale("csat", 1, 5, (4, 5), (1, 2)), "nps": Scale("nps", 0, 10, (9, 10), (0, 6))}
TYPES = ("", "application/x-ndjson", "application/json", "multipart/form-data; boundary=x")
CUSTOMER = b"zhang.wei@example.com"
_NAMED = re.compile(rb"(?:^|[\"'\s,{])customer(?!\w)[^,}a-z]*[^\s,}a-z][^,}a-z]*" + re.escape(CUSTOMER))
_NUMBERED = (Kind.RATING, Kind.CRASH, Kind.LATENCY, Kind.GAUGE, Kind.COUNTER)

_BODIES = (
    b'{"kind":"rating","name":"csat","value":4,"segment":{"region":"eu"},"id":"a"}\n{"kind":"pull","by":"tom"}',
    b'{"kind":"crash","value":2,"of":100,"time":"2026-03-01T12:00:00Z"}\n{"kind":"latency","value":812.5,"time":1772370000}',
    b'[{"kind":"complaint","text":"\\u5361\\u987f","customer":"'
    + CUSTOMER
    + b'"},{"kind":"gauge","name":"q","value":-3}]',
    b'{"kind":"counter","name":"orders","value":7,"of":2}\n\n{"kind":"change","name":"release 5.2","id":"c1"}\r\n',
    b'{"kind":"pull","tier":"red","owner":"app","segment":null}\n{"kind":"zebra","customer":"'
    + CUSTOMER
    + b'"}\nrubbish',
)
SEEDS = [bytes([head]) + body for head in (0, 1, 2, 4, 16, 20, 32, 64) for body in _BODIES]
WORDS = [
    *(f'"{kind}"'.encode() for kind in Kind),
    *(f'"{name}":'.encode() for name in ("kind", "name", "value", "of", "time", "segment", "id", "text", "customer")),
    b'"by":', b'"owner":', b'"tier":', b'"csat"', b"null", b"NaN", b"1e999", b"-1e308", b"9e15", b"\\ud800", b"\\u0063ustomer",
    b"\xef\xbb\xbf", b"\xff\xfe", b"[[[[", b'{"a":', b"}\n{", b",", b"\x1f\x8b\x08", b"+08:00", b"2026-02-29T23:59:60Z",
]  # fmt: skip


def one(data: bytes) -> None:
    """Open a body: what is refused is refused by name, and of the rest every number adds up."""
    head, body = (data[0], data[1:]) if data else (0, b"")
    encoding, sent = _sent(head >> 4 & 7, body)
    kind = TYPES[head & 3]
    door = Door(SCALES, b"an invented key..", RETENTION, bool(head & 4))
    try:
        taken = door.open(sent, NOW, kind, encoding)
    except AndonError:
        return
    _counts(taken, inflate(sent, encoding), kind)
    _numbers(taken.batch, by_events=bool(head & 4))
    _letters(taken)
    written = encode(taken.batch)
    assert encode(decode(written)) == written


def _sent(way: int, body: bytes) -> tuple[str, bytes]:
    """Return how a body is said to be encoded, and its bytes: most ways are true, some are not."""
    if way in {1, 5}:
        return "gzip", gzip.compress(body, 1) if way == 1 else body
    if way in {2, 6}:
        return "deflate", zlib.compress(body, 1) if way == 2 else body
    return ("", "", "", "identity", "", "", "", "br")[way], body


def _counts(taken: Taken, body: bytes, kind: str) -> None:
    items = taken.taken + taken.duplicate + taken.refused
    assert (taken.refused, items) == (len(taken.letters), len(taken.batch) + len(taken.letters))
    at = [letter.position for letter in taken.letters]
    assert at == sorted(set(at))
    assert all(1 <= position <= items for position in at)
    if "ndjson" in kind:
        lines = body.removeprefix(b"\xef\xbb\xbf").split(b"\n")
        assert items == sum(bool(line.strip()) for line in lines)


def _numbers(batch: Batch, *, by_events: bool) -> None:
    """Nothing that is no number goes on, but a value that its kind does without."""
    needed = np.isin(batch.kind, [KINDS.index(kind) for kind in _NUMBERED])
    assert np.isfinite(batch.value[needed]).all()
    assert not np.isinf(batch.value).any()
    assert (np.abs(batch.value[needed]) <= MOST).all()
    assert ((batch.of > 0) & (batch.of <= MOST)).all()
    assert np.isfinite(batch.time).all()
    assert by_events or ((batch.time >= NOW - RETENTION) & (batch.time <= NOW + AHEAD)).all()


def _letters(taken: Taken) -> None:
    for letter in taken.letters:
        assert letter.reason
        assert len(letter.raw) <= MOST_RAW
        assert not _NAMED.search(letter.raw)
