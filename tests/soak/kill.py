"""The service is killed with SIGKILL at random moments, and started again."""

from __future__ import annotations

import random
import time
from pathlib import Path

from tests.soak import Verdict
from tests.soak._scene import scene


def soak(folder: Path, seed: int, kills: int = 20, between: float = 6.0, calls: float = 0.2) -> Verdict:
    """Kill it `kills` times, each up to `between` seconds after it was ready."""
    chance = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    with scene(folder, seed, calls=calls, rate=2000.0, batch=20, lines=12) as one:
        starts = []
        for _ in range(kills):
            time.sleep(chance.uniform(0.1, between))
            one.kill()
            starts.append(one.restart())
        one.sent(1000)
        one.figures["kills"] = kills
        one.figures["longest start, s"] = max(starts)
        return one.finish()
