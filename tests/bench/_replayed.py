"""A replay in a process of its own: `python -m tests.bench._replayed FILE SIGNALS EVERY` prints what it took."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import msgspec

from andon.runners.replay import Replay
from andon.runners.replay import replay as start
from andon.runners.report import Report
from tests.bench._child import peak
from tests.bench._house import RULES
from tests.bench._many import book

ACKS = 360.0
"""Whoever is paged answers after six minutes."""
PART = 4
"""The memory of the whole is held against that of one part in so many."""


class Told(msgspec.Struct, frozen=True):
    """What a replay took: seconds, and the most bytes held, in the first part and in all; and what it decided, in numbers."""

    wall: float
    cpu: float
    part: int
    peak: int
    taken: int
    alerts: int
    incidents: int
    days: float


@dataclass
class Watched:
    """Lines, and the most bytes that were held when the first `part` of them had passed."""

    lines: Iterable[bytes]
    part: int
    peak: int = 0

    def __iter__(self) -> Iterator[bytes]:
        """Yield the lines."""
        rest = iter(self.lines)
        yield from islice(rest, self.part)
        self.peak = peak()
        yield from rest


def replayed(file: str, signals: int, every: str) -> Told:
    """Replay the first lines of a file as `andon replay FILE --acks 6m` does; rules look `every` so often."""
    run = start(book(RULES.replace("rules:\n", f"defaults: {{every: {every}}}\nrules:\n")), ACKS)
    wall, cpu = time.perf_counter(), time.process_time()
    with Path(file).open("rb") as source:
        lines = Watched(islice(source, signals), signals // PART)
        report = asyncio.run(_report(run, lines))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    days = (report.last - report.first) / 86_400
    return Told(wall, cpu, lines.peak, peak(), report.taken, len(report.alerts), len(report.incidents), days)


async def _report(run: Replay, lines: Iterable[bytes]) -> Report:
    await run.feed(lines)
    return await run.report()


if __name__ == "__main__":
    print(msgspec.json.encode(replayed(sys.argv[1], int(sys.argv[2]), sys.argv[3])).decode())  # noqa: T201 - for the parent
