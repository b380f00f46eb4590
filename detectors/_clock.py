"""When a series' looks with data come: the last one, the usual gap between two, the first; and how long it still learns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from andon.model import Bools, Floats

LAST, GAP, BEGAN = range(3)
"""Of a clock (m, 3 or more), 0 before the first look: when the last one ended, the usual gap, when the first began."""
_PAUSE = 4.0
"""Usual gaps beyond which there was a pause: it counts for no more, and what came before it is long ago."""
_MOST = 28 * 86_400.0


@dataclass(frozen=True, slots=True, eq=False)
class Passed:
    """What has passed since the last look with data, (m,): seconds `elapsed`, beside the usual `gap` until then.

    `looks`: how many it stands for; `near`: there was no pause.
    """

    elapsed: Floats
    gap: Floats
    looks: Floats
    near: Bools


def passed(clock: Floats, now: float, seconds: float, every: float) -> Passed:
    """Return what has passed at a look of `seconds` that ended at `now`, where one each `every` seconds is due."""
    elapsed = np.where(clock[:, LAST] <= 0.0, seconds, now - clock[:, LAST])
    gap = np.where(clock[:, GAP] > 0.0, clock[:, GAP], every)
    return Passed(elapsed, gap, np.minimum(elapsed, _PAUSE * gap) / every, elapsed <= _PAUSE * gap)


def move(clock: Floats, since: Passed, now: float, seconds: float, every: float) -> None:
    """Move the clock on to that look, in place; the usual gap is a running mean over about 50, outliers bounded.

    History comes in pieces longer than a look; a piece counts as its last look, so that pieces in a row leave no gap.
    """
    latest = since.elapsed - seconds + every
    clock[:, GAP] = since.gap + 0.02 * (np.clip(latest, 0.0, 20.0 * since.gap) - since.gap)
    clock[:, BEGAN] = np.where(clock[:, LAST] <= 0.0, now - seconds, clock[:, BEGAN])
    clock[:, LAST] = now


def left(done: Floats, age: Floats, every: float) -> Floats:
    """Return the seconds (m,) until all is learnt, at the pace at which `age` seconds brought the part `done` of it."""
    most = np.minimum(age * (1.0 / np.maximum(done, 1e-3) - 1.0), _MOST)
    return np.where(done >= 1.0, 0.0, np.maximum(most, every))
