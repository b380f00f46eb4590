"""The store's process is killed with SIGKILL at random moments; the service starts it again."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

from tests.soak import Verdict
from tests.soak._scene import Scene, scene
from tests.soak._store import store_of


def soak(folder: Path, seed: int, kills: int = 20, between: float = 5.0) -> Verdict:
    """Kill it `kills` times, each up to `between` seconds after it lived."""
    with scene(folder, seed, calls=0.2) as one:
        killed(one, seed, kills, between)
        one.sent(1000)
        return one.finish()


def killed(one: Scene, seed: int, kills: int, between: float) -> None:
    """Kill it so many times."""
    chance, away = random.Random(seed), []  # noqa: S311 - to be repeated, not to be secret
    for _ in range(kills):
        time.sleep(chance.uniform(0.1, between))
        before = store_of(one)
        os.kill(before, signal.SIGKILL)
        one.forgiven += 1
        away.append(_back(one, before))
    one.figures |= {"kills": kills, "longest absence, s": max(away)}


def _back(one: Scene, before: int, within: float = 20.0) -> float:
    """Return in how many seconds there is another store, which answers."""
    began = time.monotonic()
    while store_of(one) in {0, before} or one.service.client.get("/v1/incidents").is_error:
        if time.monotonic() - began > within:
            raise TimeoutError(f"the store was not started again within {within:g} s")
        time.sleep(0.02)
    return time.monotonic() - began
