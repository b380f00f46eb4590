"""Large stores to be carried, and how much memory that takes."""

from __future__ import annotations

import asyncio
import random
import subprocess
from pathlib import Path

from andon.config import Settings, secrets_of
from andon.log.redis import RedisLog
from andon.store.reach import reached
from tests.runners.service import COMMAND


def fill(data: Path, megabytes: int) -> None:
    """Write a log of so many megabytes that do not compress."""
    secrets_of(Settings(rules=Path(), data=data))
    asyncio.run(_fill(data, megabytes))


async def _fill(data: Path, megabytes: int) -> None:
    noise = random.Random(1)  # noqa: S311 - no secret
    async with reached(data, "") as client:
        for number in range(megabytes):
            await RedisLog(client).append(1.0, noise.randbytes(1 << 20), f"key {number}")


def peaks(folder: Path) -> list[float]:
    """Carry a store from one directory into another; return how many bytes each command held at most."""
    return [
        peak("backup", folder / "b", "--data", folder / "one"),
        peak("restore", folder / "b", "--data", folder / "two"),
    ]


def peak(*words: str | Path) -> float:
    """Run a command; return how many bytes it held at most, its store not among them."""
    code = """
import re, sys
from contextlib import suppress
from pathlib import Path
from andon.cli import main
sys.argv = ["andon", *sys.argv[1:]]
with suppress(SystemExit):
    main()
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""
    command = [COMMAND[0], "-c", code, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True)
    return float(done.stdout.split()[-1]) * 1024
