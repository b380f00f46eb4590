"""Ten times what the machine takes: what is answered, what it costs in memory, whether people are still paged."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np

from tests.bench import Row, at_least, at_most
from tests.bench._child import resident
from tests.bench._flood import BODY, Flood, flood
from tests.bench._house import RULES
from tests.bench._line import Line
from tests.bench._receiver import Receiver
from tests.bench.page import TIPS
from tests.runners.service import Service, up

TIMES = 10.0
LINES = 1000
ALONE = 8
TAKEN_ALONE = 4.0
"""Seconds in which a few connections find out how much is taken, each batch once the last is."""
PAGES_WITHIN = 5.0
NORMAL_WITHIN = 30.0
MOST_GROWTH = 256.0
"""MB by which the service may grow: bodies held at once, batches on their way, and what more frames take."""
MOST_STORE = 1024.0
"""MB that the store may take: what is taken between two snapshots, twice over while it folds its file."""
MB = 1e6


@dataclass
class Seen:
    """What was seen from outside: seconds from pull or tip to the receiver, of the board; peaks of memory in bytes."""

    began: dict[int, float] = field(default_factory=dict)
    refused: int = 0
    pulls: list[float] = field(default_factory=list)
    board: list[float] = field(default_factory=list)
    service: list[int] = field(default_factory=list)
    store: list[int] = field(default_factory=list)
    over: bool = False


def bench(seconds: float = 60.0) -> list[Row]:
    """Return what held while so many seconds long ten times as much was sent as is taken."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_watched(Path(folder), seconds))


async def _watched(folder: Path, seconds: float) -> list[Row]:
    receiver = Receiver()
    await receiver.start()
    (folder / "rules").mkdir()
    book = RULES.replace("console: screen", f'webhook: "http://127.0.0.1:{receiver.port}/pages"') + TIPS
    (folder / "rules" / "book.yml").write_text(book, encoding="utf-8")
    with up(folder / "rules", folder / "data") as service:
        port = service.client.base_url.port or 80
        alone = await flood(port, service.token, TAKEN_ALONE, 1e9, ALONE)
        capacity = alone.taken / alone.seconds
        seen = Seen(service=[resident(service.process.pid)], store=[resident(_store_of(service))])
        watching = asyncio.create_task(_watch(service, seen))
        count = await _flooded(service, seconds, TIMES * capacity)
        ended, seen.over = time.monotonic(), True
        await watching
        normal = await _normal(service, receiver, seen) - ended
        sent = alone.taken + count.taken + len(seen.began) + len(seen.pulls)
        counted = await _counted(service, sent)
    await receiver.stop()
    told = receiver.told.get("/pages", {})
    waits = [told.get(ticket, float("inf")) - at for ticket, at in seen.began.items()]
    return [*_answers(count, capacity), *_held(seen, waits, normal), _lost(sent, counted)]


async def _flooded(service: Service, seconds: float, rate: float) -> Flood:
    """Let a process of its own send, and return its count."""
    command = [
        sys.executable,
        "-m",
        "tests.bench._flood",
        service.url.rpartition(":")[2],
        str(seconds),
        str(rate),
        str(LINES),
    ]
    child = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await child.communicate(service.token.encode() + b"\n")
    return msgspec.json.decode(out, type=Flood)


async def _watch(service: Service, seen: Seen) -> None:
    """Twice a second tip a rule, look at the memory and at the board, pull the cord."""
    port, store = service.client.base_url.port or 80, _store_of(service)
    async with Line(port, service.token) as tips, Line(port) as board:
        while not seen.over:
            seen.service.append(resident(service.process.pid))
            seen.store.append(resident(store))
            began = time.monotonic()
            await _tip(tips, seen)
            pull = msgspec.json.encode({"by": "ann", "text": "the door is stuck"})
            for path, said, status, waits in (
                ("/v1/board", b"", 200, seen.board),
                ("/v1/pulls", pull, 202, seen.pulls),
            ):
                asked = time.monotonic()
                answer = await (board.post(path, said, "application/json") if said else board.get(path))
                if answer.status != status:
                    raise RuntimeError(f"{path} answers {answer.status}: {answer.body.decode()}")
                waits.append(time.monotonic() - asked)
            await asyncio.sleep(max(0.0, began + 0.5 - time.monotonic()))


