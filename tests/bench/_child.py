"""A measured process: what it says as one JSON line, and the most memory it held."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec


def told(module: str, *words: str, within: float = 1800.0) -> dict[str, Any]:
    """Run `python -m MODULE WORDS` and return the JSON object that is its last line."""
    command = [sys.executable, "-m", module, *words]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=within)
    found: dict[str, Any] = msgspec.json.decode(said.stdout.rstrip().split(b"\n")[-1])
    return found


def peak() -> float:
    """Return the most memory that this process held since it began, in MiB: not what its parent held, as getrusage does."""
    found = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    if found is None:
        raise RuntimeError("this system does not tell how much memory a process held")
    return int(found[1]) / 1024
