"""What andon wrote itself and reads again, once somebody has spoilt it: the first byte says what it was."""

from __future__ import annotations

from functools import cache

from andon.errors import ConfigError, Refused
from andon.ingest.batch import decode, encode
from andon.ingest.door import Door
from andon.respond.links import check, sign
from andon.rulebook.load import load
from andon.rulebook.model import Rulebook
from tests.fuzz.door import NOW, RETENTION, SCALES
from tests.fuzz.rules import HEAD, made
from tests.fuzz.rules import _file as scratch

KEY = b"an invented key, 32 bytes long.."
_RULES = b"""
rules:
  - {name: a, watch: csat, by: [region], when: {falls: true, false_alarms: 1 per 30d}}
  - {name: b, watch: p95, when: {above: 800ms, over: 10m}}
  - {name: c, watch: complaints, each: {region: eu}}
"""
_SAID = (
    b'{"kind":"rating","name":"csat","value":2,"segment":{"region":"eu"},"id":"a"}\n{"kind":"latency","value":900}\n'
    b'{"kind":"complaint","text":"slow","segment":{"region":"eu"}}\n{"kind":"change","name":"8.4","segment":{"region":"us"}}\n'
)


@cache
def _book() -> Rulebook:
    path = scratch()
    path.write_bytes(HEAD + _RULES)
    try:
        return load(path, {})
    finally:
        path.unlink()


@cache
def _written() -> tuple[bytes, bytes]:
    """Return the bytes of a batch, and the state of an engine that has judged it."""
    engine, batch = made(_book()), Door(SCALES, KEY, RETENTION).open(_SAID, NOW).batch
    for _ in (*engine.take(batch), *engine.advance(NOW + 600.0)):
        pass
    return encode(batch), engine.save()


SEEDS = [b"\0" + _written()[0], b"\1" + _written()[1], b"\2" + sign(KEY, "incident", "ann", NOW + 60).encode()]
WORDS = [
    b"\x81",
    b"\x91",
    b"\xc0",
    b"\xc1",
    b"\xcb\x7f\xf8\0\0\0\0\0\0",
    b"\xcb\x7f\xf0\0\0\0\0\0\0",
    b"\xdd\xff\xff\xff\xff",
    b"\xc6\xff\xff\xff\xff",
]


def one(data: bytes) -> None:
    """Read what was spoilt: it is refused by the error that is named for it, or reads as what it was."""
    what, raw = data[:1], data[1:]
    if what == b"\0":
        _batch(raw)
    elif what == b"\1":
        _state(raw)
    else:
        _link(raw)


def _batch(raw: bytes) -> None:
    try:
        batch = decode(raw)
    except Refused:
        return
    assert encode(decode(encode(batch))) == encode(batch)
    assert all(batch.segments[number] is not None for number in batch.segment.tolist())


def _state(raw: bytes) -> None:
    engine, state = made(_book()), _written()[1]
    if b"\xa5check" not in raw:  # the first version's states had none
        return
    try:
        engine.load(raw)
    except ConfigError:
        return
    assert engine.save() == state


def _link(raw: bytes) -> None:
    try:
        said = check(KEY, raw.decode("utf-8", "replace"), NOW)
    except Refused:
        return
    assert said == ("incident", "ann")
