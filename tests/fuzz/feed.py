"""CSV files, and what they are said to hold: the mapping stands before the first NUL, the file after it."""

from __future__ import annotations

import io
import json

from andon.errors import ConfigError
from andon.ingest.door import Door
from andon.ingest.table import signals
from tests.fuzz.door import NOW, RETENTION, SCALES

SEEDS = [
    b"value=score segment.region=where time=at\0score,where,at\n4,eu,2026-03-01\n2,,1772370000\n",
    b'text=said id=no customer=who\0\xef\xbb\xbfno,said,who\r\n1,"slow, very\nslow",ann\r\n2,\xe5\x8d\xa1,bob\r\n',
    b"value=v\0v\n1e999\nnan\n-0\n\n",
]
WORDS = [
    b"segment.",
    b"kind=",
    b"value=",
    b"time=",
    b'"',
    b'""',
    b"\r",
    b"\0",
    b"inf",
    b"2026-W01-1",
    b"24:00",
    b"+00:00:00.5",
]


def one(data: bytes) -> None:
    """Turn a file into signals: each is JSON on one line, and the door has an answer to it."""
    mapping, _, file = data.partition(b"\0")
    door = Door(SCALES, b"an invented key..", RETENTION)
    try:
        made = list(signals(io.BytesIO(file), mapping.decode("utf-8", "replace").split(), ["kind=rating", "name=csat"]))
    except ConfigError:
        return
    for line in made:
        assert b"\n" not in line
        assert isinstance(json.loads(line, parse_constant=_no_number), dict)
    taken = door.open(b"\n".join(made), NOW, "application/x-ndjson")
    assert taken.taken + taken.duplicate + taken.refused == len(made)


def _no_number(word: str) -> None:
    raise AssertionError(word)
