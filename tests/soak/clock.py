"""The machine's clock jumps while the service runs, and while it is down: an hour, a day, a few seconds, there and back."""

from __future__ import annotations

import random
import time
from pathlib import Path

from tests.soak import Verdict
from tests.soak._faketime import Clock
from tests.soak._scene import Scene, scene

HOUR, DAY = 3600.0, 86_400.0
JUMPS = (5.0, -5.0, HOUR, -HOUR, DAY, -DAY, -HOUR, HOUR)
"""Seconds by which the clock jumps, one after the other; in the end it shows the true time again.

None goes forward by a day while it is killed: a batch's key is known for a day by the server's clock, and no longer.
"""


def soak(folder: Path, seed: int, jumps: tuple[float, ...] = JUMPS, between: float = 8.0) -> Verdict:
    """Let the clock jump, every other time while the service has been killed and is not started again yet."""
    chance = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    clock = Clock(folder / "clock")
    clock.set(0.0)
    with scene(folder, seed, environment=clock.environment(), clock=clock.now) as one:
        for number, jump in enumerate(jumps):
            time.sleep(chance.uniform(0.5, 1.0) * between)
            if number % 2:
                one.kill()
                clock.set(clock.ahead + jump)
                one.restart()
            else:
                clock.set(clock.ahead + jump)
            _still_works(one, jump)
        time.sleep(between)
        return one.finish()


def _still_works(one: Scene, jump: float) -> None:
    """Note as a fault when it acknowledges nothing any more; it may be busy for a while with the looks that a jump passed."""
    try:
        one.sent(500, within=60.0)
    except TimeoutError as error:
        one.faults.append(f"after a jump of {jump:+g} s: {error}; {one.service.client.get('/readyz').text}")
