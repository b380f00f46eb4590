"""The store hangs: SIGSTOP, and after a while SIGCONT."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from tests.soak import Verdict
from tests.soak._scene import scene
from tests.soak._store import fault, store_of


def soak(folder: Path, seed: int, times: int = 3, seconds: float = 30.0) -> Verdict:
    """Stop it `times` times for so many seconds."""
    with scene(folder, seed, calls=0.2) as one:
        for number in range(times):
            one.sent(1000)
            store = store_of(one)
            with fault(one, f"stop {number + 1}"):
                os.kill(store, signal.SIGSTOP)
                time.sleep(seconds)
                os.kill(store, signal.SIGCONT)
        one.sent(1000)
        return one.finish()