async def _tip(line: Line, seen: Seen) -> None:
    """Send what tips a rule until it is taken; its wait begins when it is first sent."""
    ticket = len(seen.began)
    said = {"kind": "gauge", "name": "tip", "value": 1, "segment": {"ticket": f"ticket-{ticket}"}}
    seen.began[ticket] = time.monotonic()
    while (await line.post("/v1/signals", msgspec.json.encode(said))).status != 202:
        seen.refused += 1
        await asyncio.sleep(0.5)


async def _normal(service: Service, receiver: Receiver, seen: Seen) -> float:
    """Return when all was as before: ready, nothing waits, and a tip is a page within a second."""
    async with Line(service.client.base_url.port or 80, service.token) as line:

        async def once() -> bool:
            state = (await line.get("/readyz")).json()
            if not state["ready"] or state["behind"] > 0.25:
                return False
            await _tip(line, seen)
            ticket = len(seen.began) - 1
            return await _soon(lambda: _is(ticket in receiver.told.get("/pages", {})), 1.0)

        await _soon(once, 2 * NORMAL_WITHIN)
        now = time.monotonic()
        await _soon(lambda: _is(len(receiver.told.get("/pages", {})) >= len(seen.began)), PAGES_WITHIN)
    return now


async def _is(what: bool) -> bool:
    return what


async def _soon(look: Callable[[], Awaitable[bool]], within: float) -> bool:
    """Return whether something comes true in so many seconds."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if await look():
            return True
        await asyncio.sleep(0.02)
    return False


async def _counted(service: Service, wanted: int) -> float:
    """Return how many signals the frames have counted, once that is as many as are wanted, or does not change any more."""

    async def all_there() -> bool:
        return _facts(service) >= wanted

    await _soon(all_there, 10.0)
    return _facts(service)


def _facts(service: Service) -> float:
    facts = service.get("/v1/board")["facts"]
    return float(facts["signals"] + facts["repeated"] + facts["expired"])


def _answers(count: Flood, capacity: float) -> list[Row]:
    asked = sum(count.answers.values())
    offered = BODY * asked / count.seconds
    refused = asked - count.answers.get(202, 0)
    wanted = f"to be sent by {LINES} connections that heed no Retry-After, for {count.seconds:.0f} s"
    known = sum(count.answers.get(status, 0) for status in (202, 429, 503))
    return [
        at_least(wanted, TIMES * capacity, "signals/s", f"what {ALONE} connections got in", capacity, TIMES),
        at_least("sent: the rest waited for an answer", offered, "signals/s", "the same", capacity, 0.0),
        at_least("taken meanwhile", count.taken / count.seconds, "signals/s", "the same", capacity, 0.0),
        at_least("answers 202, 429 or 503", known, "answers", "all answers", asked, 1.0),
        at_least("with Retry-After", count.told, "answers", "refusals", max(refused, 1), 1.0),
    ]


def _held(seen: Seen, waits: list[float], normal: float) -> list[Row]:
    tips = f"red pages by {len(waits)} tips of an each rule, from first being sent ({seen.refused} refusals): p99"
    p99 = float(np.percentile(waits, 99, method="higher"))
    grown = (max(seen.service) - seen.service[0]) / MB
    return [
        at_most(tips, p99, "s", "allowed", PAGES_WITHIN, 1.0),
        at_most(
            f"{len(seen.pulls)} pulls of the cord, slowest answer", max(seen.pulls), "s", "allowed", PAGES_WITHIN, 1.0
        ),
        at_most("the board, slowest", max(seen.board), "s", "allowed", PAGES_WITHIN, 1.0),
        at_most(f"the service grew, from {seen.service[0] / MB:,.0f} MB", grown, "MB", "bound", MOST_GROWTH, 1.0),
        at_most("the store's memory, most", max(seen.store) / MB, "MB", "bound", MOST_STORE, 1.0),
        at_most("back to normal", normal, "s", "allowed", NORMAL_WITHIN, 1.0),
    ]


def _lost(sent: int, counted: float) -> Row:
    what = "signals in the frames, by the service's facts"
    row = at_least(what, counted, "signals", "acknowledged, by the senders' own count", sent, 1.0)
    return msgspec.structs.replace(row, goal="== 1", holds=counted == sent)


def _store_of(service: Service) -> int:
    children = Path(f"/proc/{service.process.pid}/task/{service.process.pid}/children").read_text().split()
    return next(int(pid) for pid in children if "server" in Path(f"/proc/{pid}/comm").read_text())
