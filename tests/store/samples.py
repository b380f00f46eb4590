"""Samples of all that outlives a process: how this version makes one, and what it reads in one that any version made."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from redis.asyncio import Redis

from andon.app import engine
from andon.incidents.keys import alert_key, incident_key
from andon.ingest.batch import decode, encode
from andon.ingest.pseudonym import Pseudonyms
from andon.log.redis import RedisLog
from andon.model import Acceptance, Delivery, Direction, Entry, Kind, Letter, Note, Sending, State
from andon.respond.links import check, sign
from andon.rulebook.load import load
from andon.runners.replay import replay
from andon.store.backup import Case, Dead, Head, Logged, Piece, Secret, Stand, Used, reading, writing
from andon.store.formats import written
from andon.store.redis import RedisStore
from tests.runners.history import signals
from tests.store.made import incident, later, outcome, page, row
from tests.streams.signals import Told, batch

HERE = Path(__file__).parents[1] / "golden" / "formats"
ALL = """\
  - {name: crashing, id: rise, watch: crash_rate, by: [platform], when: {rises: true, false_alarms: 1 per 30d}}
  - {name: burning, id: burn, watch: crash_rate, when: {burns: {budget: 2%, of: 30d}}}
  - {name: more complaints, id: more, watch: complaints, by: [region], when: {rises: true, false_alarms: 1 per 30d}}
  - {name: slower, id: slower, watch: p95, by: [journey], when: {rises: true, false_alarms: 1 per 30d}}
  - {name: no ratings, id: mute, watch: ratings, when: {silent: 30m, expected: usual}}
"""
"""What the invented shop's rulebook lacks: the other detectors."""
LETTER = Letter(at=1.0, position=3, reason="不行", raw=b"\xff\n", sender="app", id="7-0")
ACCEPTED = Acceptance(by="li.na", at=505.0, text="新版本", row=3, due=505.0, segments=[{"region": "east"}])
PAGED = Delivery(page=page(), status=Sending.SENT, tries=1, reference="r7", version=2)


@dataclass(frozen=True)
class Sample:
    """How one is made, and what is read in it: anything that `as_text` takes."""

    make: Callable[[], bytes]
    read: Callable[[bytes], object]


def as_text(value: object) -> str:
    """Return a value as JSON that a person can compare, what is no number as null."""
    plain = msgspec.json.decode(msgspec.json.encode(value, enc_hook=lambda one: one.tolist()))
    return json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def make_batch() -> bytes:
    """A batch of every kind."""
    told = [
        Told(kind, number, number / 4, name="n", segment={"区": f"s{number % 2}"}) for number, kind in enumerate(Kind)
    ]
    made = batch([*told, Told(Kind.COMPLAINT, 9.0, id="c1", text="坏了")])
    return encode(replace(made, notes={**made.notes, 0: Note(customer="anon:00", by="ana", owner="shop")}))


def read_batch(data: bytes) -> object:
    """Every column."""
    found = decode(data)
    columns = {one.name: getattr(found, one.name) for one in fields(found)}
    return columns | {"segments": list(found.segments), "notes": {str(at): note for at, note in found.notes.items()}}


def make_engine() -> bytes:
    """What every detector has learnt in an hour of the invented shop."""
    made = replay(load(HERE / "engine", {}))
    asyncio.run(made.feed(signals(1.4)))
    return zlib.compress(made.andon.engine.save(), 9)


def read_engine(data: bytes) -> object:
    """Every light, the counts, the clock; and what is found when a quarter of an hour of silence follows."""
    andon = replay(load(HERE / "engine", {})).andon
    made = engine(andon.book, andon.outside)
    made.load(zlib.decompress(data))
    facts = made.streams.facts()
    counts = {
        name: facts[name] for name in ("signals", "repeated", "late", "too_late", "expired", "ahead", "ids", "series")
    }
    seen = {"now": made.now, "judged": made.judged, "lights": _rounded(made.bank.lights()), "facts": counts}
    then = [one for moment in made.advance(made.now + 900) for one in moment.findings]
    return seen | {"then": [[one.rule, one.segment, one.state, one.at] for one in then]}


def _rounded(lights: Any) -> Any:
    """Lights, what was seen and expected to six digits: how a number is held in memory is no part of what it means."""
    plain = msgspec.json.decode(msgspec.json.encode(lights))
    for light in plain:
        for name in ("observed", "expected", "learning_left"):
            light[name] = None if light[name] is None else float(f"{light[name]:.6g}")
    return plain


def read_grouping(data: bytes) -> object:
    """The keys of a call and an alert of these labels: others would tear what is open from what is found next."""
    labels = msgspec.json.decode(data, type=dict[str, str])
    return [incident_key("shop", "crashes", labels), alert_key("crashes", labels, Direction.RISES)]


def read_secrets(data: bytes) -> object:
    """A customer's pseudonym under a key, and who a link that was signed with it names."""
    key, link = data.decode().split("\n")
    secret = bytes.fromhex(key)
    return {"customer 7": Pseudonyms(secret).of("customer 7"), "link": check(secret, link, 1.0)}


