"""What an engine holds, in a process of its own: `python -m tests.bench._held SERIES LOOKS EVERY EACH` prints it now and then."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator

import msgspec

from andon.bank.table import Table
from andon.engine import Engine
from tests.bench import _many
from tests.bench._child import resident

DAY = 86_400.0


class Held(msgspec.Struct, frozen=True):
    """Bytes at a time: of detectors, of alerts, of frames (their cells), and by how much the process has grown."""

    at: float
    series: int
    detectors: int
    alerts: int
    frames: int
    process: int


def held(series: int, looks: int, every: float, each: int = 1) -> Iterator[Held]:
    """Yield what is held after each look of `every` seconds, in which each series had `each` latencies."""
    engine, load = (
        _many.engine(_many.book(_many.rules(series, f"{every / 60:.0f}m"))),
        _many.load_of(series, looks, every, each),
    )
    first = next(load)  # with it, the senders' own table of segments is made
    before = resident()
    for batch in itertools.chain([first], load):
        for _ in engine.take(batch):
            pass
        yield _weighed(engine, batch.arrived - _many.START, before)


def _weighed(engine: Engine, at: float, before: int) -> Held:
    facts, judges = engine.streams.facts(), engine.bank.judges
    return Held(
        at=at,
        series=sum(len(engine.streams.rows(projection)) for projection in engine.streams.streams),
        detectors=sum(_size(probe.table) for judge in judges for probe in judge.probes),
        alerts=sum(_size(judge.alerts) for judge in judges),
        frames=int(facts["bytes"]),
        process=resident() - before,
    )


def _size(table: Table) -> int:
    return sum(array.nbytes for array in table.arrays.values())


if __name__ == "__main__":
    _series, _looks, _every, _each = (int(word) for word in sys.argv[1:])
    print(msgspec.json.encode(list(held(_series, _looks, float(_every), _each))).decode())  # noqa: T201 - for the parent
