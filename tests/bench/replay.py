"""A month of history through the very code of `andon replay`, beside decoding the same bytes and nothing else."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import msgspec

from tests.bench import Row, at_least, at_most
from tests.bench._child import told
from tests.bench._month import MONTH, write
from tests.bench._replayed import PART, Told
from tests.bench._traffic import SERIES
from tests.bench.engine import Lines

MINUTE = 60.0
FLAT = 1.5
"""A run four times as long may hold so much more: frames get coarser with age, and are kept for 90 days."""
SHORT = 10
"""Looks of every minute are measured on one part in so many, held against as small a part of a minute."""
_CHUNK = 4_000_000


def bench(signals: int = 10_000_000, seconds: float = MONTH, minutely: int = SHORT) -> list[Row]:
    """Return a month whose rules look every 5 minutes, a part of it (1 / `minutely`) with looks at every minute, and memory."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "month.ndjson"
        write(file, signals, seconds)
        floor = _floor(file)
        short = _replayed(file, signals // minutely, "1m")
        whole = _replayed(file, signals, "5m")
    beside = "msgspec decode of the same bytes, segment raw"
    return [
        at_most(_what(whole, "5 minutes"), whole.cpu, "s of one core", "a minute", MINUTE, 1.0),
        at_least(_what(whole, "5 minutes"), signals / whole.cpu, "signals/s", beside, signals / floor, 0.0),
        at_most(
            _what(short, "minute"), short.cpu, "s of one core", f"1/{minutely} of a minute", MINUTE / minutely, 1.0
        ),
        at_most(
            "most memory in the first of these", whole.peak / 2**20, "MiB", f"1/{PART} of it", whole.part / 2**20, FLAT
        ),
    ]


def _what(of: Told, every: str) -> str:
    return (
        f"{of.taken:,} signals of {of.days:.3g} days of {SERIES:,} segments by `andon replay`'s code, 7 rules, looks every {every}; "
        f"{of.alerts} alerts, {of.incidents} incidents"
    )


def _replayed(file: Path, signals: int, every: str) -> Told:
    found = msgspec.convert(told("tests.bench._replayed", str(file), str(signals), every), Told)
    if found.taken != signals:
        raise RuntimeError(f"{found.taken:,} of {signals:,} signals were taken")
    return found


def _floor(file: Path) -> float:
    """Return the seconds of one core that reading and decoding take."""
    decoder = msgspec.json.Decoder(Lines)
    begin = time.process_time()
    with file.open("rb") as source:
        while body := source.read(_CHUNK):
            decoder.decode_lines(body + source.readline())
    return time.process_time() - begin