def make_secrets() -> bytes:
    """A key file's content, and a link of its service."""
    key = bytes(range(32))
    return f"{key.hex()}\n{sign(key, 'i1', 'li.na', 900.0)}".encode()


def make_backup() -> bytes:
    """A backup with a record of each sort."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "made"
        with writing(path, Head(version="0.1.0", at=5.0, formats={"engine": 1})) as writer:
            for record in (Secret("key", "00ff"), Piece(b"state"), Case(incident(), [row()], [PAGED]), Dead(LETTER)):
                writer.write(record)
            writer.write(Used("a key", "0-1"))
            writer.write(Logged(Entry(position="0-1", at=1.5, batch=b"\x00\xff", key="a key")))
            writer.write(Stand("0-0", "0-1"))
        return path.read_bytes()


def read_backup(data: bytes) -> object:
    """The head and every record."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "b").write_bytes(data)
        with reading(Path(folder) / "b") as (head, records):
            return [head, *records]


PURE: Mapping[str, Sample] = {
    "backup": Sample(make_backup, read_backup),
    "batch": Sample(make_batch, read_batch),
    "engine": Sample(make_engine, read_engine),  # what streams and bank keep is in it
    "grouping": Sample('{"product": "茶", "region": "east"}'.encode, read_grouping),
    "secrets": Sample(make_secrets, read_secrets),
}
"""All but `store`, which takes a server."""


async def make_store(client: Redis) -> bytes:
    """Every key that andon leaves on a server, as it is."""
    store, log = RedisStore(client), RedisLog(client)
    first = incident()
    await store.commit(outcome(first, page("p1"), page("p2", due=300.0), rows=3), 50.0)
    await store.settle(msgspec.structs.replace(PAGED, page=page("p1"), version=1))
    await store.commit(outcome(later(first, state=State.CLOSED, milestones={"closed": 400.0}), rows=1), None)
    second = msgspec.structs.replace(incident("i2", "k1", code="9Q", called=500.0), acceptance=ACCEPTED)
    await store.commit(outcome(second, page("p3", incident_id="i2")), 900.0)
    position = await log.append(1.0, b"one", "first key", [LETTER])
    await log.append(2.0, b"two", "second key", mark="a mark")
    await store.save(b"what was learnt", position)
    await store.mark(written() | {"version": "0.1.0"})
    await client.delete("andon:log:once")
    names: list[Any] = sorted(await client.keys("*"))
    return zlib.compress(msgspec.msgpack.encode([await _taken(client, name) for name in names]))


async def _taken(client: Redis, name: Any) -> tuple[Any, Any, Any]:
    """A key's name, its sort, and what it holds."""
    sort: Any = await client.type(name)
    read: Mapping[Any, Callable[[], Any]] = {
        b"string": lambda: client.get(name),
        b"hash": lambda: client.hgetall(name),
        b"list": lambda: client.lrange(name, 0, -1),
        b"zset": lambda: client.zrange(name, 0, -1, withscores=True),
        b"stream": lambda: client.xrange(name),
    }
    return name, sort, await read[sort]()


async def _put(client: Redis, name: Any, sort: Any, value: Any) -> None:
    write: Mapping[Any, Callable[[], Any]] = {
        b"string": lambda: client.set(name, value),
        b"hash": lambda: client.hset(name, mapping=value),
        b"list": lambda: client.rpush(name, *value),
        b"zset": lambda: client.zadd(name, {member: float(score) for member, score in value}),
        b"stream": lambda: asyncio.gather(*[client.xadd(name, fields, at) for at, fields in value]),
    }
    await write[sort]()


async def read_store(client: Redis, data: bytes) -> object:
    """What a service that starts on such a server finds there."""
    for name, sort, value in msgspec.msgpack.decode(zlib.decompress(data)):
        await _put(client, name, sort, value)
    store, log = RedisStore(client), RedisLog(client)
    state, position = await store.saved() or (b"", "")
    again = [await log.append(9.0, b"again", key) for key in ("first key", "second key")]
    return {
        "incidents": await store.incidents(),
        "open": [one.id for one in await store.open_incidents()],
        "newest": (await store.incident("k1") or incident("none")).id,
        "codes": sorted(await store.codes()),
        "due": await store.due(1e12),
        "ledgers": [await store.ledger(name) for name in await store.names()],
        "pages": [await store.pages(name) for name in await store.names()],
        "outbox": [one.page.id for one in await store.outbox(1e12)],
        "sent": sorted((await store.sent(0.0)).items()),
        "state": state.decode(),
        "formats": sorted((await store.formats()).items()),
        "log": [[one.at, one.batch, one.key] for one in await log.read(position)],
        "letters": [[one.reason, one.raw, one.at, one.sender] for one in await log.letters()],
        "known": again == [position, await log.last()],
    }
