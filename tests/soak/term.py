"""SIGTERM in the middle of it: many signals, open incidents, a receiver that hangs; ended in 5 s, and nothing lost."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from tests.soak import Verdict
from tests.soak._receiver import well
from tests.soak._scene import scene

ENDS_WITHIN = 5.0


def soak(folder: Path, seed: int, times: int = 5, rate: float = 5000.0, between: float = 8.0) -> Verdict:
    """End it `times` times with `rate` signals a second under way, and start it again."""
    with scene(folder, seed, on_duty=("ana", "hangs"), rate=rate, batch=250, lines=4) as one:
        one.hard, one.receiver.mood = frozenset({"hangs"}), _hang
        took = []
        for left in reversed(range(times)):
            time.sleep(between)
            took.append(one.end())
            one.forgiven += 1  # a page under way may have come and not be noted
            one.receiver.mood = _hang if left else well
            one.restart()
        one.sent(int(rate))
        one.figures["longest from SIGTERM to the end, s"] = max(took)
        one.faults += [f"it took {seconds:.1f} s to end" for seconds in took if seconds > ENDS_WITHIN]
        return one.finish()


def _hang(person: str, page: dict[str, Any]) -> None:
    del page
    if person == "hangs":
        time.sleep(30.0)
