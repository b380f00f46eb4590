"""From `andon up` to ready with very many series of state in its store, and what a verb costs before it does anything."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from andon.store import embedded
from andon.store.connect import connect
from andon.store.redis import RedisStore
from tests.bench import Row, _many, at_most
from tests.bench._child import busy
from tests.runners.service import COMMAND, start

READY_WITHIN, HELP_WITHIN = 3.0, 0.3
SERIES, LOOKS = 100_000, 3
LOOK = 60.0


def bench(series: int = SERIES, rounds: int = 5) -> list[Row]:
    """Return the seconds until ready beside what is wanted and beside the store's own start, and until a verb has spoken."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "rules").mkdir()
        (folder / "rules" / "rules.yml").write_text(_many.rules(series, in_turn=True), encoding="utf-8")
        size = asyncio.run(_kept(folder, series))
        both = [_ready(folder) for _ in range(rounds)]
        ready, worked = (median(times) for times in zip(*both, strict=True))
        store = _median(lambda: _store(folder), rounds)
    python = _median(lambda: _ran(sys.executable, "-c", "pass"), rounds)
    numpy = _median(lambda: _ran(sys.executable, "-c", "import numpy"), rounds)
    what = f"`andon up` to /readyz 200, {series:,} series of state by the 6 detectors in turn ({size / 1e6:.0f} MB) in its store"
    listed = _verb(rounds, "--help")
    return [
        at_most(what, ready, "s", "wanted", READY_WITHIN, 1.0),
        at_most(what, ready, "s", "the store alone, started on the same data", store, 0.0),
        at_most(f"{what}: the processor's seconds", worked, "s", "wanted", READY_WITHIN, 0.0),
        at_most("`andon --help`", listed, "s", "wanted", HELP_WITHIN, 1.0),
        at_most("`andon --help`", listed, "s", "python -c pass", python, 0.0),
        at_most("`andon schema`", _verb(rounds, "schema"), "s", "python -c pass", python, 0.0),
        at_most(
            "`andon check`, the shipped rulebook", _verb(rounds, "check"), "s", 'python -c "import numpy"', numpy, 0.0
        ),
    ]


async def _kept(folder: Path, series: int) -> int:
    """Learn a state until now, keep it in a store of `folder`, and return how many bytes it has."""
    engine = _many.engine(_many.book((folder / "rules" / "rules.yml").read_text(encoding="utf-8")))
    begin = time.time() // LOOK * LOOK - LOOKS * LOOK
    for batch in _many.load_of(series, LOOKS, LOOK, begin=begin):
        for _ in engine.take(batch):
            pass
    state = engine.save()
    child = embedded.start(folder / "data")
    client = connect(child.url)
    try:
        await RedisStore(client).save(state, "")
    finally:
        await client.aclose()
        child.stop()
    return len(state)


def _ready(folder: Path) -> tuple[float, float]:
    """Return the seconds until the service is ready, and those it has worked; ending it is not measured."""
    began = time.perf_counter()
    service = start(folder / "rules", folder / "data")
    try:
        while not service.is_ready():
            if service.process.poll() is not None:
                raise RuntimeError(service.log.read_text(encoding="utf-8"))
            time.sleep(0.01)
        return time.perf_counter() - began, busy(service.process.pid)
    finally:
        service.end()


def _store(folder: Path) -> float:
    """Return the seconds until the store itself answers, its data loaded."""
    began = time.perf_counter()
    child = embedded.start(folder / "data")
    taken = time.perf_counter() - began
    child.stop()
    return taken


def _verb(rounds: int, *words: str) -> float:
    return _median(lambda: _ran(*COMMAND, *words), rounds)


def _ran(*command: str) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def _median(once: Callable[[], float], rounds: int) -> float:
    return median(once() for _ in range(rounds))
