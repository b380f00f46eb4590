"""The store hangs: SIGSTOP, and after a while SIGCONT."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.soak import Verdict
from tests.soak._scene import Scene, scene
from tests.soak._store import fault, store_of


def soak(folder: Path, seed: int, times: int = 3, seconds: float = 30.0) -> Verdict:
    """Stop it `times` times for so many seconds."""
    with scene(folder, seed, calls=0.2) as one:
        for number in range(times):
            one.sent(1000)
            stopped(one, f"stop {number + 1}", seconds)
        one.sent(1000)
        return one.finish()


def stopped(one: Scene, name: str, seconds: float) -> None:
    """Stop it once."""
    store = store_of(one)
    with fault(one, name) as seen:
        os.kill(store, signal.SIGSTOP)
        seen.lasts(seconds)
        os.kill(store, signal.SIGCONT)
