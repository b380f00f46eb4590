"""A service that is really served, on a free port, on memory alone."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

import msgspec

from andon.model import Incident, Tier
from andon.runners.running import Running
from andon.runners.up import run
from tests.web.stage import StagedStore, crash, finding, staged
from tests.web.tiny import RULES


@dataclasses.dataclass
class Served:
    """A service that is being served, and how to have it stop."""

    running: Running
    task: asyncio.Task[None]

    @property
    def url(self) -> str:
        return f"{self.running.settings.url}/"

    async def call(self, tier: Tier = Tier.YELLOW, quote: str = "it crashes", **segment: str) -> Incident:
        desk, now = self.running.andon.desk, self.running.andon.outside.clock.now()
        evidence = msgspec.structs.replace(crash(now - 300), quotes=[quote])
        await desk.find([finding("crashes", segment or {"platform": "ios"}, now, evidence, tier)])
        return (await desk.store.open_incidents())[-1]

    async def stop(self) -> None:
        self.running.stopping.set()
        await asyncio.wait_for(self.task, 10)


async def serve(folder: Path, store: StagedStore, port: int = 0) -> Served:
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "rules" / "all.yml").write_text(RULES)
    running = staged(folder / "rules", folder, store=store, port=port)
    return Served(running, asyncio.create_task(run(running)))
