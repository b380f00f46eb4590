"""A machine's clock that jumps: libfaketime in a service's environment, and in its store's; monotonic time goes on."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

LIBRARY = "faketime/libfaketimeMT.so.1"

SLEEP = "import select, time\ntime.sleep = lambda seconds: select.select([], [], [], seconds) and None\n"
"""libfaketime 0.9.10 spoils clock_nanosleep with an absolute monotonic time, by which Python sleeps."""


def library() -> str:
    """Return the library's path; FileNotFoundError says what to install."""
    for folder in (*Path("/usr/lib").glob("*-linux-gnu"), Path("/usr/lib64"), Path("/usr/local/lib")):
        if (folder / LIBRARY).exists():
            return str(folder / LIBRARY)
    raise FileNotFoundError("libfaketime is not installed: apt-get install faketime")


@dataclass
class Clock:
    """The clock of the machine as the service sees it, by which its sender stamps signals too; `file` holds the jump."""

    file: Path
    ahead: float = 0.0

    def set(self, ahead: float) -> None:
        """Let it show `ahead` seconds more than the true time from now on."""
        new = self.file.with_suffix(".new")
        new.write_text(f"{ahead:+.3f}\n")
        os.replace(new, self.file)  # noqa: PTH105 - at once: the service reads it at every look at its clock
        self.ahead = ahead

    def now(self) -> float:
        """Return what it shows."""
        return time.time() + self.ahead

    def environment(self) -> dict[str, str]:
        """Return what makes a process live by it."""
        site = self.file.with_suffix(".site")
        site.mkdir(exist_ok=True)
        (site / "sitecustomize.py").write_text(SLEEP)
        return {
            "LD_PRELOAD": library(),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, (str(site), os.environ.get("PYTHONPATH")))),
        }
