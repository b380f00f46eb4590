"""The part of `level` that finds what stands out at once: a spike, a dip, two looks far off in a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from andon.detector import Field, State
from andon.model import Bools, Floats, Ints
from detectors._level import local, news, tail
from detectors._level.rows import only

FIELDS: Mapping[str, Field] = {"recent": local.FIELD, "tail": Field("f4", (tail.WIDTH,)), **news.FIELDS}
_KNOWS = 30.0
"""Looks before anything stands out."""
_LEARNS = 20.0
"""Looks before the tail learns: the spread is hardly known."""
_SHARE = 0.15
"""What its part of the promise costs, by measurement on heavy tails (`python -m tests.bench detect`)."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A look, m rows: its part beside the last ones, how far `up` it is (towards where the rule looks), its `surprise`."""

    part: local.Recent
    up: Floats
    surprise: Floats


def take(
    state: State, rows: Ints, off: tuple[Floats, Floats], known: tuple[Floats, Floats, Floats], near: Bools, sign: float
) -> Look:
    """Take up a look that lay `off` the slow location and the day's profile; `known`: looks so far, usual size, noise."""
    looks, size, noise = known
    part = local.take(state["recent"][rows], looks, off, size, near)
    units = part.units / noise
    up = units * sign if sign else np.abs(units)
    surprise = tail.surprise(state["tail"][rows], up, looks)
    return Look(part, up, np.where(looks < _KNOWS, 0.0, surprise))


def judge(state: State, rows: Ints, surprise: Floats, hour: int, seen: Bools) -> Floats:
    """Return the score (m,) of looks whose surprise (m,) matters, less what is no news at this `hour` of the day."""
    return news.judge(state, rows, surprise, hour, seen) - _SHARE


def learn(state: State, rows: Ints, look: Look, looks: Floats, hour: int, learns: Bools) -> None:
    """Learn from a look, where told to."""
    old = learns & (looks >= _LEARNS)
    if old.any():
        which = rows[old]
        state["tail"][which] = tail.learn(state["tail"][which], look.up[old])
        news.learn(state, which, look.surprise[old], hour)
    which = rows[learns]
    state["recent"][which] = local.learn(state["recent"][which], looks[learns], only(look.part, learns))
