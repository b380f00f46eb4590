"""From the arrival of the signal that tips an `each` rule to the webhook's receiver, beside Prometheus and Alertmanager."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import msgspec
import numpy as np

from tests.bench import Row, at_most
from tests.bench._house import RULES
from tests.bench._line import Line
from tests.bench._prometheus import missing, watching
from tests.bench._receiver import Receiver
from tests.bench._traffic import SERIES, traffic
from tests.runners.service import Service, up

RATE = 5000.0
BODY = 500
WANTED_MS = 150.0
FASTER = 0.1
SETTLES = 3.0
"""Seconds before the first event: Prometheus has scraped, and the service has met the segments of the background."""
COMES_WITHIN = 15.0
"""Seconds in which the last page has to come."""
TIPS = """\
  - {name: a tip, id: tip, watch: "gauge:tip", each: {value: {above: 0}}, tier: red, group: {by: [ticket], wait: 0s}}
"""


def bench(events: int = 150, every: float = 0.5, background: float = RATE, peer: bool = True) -> list[Row]:
    """Return median and p99 over so many events, one in `every` seconds or so, with so many other signals a second."""
    if peer and (absent := missing()):
        sys.stderr.write(f"{' and '.join(absent)} are not installed (Debian has them): only ours is measured\n")
        peer = False
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory()))
        told = asyncio.run(_told(folder, events, every, background, ending if peer else None))
    return rows(told, events, background)


def rows(told: Mapping[str, Mapping[int, float]], events: int, background: float) -> list[Row]:
    """Return the rows: told[who][event] is after how many seconds somebody told of it."""
    ours, p99 = (1000 * one for one in _median_p99(told["ours"], events))
    what = (
        f"signal to webhook, {events} tips of an each rule, each a page of its own, with {background:,.0f} signals/s of "
        f"{SERIES:,} segments beside"
    )
    found = [at_most(f"{what}: p99", p99, "ms", "wanted", WANTED_MS, 1.0)]
    if "theirs" in told:
        beside = "Prometheus (scrape 1 s, evaluation 1 s), Alertmanager (group_wait 0)"
        theirs, theirs_p99 = (1000 * one for one in _median_p99(told["theirs"], events))
        found.append(at_most(f"{what}: median", ours, "ms", beside, theirs, FASTER))
        found.append(at_most(f"{what}: p99", p99, "ms", beside, theirs_p99, FASTER))
    return found


def _median_p99(took: Mapping[int, float], events: int) -> tuple[float, float]:
    if len(took) < events:
        raise RuntimeError(f"{len(took)} of {events} events were told of")
    return median(took.values()), float(np.percentile(list(took.values()), 99, method="higher"))


async def _told(
    folder: Path, events: int, every: float, background: float, ending: ExitStack | None
) -> dict[str, dict[int, float]]:
    """Let it all happen, and return who told of which event after how many seconds; with `ending`, the peer's too."""
    receiver = Receiver()
    await receiver.start()
    (folder / "rules").mkdir()
    paged = RULES.replace("console: screen", f'webhook: "http://127.0.0.1:{receiver.port}/ours"') + TIPS
    (folder / "rules" / "book.yml").write_text(paged, encoding="utf-8")
    if ending:
        ending.enter_context(watching(folder / "peer", receiver.port))
    with up(folder / "rules", folder / "data") as service:
        others = asyncio.create_task(_background(service, background, SETTLES + events * every))
        await asyncio.sleep(SETTLES)
        began = await _tips(service, receiver, events, every)
        await others
        for _ in range(round(COMES_WITHIN / 0.05)):
            if all(len(told) == events for told in _by(receiver, ending)):
                break
            await asyncio.sleep(0.05)
    await receiver.stop()
    names = ["ours", "theirs"] if ending else ["ours"]
    return {
        name: {one: at - began[one] for one, at in told.items()}
        for name, told in zip(names, _by(receiver, ending), strict=True)
    }


def _by(receiver: Receiver, peer: ExitStack | None) -> list[dict[int, float]]:
    return [receiver.told.get(path, {}) for path in (["/ours", "/theirs"] if peer else ["/ours"])]


async def _tips(service: Service, receiver: Receiver, events: int, every: float) -> list[float]:
    """Send the events at uneven times, show each to the scraper at the same moment, and return when that was."""
    rng, began = np.random.default_rng(3), []
    async with Line(service.client.base_url.port or 80, service.token) as line:
        for number, pause in enumerate(rng.uniform(0.2 * every, 1.8 * every, events).tolist()):
            await asyncio.sleep(pause)
            said = {"kind": "gauge", "name": "tip", "value": 1, "segment": {"ticket": f"ticket-{number}"}}
            began.append(time.monotonic())
            receiver.open.add(number)
            answer = await line.post("/v1/signals", msgspec.json.encode(said))
            if answer.status != 202:
                raise RuntimeError(f"{answer.status}: {answer.body.decode()}")
    return began


async def _background(service: Service, rate: float, seconds: float) -> None:
    """Send so many signals a second, in batches, each when its time has come."""
    given = traffic(int(rate * seconds), rate, BODY, start=time.time())
    began = time.monotonic()
    async with Line(service.client.base_url.port or 80, service.token) as line:
        for number, (_, body) in enumerate(given.bodies):
            await asyncio.sleep(max(0.0, began + number * BODY / rate - time.monotonic()))
            await line.post("/v1/signals", body)
