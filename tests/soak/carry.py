"""A gigabyte of log is backed up and restored: in how much memory, in what time, and whether all of it came along."""

from __future__ import annotations

import asyncio
import hashlib
import time
from pathlib import Path

from andon.log.copying import entries
from andon.log.redis import RedisLog
from andon.store.reach import reached
from tests.runners.carried import fill, peaks
from tests.soak import Verdict

MOST = 150e6


def soak(folder: Path, seed: int, megabytes: int = 1024) -> Verdict:
    """Carry so many megabytes from one data directory into another."""
    del seed
    fill(folder / "one", megabytes)
    began = time.monotonic()
    out, back = peaks(folder)
    took = time.monotonic() - began
    before, after = (asyncio.run(_sum(folder / name)) for name in ("one", "two"))
    figures: dict[str, float | str] = {
        "log, MB": float(megabytes),
        "backup, peak MB": out / 1e6,
        "restore, peak MB": back / 1e6,
        "file, MB": (folder / "b").stat().st_size / 1e6,
        "both together, s": took,
    }
    faults = [f"{what} held {peak / 1e6:.0f} MB" for what, peak in (("backup", out), ("restore", back)) if peak > MOST]
    return Verdict(figures, faults + ["the log that came back is another"] * (before != after))


async def _sum(data: Path) -> str:
    """Return a digest of all of a log: its positions, times, batches and keys."""
    digest = hashlib.sha256()
    async with reached(data, "") as client:
        log = RedisLog(client)
        async for entry in entries(log, "", await log.last()):
            digest.update(repr((entry.position, entry.at, entry.key)).encode() + (entry.batch or b""))
    return digest.hexdigest()
