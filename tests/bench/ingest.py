"""Signals over HTTP into the durable log and out through the engine, beside the same bytes written by bare XADD."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median

from redis.asyncio import Redis

from andon.store import embedded
from tests.bench import Row, at_least, chunks
from tests.bench._child import busy
from tests.bench._house import RULES
from tests.bench._line import Line
from tests.bench._traffic import SERIES, traffic
from tests.runners.service import Service, up

GOAL = 0.4
WANTED = 100_000.0
BODY = 500
RATE = 100_000.0
"""Signals a second of the signals' own time: about as fast as they are sent."""
WITHIN = 60.0
"""Seconds in which all that was sent has to be through the engine."""


def bench(signals: int = 100_000, rounds: int = 5, connections: Sequence[int] = (1, 4)) -> list[Row]:
    """Return ours by so many kept connections of one client beside bare XADD by as many, both `rounds` times in turn."""
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory()))
        (folder / "rules").mkdir()
        (folder / "rules" / "book.yml").write_text(RULES, encoding="utf-8")
        service = ending.enter_context(up(folder / "rules", folder / "ours"))
        bare = embedded.start(folder / "bare")
        ending.callback(bare.stop)
        given = traffic(signals * rounds * len(connections), RATE, BODY, start=time.time() - 30.0)
        parts = iter(chunks([body for _, body in given.bodies], signals // BODY))
        ours: dict[int, list[float]] = {count: [] for count in connections}
        theirs: dict[int, list[float]] = {count: [] for count in connections}
        worked: list[float] = []
        for _ in range(rounds):
            for count in connections:
                bodies = next(parts)
                before = busy(service.process.pid)
                ours[count].append(signals / asyncio.run(_sent(service, bodies, signals, count)))
                worked.append(signals / (busy(service.process.pid) - before))
                theirs[count].append(signals / asyncio.run(_written(bare.url, bodies, count)))
    speed = {count: (median(ours[count]), median(theirs[count])) for count in connections}
    best = max(mine for mine, _ in speed.values())
    return [
        *(_row(count, mine, bare_one) for count, (mine, bare_one) in speed.items()),
        at_least("the best of these", best, "signals/s", "wanted", WANTED, 1.0),
        at_least("of the service's own processor time", median(worked), "signals/s", "wanted", WANTED, 0.0),
    ]


def _row(connections: int, ours: float, theirs: float) -> Row:
    what = (
        f"HTTP to judged frames, `andon up` on its own store: batches of {BODY}, {SERIES:,} segments, 7 rules; one client "
        f"process, {connections} kept connections; until the engine has passed the last one on"
    )
    beside = f"the same bodies by XADD, {connections} connections, appendfsync always"
    return at_least(what, ours, "signals/s", beside, theirs, GOAL)


async def _sent(service: Service, bodies: Sequence[bytes], signals: int, connections: int) -> float:
    """Return the seconds until all these are judged; the facts have counted each exactly once."""
    port = service.client.base_url.port or 80
    lines = [Line(port, service.token) for _ in range(connections)]
    for line in lines:
        await line.get("/healthz")  # the connection stands

    async def post(line: Line, body: bytes) -> None:
        answer = await line.post("/v1/signals", body)
        if answer.status != 202:
            raise RuntimeError(f"{answer.status}: {answer.body.decode()}")

    before = _counted(service)
    began = time.perf_counter()
    await _shared(bodies, [partial(post, line) for line in lines])
    while (await lines[0].get("/readyz")).json()["behind"]:
        if time.perf_counter() - began > WITHIN:
            raise TimeoutError(
                f"the engine is still behind {WITHIN:g} s after the first of {signals:,} signals was sent"
            )
        await asyncio.sleep(0.002)
    took = time.perf_counter() - began
    for line in lines:
        line.close()
    _check(service, before + signals)
    return took


def _check(service: Service, wanted: float) -> None:
    """Make sure that each signal was counted, and once; the board tells twice a second."""
    until = time.monotonic() + WITHIN
    while (found := _counted(service)) < wanted and time.monotonic() < until:
        time.sleep(0.1)
    if found != wanted:
        raise RuntimeError(f"{found:,.0f} signals were counted, {wanted:,.0f} were sent")


def _counted(service: Service) -> float:
    return float(service.get("/v1/board")["facts"].get("signals", 0.0))


async def _written(url: str, bodies: Sequence[bytes], connections: int) -> float:
    """Return the seconds until all these are durable, each as one field of an entry."""
    clients = [Redis.from_url(url) for _ in range(connections)]
    for client in clients:
        await client.ping()
    began = time.perf_counter()
    await _shared(bodies, [partial(_write, client) for client in clients])
    took = time.perf_counter() - began
    await clients[0].delete("log")
    for client in clients:
        await client.aclose()
    return took


async def _write(client: Redis, body: bytes) -> None:
    await client.xadd("log", {"batch": body})


async def _shared(bodies: Sequence[bytes], hands: Sequence[Callable[[bytes], Awaitable[object]]]) -> None:
    """Let every hand take the next body as soon as it is done with its last."""
    left: Iterator[bytes] = iter(bodies)

    async def work(hand: Callable[[bytes], Awaitable[object]]) -> None:
        for body in left:
            await hand(body)

    await asyncio.gather(*map(work, hands))
