"""People whose webhook takes long, hangs, breaks off or answers 500: they hold up nobody else, and nothing is lost."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.soak import Verdict
from tests.soak._receiver import Bad, Reset
from tests.soak._scene import Scene, scene

SOON = 5.0
"""Seconds from the pull to the page of somebody whose webhook is well, whatever the others' do."""
FAILS_IN = 90.0
"""Seconds that three tries of ten seconds, with their gaps, may take."""


def soak(folder: Path, seed: int, seconds: float = 60.0, calls: float = 0.5) -> Verdict:
    """Call five people in turn, four of them hard to reach, for `seconds`; the lead is well."""
    chance = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    moods: Mapping[str, Callable[[], None]] = {
        "slow": lambda: time.sleep(chance.uniform(9.0, 15.0)),
        "hangs": lambda: time.sleep(30.0),
        "resets": reset,
        "fails": fail,
    }

    def mood(person: str, page: dict[str, Any]) -> None:
        del page
        moods.get(person, lambda: None)()

    with scene(folder, seed, on_duty=("ana", *moods), calls=calls) as one:
        one.hard, one.receiver.mood = frozenset(moods), mood
        time.sleep(seconds)
        one.sender.stop()
        verdict = one.finish(FAILS_IN)
        one.figures["slowest page of who is well, s"], late = _delays(one)
    return Verdict(verdict.figures | one.figures, verdict.faults + late)


def fail() -> None:
    """Answer 500."""
    raise Bad


def reset() -> None:
    """Break the line off."""
    raise Reset


def _delays(one: Scene) -> tuple[float, list[str]]:
    """Return the longest time from a pull to the first page of somebody who is well, and who waited too long."""
    began = one.sender.told.pulls
    took = [(got.at - began[got.title], got) for got in one.receiver.got if got.person == "ana" and got.title in began]
    return max(took)[0], [f"{got.title!r}: {got.person} was paged after {s:.1f} s" for s, got in took if s > SOON]
