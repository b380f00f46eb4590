"""A month of history through the very code of `andon replay`, beside decoding the same bytes and nothing else."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import msgspec

from tests.bench import Row, at_least, at_most
from tests.bench._child import told
from tests.bench._month import MONTH, write
from tests.bench._replayed import Told
from tests.bench._traffic import SERIES
from tests.bench.engine import Lines

MINUTE = 60.0
PART = 4
"""The month's memory is held against that of one part in so many."""
FLAT = 1.5
"""A run four times as long may take so many times the memory: frames get coarser, and are kept for 90 days."""
_CHUNK = 4_000_000


def bench(signals: int = 10_000_000, seconds: float = MONTH) -> list[Row]:
    """Return how long a month takes beside a minute and beside its floor, and its memory beside that of a quarter month."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "month.ndjson"
        size = write(file, signals, seconds)
        floor = _floor(file)
        part, whole = (_replayed(file, most) for most in (signals // PART, signals))
    if whole.taken != signals:
        raise RuntimeError(f"{whole.taken:,} of {signals:,} signals were taken")
    what = (
        f"{signals:,} signals of {whole.days:.3g} days ({size / 1e9:.2f} GB NDJSON, {SERIES:,} segments) replayed: 7 rules, 6 of "
        f"them at every minute of it; {whole.alerts} alerts, {whole.incidents} incidents"
    )
    return [
        at_most(what, whole.wall, "s", "a minute", MINUTE, 1.0),
        at_least(what, signals / whole.wall, "signals/s", "msgspec decode, segment raw", signals / floor, 0.0),
        at_most(f"{what}: most memory", whole.peak, "MiB", f"1/{PART} of it", part.peak, FLAT),
    ]


def _replayed(file: Path, signals: int) -> Told:
    return msgspec.convert(told("tests.bench._replayed", str(file), str(signals)), Told)


def _floor(file: Path) -> float:
    """Return the seconds that reading and decoding take."""
    decoder = msgspec.json.Decoder(Lines)
    begin = time.perf_counter()
    with file.open("rb") as source:
        while body := source.read(_CHUNK):
            decoder.decode_lines(body + source.readline())
    return time.perf_counter() - begin
