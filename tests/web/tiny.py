"""A tiny rulebook, and a service on it that stands on memory alone, asked without a network."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from andon.errors import Unavailable
from andon.log.memory import MemoryLog
from andon.model import Incident, Letter, Tier
from andon.runners.running import Running
from andon.store.memory import MemoryStore
from andon.web.api import create_app
from tests.web.stage import ACT, INGEST, crash, finding, staged

NOW = 1_790_000_000.0
HERE = "http://127.0.0.1:8717"
RULES = """
version: 1
defaults: {policy: default, owner: app, every: 1m, for: 0s, clear_after: 10m, no_data: hold}
promises:
  yellow: {respond: 30m, resolve: 8h, clock: always}
  red: {respond: 5m, resolve: 4h, clock: always}
policies:
  default:
    rounds: 2
    repeat: {yellow: 4h, red: 30m}
    yellow: [{notify: on-duty, by: console}]
    red: [{notify: [on-duty, lead], by: console}]
people:
  li.na: {name: 李娜, lang: zh, console: screen}
  tom: {name: Tom Reed, lang: en, console: screen}
  ana: {name: Ana Sol, lang: en, console: screen}
owners:
  app: {on-duty: [li.na, tom], lead: tom, room: {console: app}}
  shop: {on-duty: [ana], lead: ana, room: {console: shop}}
  everyone: {on-duty: [tom], lead: tom, room: {console: everyone}}
rules:
  - {name: crashes, watch: crash_rate, by: [platform], when: {above: 2%, over: 10m}, tier: yellow}
"""


class AFixedClock:
    """Shows what it was told to."""

    def __init__(self, now: float = NOW) -> None:
        self.time = now

    def now(self) -> float:
        return self.time

    def real(self, seconds: float) -> float:
        return seconds


class BrokenLog(MemoryLog):
    """A log whose server has gone, once it is told so."""

    gone = False
    appends = 0

    async def append(self, at: float, batch: bytes | None, *rest: Any, **more: Any) -> str:
        if self.gone:
            raise Unavailable("the log does not answer")
        self.appends += 1
        return await super().append(at, batch, *rest, **more)


class BrokenStore(MemoryStore):
    """A store whose server has gone, once it is told so; `asked` counts what the board cost."""

    gone = False
    asked = 0

    async def open_incidents(self) -> list[Incident]:
        self.asked += 1
        if self.gone:
            raise Unavailable("the store does not answer")
        return await super().open_incidents()


@dataclass
class Tiny:
    """A service and the line to it."""

    running: Running
    client: httpx.AsyncClient
    log: BrokenLog
    store: BrokenStore
    clock: AFixedClock

    async def called(self, tier: Tier = Tier.YELLOW, **segment: str) -> Incident:
        """Have crashes called, and return the incident."""
        now = self.clock.now()
        await self.running.andon.desk.find(
            [finding("crashes", segment or {"platform": "ios"}, now, crash(now - 600), tier)]
        )
        return (await self.store.open_incidents())[-1]

    async def answered(self, incident: str, **said: Any) -> httpx.Response:
        return await self.client.post(f"/v1/incidents/{incident}/acts", json=said)

    async def sent(self, body: bytes | str, **headers: str) -> httpx.Response:
        """Send signals as an app does."""
        named: Mapping[str, str] = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post(
            "/v1/signals", content=body, headers={"Authorization": f"Bearer {INGEST}", **named}
        )

    async def passed_on(self) -> None:
        """Pass everything in the log down the house."""
        andon = self.running.andon
        for entry in await self.log.read(andon.position):
            await andon.pass_on(entry)

    async def letters(self) -> list[Letter]:
        return await self.log.letters()


@contextlib.asynccontextmanager
async def tiny(
    folder: Path, *, act: str = ACT, peer: str = "127.0.0.1", url: str = HERE, rules: str = RULES
) -> AsyncIterator[Tiny]:
    """Assemble the service, and yield it with a line from `peer` to `url`."""
    (folder / "rules").mkdir(parents=True, exist_ok=True)
    (folder / "rules" / "all.yml").write_text(rules)
    log, store, clock = BrokenLog(), BrokenStore(), AFixedClock()
    running = staged(folder / "rules", folder, log=log, store=store, clock=clock, port=8717, act=act)
    door = httpx.ASGITransport(app=create_app(running), client=(peer, 50_000), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=door, base_url=url) as client:
        yield Tiny(running, client, log, store, clock)
