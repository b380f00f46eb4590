"""What the frames themselves hold, read from the snapshot and the rest of the log once the service has ended."""

from __future__ import annotations

import math
from collections import Counter

from andon import plugins
from andon.app import Outside, engine
from andon.clock import WallClock
from andon.config import Secrets
from andon.engine import Engine
from andon.ingest.batch import decode
from andon.log.base import Log
from andon.rulebook.model import Rulebook
from andon.store.base import Store
from andon.streams.feed import Stream
from andon.streams.frames import SIZES
from tests.soak._sender import TEN, Cell

SHOWN = {"gauge": "numbers", "rating": "stars"}
"""How the sender calls the projections that are compared, by their kind."""
ADD_UP = frozenset({"n", "sum", "squares", "1", "2", "3", "4", "5"})


async def worked_off(log: Log, store: Store, book: Rulebook) -> Engine:
    """Return the engine as the next start would have it once it has read the log to its end."""
    outside = Outside(log, store, WallClock(), Secrets(b"k" * 32, ""), plugins.detectors(), {}, "")
    made, position = engine(book, outside), ""
    if saved := await store.saved():
        made.load(saved[0])
        position = saved[1]
    while entries := await log.read(position):
        for entry in entries:
            for _ in made.advance(entry.at) if entry.batch is None else made.take(decode(entry.batch)):
                pass
        position = entries[-1].position
    return made


def compare(made: Engine, told: Counter[Cell]) -> list[str]:
    """Return every cell of a frame, of any size, that differs from the sender's count, and what no frame would hold."""
    faults: list[str] = []
    made.streams.facts()  # folds what still waits
    for projection, stream in made.streams.streams.items():
        if projection.kind.value not in SHOWN or not projection.by:
            continue
        mine = Counter({cell: count for cell, count in told.items() if cell[0] == SHOWN[projection.kind.value]})
        left = set(mine)
        for level, size in enumerate(SIZES):
            begin, end = stream.frames.since(level), stream.frames.built // size * size if level else math.inf
            wanted: Counter[Cell] = Counter()
            for cell, count in mine.items():
                kind, name, ten, column = cell
                index = ten * TEN // size
                if begin <= index * size and (index + 1) * size <= end:
                    wanted[kind, name, index, column] += count
                    left.discard(cell)
            faults += _differ(size, wanted, _held(stream, level))
        faults += [f"no frame is kept that could hold {cell}" for cell in sorted(left)]
    return faults


def _differ(size: int, wanted: Counter[Cell], held: Counter[Cell]) -> list[str]:
    return [
        f"{size} s frame {cell}: {held[cell]} counted, {wanted[cell]} acknowledged"
        for cell in sorted(wanted.keys() | held.keys())
        if held[cell] != wanted[cell]
    ]


def _held(stream: Stream, level: int) -> Counter[Cell]:
    """Return a level's cells that add up; whole numbers, so that floats hold them exactly."""
    found: Counter[Cell] = Counter()
    kind = SHOWN[stream.projection.kind.value]
    width, columns = stream.layout.width, stream.layout.columns
    stream.frames.settle()
    for index, frame in stream.frames.levels[level].items():
        for key, value in zip(frame.keys.tolist(), frame.values.tolist(), strict=True):
            row, column = divmod(key, width)
            (name,) = stream.series.labels(row).values()
            if columns[column] in ADD_UP and value:
                found[kind, name, index, columns[column]] += int(value)
    return found
