"""The store's file does not grow without end, and is never folded into a disk that has no room for it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from redis.asyncio import Redis

from andon.log.redis import RedisLog
from andon.log.room import Room
from andon.store import embedded, fold, tending
from andon.store.fold import File, worth_folding
from andon.store.tending import Tending

GIB, MIB = 1024**3, 1024**2


@pytest.mark.parametrize(
    ("file", "disk", "free", "folded"),
    [
        (File(300 * MIB, 20 * MIB), 0.1, GIB, True),
        (File(200 * MIB, 20 * MIB), 0.1, GIB, False),
        (File(200 * MIB, 20 * MIB), 0.7, GIB, True),
        (File(300 * MIB, 200 * MIB), 0.1, GIB, False),
        (File(300 * MIB, 20 * MIB), 0.9, 22 * MIB, False),
        (File(300 * MIB, 20 * MIB, busy=True), 0.1, GIB, False),
    ],
    ids=["large", "small", "small on a scarce disk", "of use", "no room for it", "under way"],
)
def test_it_is_folded_when_half_of_it_is_of_no_use_and_the_new_one_fits(
    file: File, disk: float, free: int, *, folded: bool
) -> None:
    assert worth_folding(file, disk, free) is folded


@pytest.mark.long
async def test_what_was_trimmed_leaves_the_disk_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold, "FOLD_FROM", 4 * MIB)
    monkeypatch.setattr(tending, "FOLDS_EVERY", 0.0)
    child = embedded.start(tmp_path)
    try:
        async with Redis.from_url(child.url) as client:
            log, minder = RedisLog(client), Tending(client, Room(client, tmp_path), child)
            largest = 0
            for number in range(120):
                await log.trim(await log.append(0.0, bytes([number]) * 200_000))
                await minder.look(float(number))
                while (await client.info("persistence"))["aof_rewrite_in_progress"]:  # noqa: ASYNC110 - a server tells nobody
                    await asyncio.sleep(0.01)  # how much comes meanwhile is the machine's matter
                largest = max(largest, size(tmp_path))
            assert largest < 13 * MIB, "24 MB were written"
            assert [entry.batch for entry in await log.read("")] == [bytes([119]) * 200_000]
    finally:
        child.stop()
    again = embedded.start(tmp_path)
    try:
        async with Redis.from_url(again.url) as client:
            assert [entry.batch for entry in await RedisLog(client).read("")] == [bytes([119]) * 200_000]
    finally:
        again.stop()


def size(data: Path) -> int:
    total = 0
    for path in (data / "appendonlydir").iterdir():
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total
