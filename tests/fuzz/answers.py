"""What people say over HTTP: requests one after another, `METHOD PATH?QUERY`, a line's end, the body; a NUL between two.

`{id}`, `{code}` and `{token}` stand for an open incident, its answer code, and a link that was signed for it.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from fastapi import FastAPI
from starlette.types import Message

from andon.app import Andon, assemble
from andon.log.memory import MemoryLog
from andon.model import Incident
from andon.respond.links import sign
from andon.runners.running import Running
from andon.store.memory import MemoryStore
from andon.web.api import create_app
from tests.web.stage import INGEST, KEY, crash, finding, staged
from tests.web.tiny import NOW, RULES, AFixedClock

SEEDS = [
    b'POST /v1/incidents/{id}/acts\n{"verb":"ack","by":"tom"}\0POST /v1/incidents/{code}/acts?lang=zh\n{"verb":"resolve","by":"li.na"}',
    b"POST /a/{token}\nverb=ack\0GET /a/{token}\n\0POST /a/{token}\nverb=resolve\0POST /a/{token}\nverb=escalate",
    b'POST /v1/incidents/{id}/acts\n{"verb":"later","by":"tom","seconds":1800}\0POST /v1/incidents/{id}/acts\n{"verb":"note","by":"tom","text":"x","id":"1"}',
    b'POST /v1/incidents/{id}/acts\n{"verb":"give","by":"tom","whom":"li.na"}\0POST /v1/incidents/{id}/acts\n{"verb":"join","by":"li.na","whom":"ana"}',
    b'POST /v1/incidents/{id}/acts\n{"verb":"shelve","by":"tom","seconds":60,"text":"known"}\0POST /v1/incidents/{id}/acts\n{"verb":"close","by":"tom","text":"no"}',
    b'POST /v1/pulls\n{"by":"ann","text":"nobody can pay","owner":"shop","tier":"red","segment":{"region":"eu"}}\0GET /v1/incidents?most=3\n',
    b'POST /v1/incidents/{id}/acts\n{"verb":"told","by":"tom"}\0GET /v1/incidents/{id}?lang=zh\n\0POST /v1/letters/resend\n{"ids":[]}\0GET /v1/letters?most=1\n',
    b'POST /v1/signals\n{"kind":"rating","name":"csat","value":9}\0GET /v1/board\n\0GET /v1/lights?owner=app\n\0GET /readyz\n',
]  # fmt: skip
WORDS = [
    b"{id}", b"{code}", b"{token}", b"POST /v1/incidents/", b"/acts", b"POST /a/", b"POST /v1/pulls\n", b"?lang=", b"%00", b"%ff", b"..%2f",
    b'"verb":', b'"by":', b'"via":', b'"whom":', b'"seconds":', b'"text":', b'"id":', b'"segment":', b'"tier":', b"verb=", b"1e999", b"NaN",
    b'"ack"', b'"resolve"', b'"escalate"', b'"give"', b'"join"', b'"later"', b'"note"', b'"told"', b'"shelve"', b'"close"', b'"accept"', b'"\\ud800"',
    b'"tom"', b'"li.na"', b'"ana"', b'"nobody"', b"86400", b"\xe6\x94\xb6\xe5\x88\xb0", b"\0",
]  # fmt: skip
_MOST = 12


@dataclass
class _World:
    """A service that can begin anew, and its one loop."""

    loop: asyncio.AbstractEventLoop
    running: Running
    app: FastAPI

    def renewed(self) -> Andon:
        """Put a service without a past in the place of the one that ran."""
        outside = replace(self.running.andon.outside, store=MemoryStore(), log=MemoryLog())
        self.running.andon = assemble(self.running.andon.book, outside)
        return self.running.andon


@cache
def _world() -> _World:
    folder = Path(tempfile.mkdtemp(prefix="andon-fuzz-"))
    (folder / "a.yml").write_text(RULES)
    running = staged(folder, folder, clock=AFixedClock(), port=8717)
    for path in (folder / "a.yml", folder):
        path.unlink() if path.is_file() else path.rmdir()
    return _World(asyncio.new_event_loop(), running, create_app(running))


def one(data: bytes) -> None:
    """Say all that, one after another; every answer is one, and none un-happens."""
    world = _world()
    world.loop.run_until_complete(_said(world, data.split(b"\0")[:_MOST]))


async def _said(world: _World, requests: list[bytes]) -> None:
    andon = world.renewed()
    await andon.desk.find([finding("crashes", {"platform": "ios"}, NOW, crash(NOW - 600))])
    [before] = await andon.outside.store.open_incidents()
    places = {b"{id}": before.id, b"{code}": before.code, b"{token}": sign(KEY, before.id, "tom", NOW + 60)}
    for request in requests:
        for place, meant in places.items():
            request = request.replace(place, meant.encode())  # noqa: PLW2901 - one place after another
        await _asked(world.app, request)
        after = await andon.outside.store.find(before.id)
        assert after is not None
        _goes_on(before, after)
        before = after
    for entry in await andon.outside.log.read(""):
        await andon.pass_on(entry)
    await andon.desk.pass_time(NOW + 7200.0)
    rows = [row.n for row in await andon.outside.store.ledger(before.id)]
    assert rows == list(range(rows[0], rows[0] + len(rows)))


def _goes_on(before: Incident, after: Incident) -> None:
    assert after.version >= before.version
    assert set(before.milestones) <= set(after.milestones)
    assert len(after.notes) <= 50
    assert len(after.acts) <= 200


async def _asked(app: FastAPI, request: bytes) -> None:
    """Hand a request to the application; what it refuses is told why in JSON."""
    head, _, body = request.partition(b"\n")
    method, _, target = head.decode("latin-1").partition(" ")
    path, _, query = target.partition("?")
    if not path.startswith(("/v1/", "/a/", "/readyz")) or path.startswith("/v1/events") or not method.isalpha():
        return  # what comes from the disk comes by threads, and the stream never ends
    sent: list[Message] = []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method.upper(), "scheme": "http",
        "path": unquote(path), "raw_path": path.encode("latin-1"), "root_path": "", "query_string": query.encode("latin-1"),
        "headers": [(b"host", b"127.0.0.1:8717"), (b"origin", b"http://127.0.0.1:8717"), (b"content-type", b"application/json"), (b"authorization", f"Bearer {INGEST}".encode())],
        "client": ("127.0.0.1", 50_000), "server": ("127.0.0.1", 8717), "state": {},
    }  # fmt: skip
    bodies = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return bodies.pop() if bodies else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    status = next(message["status"] for message in sent if message["type"] == "http.response.start")
    assert status < 500 or path == "/readyz", head
    if status >= 400 and path.startswith("/v1/"):
        said = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
        assert method.upper() == "HEAD" or isinstance(json.loads(said)["detail"], str), head
