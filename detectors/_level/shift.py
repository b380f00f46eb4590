"""The part of `level` that finds what lasts: a shift of the level that no single look shows, or a slow drift.

A Shiryaev-Roberts e-detector over the clipped remainders, with their learnt moment generating function, so that it assumes
no distribution. Where sums of remainders vary more than independent ones' would, as of a baseline that wanders, evidence
counts for less by that factor; and where it has grown beyond doubt and nobody acted on it, for less again: another shift of
what shifts all the time is less news.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from andon.detector import Field, State
from andon.model import Bools, Floats, Ints
from detectors import _evidence
from detectors._level import longrun

_SIZES = np.array([0.5, 1.0, 1.5])
CLIP = 4.0
"""Spreads beyond which a single remainder says nothing more of a shift."""
_ALLOWED = 0.05
"""Spreads by which a baseline may be off: no evidence."""
_PRIOR = 30.0
"""Remainders, normal and a little wide, that speak before any were seen."""
_UNKNOWN = 60.0
"""Looks after which half of a shift's evidence counts: before, nobody knows how a baseline wanders."""
_KEEP = 2_000.0
"""Remainders over which the moments forget."""
_SHARE = float(np.log(2.0))
"""Its part of the promise: one false alarm in two."""
_LEAST = 7.4
"""The least score that is told: below one in 1,600 it is mostly a baseline that wanders."""
_STEP, _GONE = 1.0, 3.0
"""How much higher than when last told evidence must be to raise an alarm again; how far below the least it is gone."""
_BEYOND, _CAP = 14.0, 16.0
"""Evidence beyond doubt: one in a million; and beyond which more adds nothing but time until it is gone again."""
_OFTEN, _OFTEN_KEEP = 10.0, 20_000.0
"""What one time beyond doubt takes off later evidence, and over how many looks it is forgotten."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What lasts, of m rows: the `score` (-inf: nothing to tell), whether it may raise an alarm, where it began."""

    score: Floats
    fresh: Bools
    since: Floats


def sizes(sign: float) -> Floats:
    """Return the shifts looked for, in spreads: towards `sign`, of 1 where it was turned, or both ways where it is 0."""
    return _SIZES.copy() if sign else np.concatenate([_SIZES, -_SIZES])


def fields(count: int) -> Mapping[str, Field]:
    """Return the state's arrays for so many sizes."""
    return {
        "evidence": _evidence.field(count),
        "told": Field("f8", (), evidence=True),
        "moments": Field("f4", (1 + count,)),
        "lasting": Field("f4", (longrun.WIDTH,)),
        "often": Field("f4"),
    }


def logs(state: State, rows: Ints, shifts: Floats, units: Floats, least: Floats) -> Floats:
    """Return the log ratios (m, j) of clipped remainders (m,), had the level shifted; less than `least` spreads is none."""
    moments, size = np.asarray(state["moments"][rows], np.float64), np.abs(shifts)
    log_moments = np.log((moments[:, 1:] + _PRIOR * np.exp(0.6 * size * size)) / (moments[:, :1] + _PRIOR))
    against = np.maximum(log_moments, size * np.minimum(0.5 * least, CLIP - 1.0)[:, None]) + _ALLOWED * size
    calmer = longrun.factor(state["lasting"][rows]) * (1.0 + _OFTEN * state["often"][rows])
    calmer = calmer * (1.0 + _UNKNOWN / (moments[:, 0] + 1.0))
    return np.asarray((shifts * units[:, None] - against) / calmer[:, None])


def judge(state: State, rows: Ints, logs: Floats, wait: Floats, start: float) -> Found:
    """Take up the log ratios (m, j) of a look that began at `start` and stands for `wait` (m,) looks; 0 where none was."""
    evidence, raised = _evidence.advance(state["evidence"][rows], logs, wait, start)
    np.minimum(evidence[:, 0], np.exp(_CAP), out=evidence[:, 0])
    state["evidence"][rows] = evidence
    score, told = _evidence.score(evidence, np.full(len(rows), _SHARE)), state["told"][rows]
    tells = score >= _LEAST
    fresh = raised & tells & (score >= told)
    state["told"][rows] = np.where(fresh, score + _STEP, np.where(score > _LEAST - _GONE, told, 0.0))
    return Found(np.where(tells, score, -np.inf), fresh, _evidence.since(evidence))


def settle(state: State, rows: Ints, score: Floats) -> None:
    """Begin again with no evidence where a score (m,) is beyond doubt: who could act on it knows, and the next is less news."""
    done = rows[score >= _BEYOND - _SHARE]
    if len(done):
        state["evidence"][done], state["told"][done] = 0.0, 0.0
        state["often"][done] += 1.0


def learn(state: State, rows: Ints, shifts: Floats, units: Floats) -> None:
    """Learn how clipped remainders (m,) are usually distributed, and how long they hang together."""
    state["lasting"][rows] = longrun.learn(state["lasting"][rows], units)
    state["often"][rows] *= 1.0 - 1.0 / _OFTEN_KEEP
    moments = state["moments"][rows]
    moments[:, 1:] += np.exp(shifts * units[:, None])
    moments[:, 0] += 1.0
    state["moments"][rows] = moments * np.minimum(1.0, _KEEP / moments[:, :1])
