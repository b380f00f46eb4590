"""A replay in a process of its own: `python -m tests.bench._replayed FILE [SIGNALS]` prints what it took."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import msgspec

from andon.runners.replay import Replay
from andon.runners.replay import replay as start
from andon.runners.report import Report
from tests.bench._child import peak
from tests.bench._house import rulebook

ACKS = 360.0
"""Whoever is paged answers after six minutes."""


class Told(msgspec.Struct, frozen=True):
    """What a replay took: seconds of the wall and of the processor, MiB at the most; and what it decided, in numbers."""

    wall: float
    cpu: float
    peak: float
    taken: int
    alerts: int
    incidents: int
    days: float


def replayed(file: str, most: int | None = None) -> Told:
    """Replay the first `most` lines of a file, as `andon replay FILE --acks 6m` does."""
    run = start(rulebook(), ACKS)
    wall, cpu = time.perf_counter(), time.process_time()
    with Path(file).open("rb") as lines:
        report = asyncio.run(_report(run, islice(lines, most)))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    days = (report.last - report.first) / 86_400
    return Told(wall, cpu, peak() / 2**20, report.taken, len(report.alerts), len(report.incidents), days)


async def _report(run: Replay, lines: Iterable[bytes]) -> Report:
    await run.feed(lines)
    return await run.report()


if __name__ == "__main__":
    print(msgspec.json.encode(replayed(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else None)).decode())  # noqa: T201
