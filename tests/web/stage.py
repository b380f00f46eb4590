"""An invented day on the board, without servers: `python -m tests.web.stage` serves it for whoever changes the board."""

from __future__ import annotations

import asyncio
import io
import math
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from andon import plugins
from andon.app import Outside, assemble
from andon.bundled import bundled
from andon.clock import Clock, WallClock
from andon.config import Secrets, Settings
from andon.log.base import Log
from andon.log.memory import MemoryLog
from andon.model import (
    Act,
    AlertState,
    Change,
    Direction,
    Evidence,
    Finding,
    Labels,
    Light,
    Part,
    Tier,
    Verb,
)
from andon.rulebook.load import load
from andon.rulebook.watch import fingerprint
from andon.runners.running import Running
from andon.runners.up import run
from andon.store.memory import MemoryStore
from channels.console import Console
from tests.runners.alone import Alone, Untended
from tests.runners.service import free_port

KEY = b"an invented key, 32 bytes long.."
INGEST, ACT = "invented-ingest-token", "invented-act-token"
MINUTE = 60.0
REGIONS = ("华东", "华南", "华北", "西南", "华中", "西北")
PRODUCTS = ("shop", "food")


class StagedStore(MemoryStore):
    """Shows invented lights instead of the engine's."""

    def __init__(self, lights: Sequence[Light] = ()) -> None:
        super().__init__()
        self.lights = list(lights)

    async def show(self, lights: Sequence[Light], facts: Mapping[str, float]) -> None:
        await super().show(self.lights or lights, dict(facts))


def staged(
    rules: Path,
    data: Path,
    *,
    log: Log | None = None,
    store: MemoryStore | None = None,
    clock: Clock | None = None,
    port: int = 0,
    act: str = "",
) -> Running:
    """Return a service that stands on memory alone, not started."""
    settings = Settings(rules=rules, data=data, port=port or free_port())
    outside = Outside(
        log=log or MemoryLog(),
        store=store or MemoryStore(),
        clock=clock or WallClock(),
        secrets=Secrets(KEY, INGEST, act),
        detectors=plugins.detectors(),
        channels={"console": Console(out=io.StringIO())},
        url=settings.url,
    )
    andon = assemble(load(rules, {}), outside)
    return Running(andon, settings, Alone(), Untended(), seen=fingerprint(rules))


def light(
    rule: str, segment: Labels, state: AlertState = AlertState.OK, tier: Tier = Tier.YELLOW, learning: float = 0.0
) -> Light:
    return Light(
        rule=rule,
        segment=segment,
        state=state,
        tier=tier,
        observed=0.01,
        expected=0.01,
        n=900.0,
        at=0.0,
        learning_left=learning,
    )


def lights() -> list[Light]:
    """Return a company's lights: most are calm."""
    versions = [{"platform": platform, "app_version": f"8.{n}"} for platform in ("ios", "android") for n in range(4)]
    places = [{"product": product, "region": region} for product in PRODUCTS for region in REGIONS]
    return [
        *(light("crashes", one) for one in versions),
        light("crashes", {"platform": "ios", "app_version": "8.4"}, AlertState.FIRING, Tier.RED),
        light("stutter-complaints", {"platform": "android"}, AlertState.FIRING, Tier.WATCH),
        light("stutter-complaints", {"platform": "ios"}),
        *(light("detractors", one) for one in places),
        light("low-stars", {"product": "food", "region": "西藏"}, AlertState.NO_DATA),
        *(light("low-stars", one, learning=7200.0) for one in places[:2]),
        *(light("complaints-region", {"region": region}) for region in REGIONS[1:]),
        light("complaints-region", {"region": "华东"}, AlertState.RECOVERING),
        *(light("pay-slow", {"product": product}) for product in (*PRODUCTS, "wallet")),
    ]


def finding(rule: str, segment: Labels, at: float, evidence: Evidence | None, tier: Tier = Tier.YELLOW) -> Finding:
    return Finding(
        rule=rule,
        segment=segment,
        direction=Direction.RISES,
        state=AlertState.FIRING,
        tier=tier,
        window=at,
        at=at,
        since=evidence.since if evidence else at,
        score=12.0,
        evidence=evidence,
    )


def crash(since: float) -> Evidence:
    return Evidence(
        metric="crash_rate",
        unit="share",
        observed=0.0312,
        expected=0.0041,
        low=0.0029,
        high=0.0055,
        n=12_480,
        seconds=600,
        since=since,
        odds=40 * 365 * 86_400.0,
        parts=[
            Part(labels={"region": "华东", "device": "iPhone 15"}, share=0.62),
            Part(labels={"region": "华南"}, share=0.21),
            Part(labels={"region": "华北"}, share=0.09),
        ],
        changes=[Change(name="release 8.4", at=since - 12 * MINUTE, labels={"platform": "ios"}, text="halfway out")],
        quotes=[
            "一打开付款页面就闪退，试了三次都不行",
            "App keeps closing when I open the cart. My number is 13800138000.",
        ],
        detector="proportion",
    )


def burst(since: float) -> Evidence:
    return Evidence(
        metric="complaints",
        unit="per hour",
        observed=74,
        expected=11,
        low=4,
        high=19,
        n=74,
        seconds=3600,
        since=since,
        odds=5 * 365 * 86_400.0,
        quotes=["等了两个小时还没送到"],
    )


def slow(since: float) -> Evidence:
    return Evidence(
        metric="p95",
        unit="ms",
        observed=2310,
        expected=820,
        low=700,
        high=960,
        n=5400,
        seconds=300,
        since=since,
        odds=0.9 * 365 * 86_400.0,
        parts=[Part(labels={"bank": "CMB"}, share=0.8)],
    )


async def day(running: Running, now: float) -> None:
    """Let the invented company's last hour happen."""
    desk = running.andon.desk

    async def say(verb: Verb, by: str, rule: str, at: float) -> None:
        mine = [one for one in await desk.store.open_incidents() if one.rule == rule]
        await desk.act(Act(verb=verb, incident=mine[0].id, by=by, at=at, via="slack"))

    await desk.find([finding("complaints-region", {"region": "华东"}, now - 52 * MINUTE, burst(now - 61 * MINUTE))])
    await desk.pass_time(now - 45 * MINUTE)
    await say(Verb.ACK, "zhou.ming", "complaints-region", now - 45 * MINUTE)
    await desk.find([finding("pay-slow", {"product": "food"}, now - 27 * MINUTE, slow(now - 33 * MINUTE))])
    await say(Verb.RESOLVE, "zhou.ming", "complaints-region", now - 12 * MINUTE)
    await desk.pass_time(now - 3 * MINUTE)
    red = finding(
        "crashes", {"platform": "ios", "app_version": "8.4"}, now - 3 * MINUTE, crash(now - 9 * MINUTE), Tier.RED
    )
    await desk.find([red])
    await desk.pass_time(now)
    while await running.andon.sender.run_once(now):
        pass


async def main(port: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        running = staged(bundled("rules"), Path(folder), store=StagedStore(lights()), port=port, act=ACT)
        now = running.andon.outside.clock.now()
        assert math.isfinite(now)
        await day(running, now)
        sys.stdout.write(f"{running.settings.url}/\n")
        sys.stdout.flush()
        await run(running)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
