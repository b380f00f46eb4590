"""A measured process: what it says as a line of JSON, and the most memory it held."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec


def told(module: str, *words: str, within: float = 1800.0) -> Any:
    """Run `python -m MODULE WORDS` and return the JSON that is its last line."""
    command = [sys.executable, "-m", module, *words]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=within)
    return msgspec.json.decode(said.stdout.rstrip().split(b"\n")[-1])


def peak() -> int:
    """Return the most bytes that this process held since it began: not what its parent held, as getrusage does."""
    return _status("self", "VmHWM")


def resident(process: int | str = "self") -> int:
    """Return the bytes that a process holds."""
    return _status(process, "VmRSS")


def _status(process: int | str, name: str) -> int:
    found = re.search(rf"{name}:\s*(\d+) kB", Path(f"/proc/{process}/status").read_text(encoding="utf-8"))
    if found is None:
        raise RuntimeError("this system does not tell how much memory a process holds")
    return int(found[1]) * 1024


def busy(process: int) -> float:
    """Return the seconds that the processor has worked for a process."""
    words = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
