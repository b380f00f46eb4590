"""The data directory: cut at random bytes as power cuts do, damaged at random bytes, and not to be written to."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from redis import Redis

from andon.errors import ConfigError
from andon.store import embedded
from tests.runners.service import COMMAND
from tests.soak import Verdict
from tests.soak._store import small_disk

WRITES = 300
_FRAME = re.compile(rb"[*$]\d+\r\n(?:[A-Z]+\r\n)?")
"""What holds a command together: damage within a value cannot be noticed, as the file has no checksums."""


def soak(folder: Path, seed: int, cuts: int = 200, breaks: int = 200) -> Verdict:
    """Cut a store's file `cuts` times and spoil a byte of it `breaks` times, each time on a copy; start it and count."""
    chance = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    sizes = _write(folder / "data", chance)
    faults = [wrong for _ in range(cuts) for wrong in _cut(folder, sizes, chance.randrange(sizes[0], sizes[-1] + 1))]
    frame = [
        at for found in _FRAME.finditer(_file(folder / "data").read_bytes()[: sizes[-2]]) for at in range(*found.span())
    ]
    came: Counter[str] = Counter(_spoilt(folder, chance.choice(frame), chance) for _ in range(breaks))
    faults += [f"damage cut off {count} times without a word" for count in [came.pop("lost", 0)] if count]
    figures: dict[str, float | str] = {"cuts": cuts, "bytes": sizes[-1]}
    figures |= {f"damage {what}": count for what, count in came.items()}
    return Verdict(figures, faults + _read_only(folder))


def _write(data: Path, chance: random.Random) -> list[int]:
    """Write numbers, in transactions now and then; return how long the file was when each had been acknowledged."""
    sizes = []
    with _started(data) as client:
        path = _file(data)
        for number in range(WRITES):
            with client.pipeline(transaction=chance.random() < 0.3) as pipe:
                pipe.rpush("n", b"%d " % number + chance.randbytes(chance.randrange(5000)))
                pipe.set("last", number)
                pipe.execute()
            sizes.append(path.stat().st_size)
    return sizes


def _cut(folder: Path, sizes: list[int], cut: int) -> Iterator[str]:
    data = _copied(folder)
    with _file(data).open("r+b") as file:
        file.truncate(cut)
    wanted = sum(size <= cut for size in sizes)
    with _started(data) as client:
        if (found := _numbers(client)) not in (list(range(wanted)), list(range(wanted + 1))):
            yield f"cut at {cut}: {len(found)} of {wanted} acknowledged numbers are there"
        client.rpush("n", b"%d " % len(found))
    with _started(data) as client:
        if len(_numbers(client)) != len(found) + 1:
            yield f"cut at {cut}: what was written afterwards is not there after a restart"


def _spoilt(folder: Path, place: int, chance: random.Random) -> str:
    """Spoil a byte; return what came of it."""
    data = _copied(folder)
    with _file(data).open("r+b") as file:
        file.seek(place)
        before = file.read(1)[0]
        file.seek(place)
        file.write(bytes([before ^ chance.randrange(1, 256)]))
    try:
        with _started(data) as client:
            return "that changed one command" if client.llen("n") >= WRITES - 1 else "lost"
    except ConfigError as error:
        return "told, with what to do" if "valkey-check-aof" in str(error) else str(error)


def _read_only(folder: Path) -> list[str]:
    with small_disk(folder / "small", 1 << 24) as mounted:
        if not mounted:
            return []
        with _started(folder / "small"):
            pass
        subprocess.run(["mount", "-o", "remount,ro", str(folder / "small")], check=True)
        command = [*COMMAND, "up", "--data", str(folder / "small"), "--port", "0"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        told = done.returncode == 2 and done.stderr.count("\n") == 1 and "--data" in done.stderr
        return [] if told else [f"a read-only directory: status {done.returncode}, {done.stderr}"]


@contextmanager
def _started(data: Path) -> Iterator[Redis]:
    child = embedded.start(data)
    try:
        with Redis.from_url(child.url) as client:
            yield client
    finally:
        child.process.kill()
        child.stop()


def _copied(folder: Path) -> Path:
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder / "data" / "appendonlydir", copy / "appendonlydir")
    return copy


def _file(data: Path) -> Path:
    return next((data / "appendonlydir").glob("*.incr.aof"))


def _numbers(client: Redis) -> list[int]:
    found: list[Any] = client.lrange("n", 0, -1)
    return [int(one.split(b" ", 1)[0]) for one in found]
