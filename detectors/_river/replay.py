"""A model's state as arrays: the looks it learnt from, in a ring, from which it can be made again at any time.

A river model is an object, and a detector's state is arrays. So a model is a function of the looks that it has learnt: it
is made afresh at the end of each block of W learnt looks, from that block, and goes on learning to the end of the next. A
ring of the last 2 W looks and their count say all. When blocks end is spread over the series by a phase drawn
from the first look, so that not all of them are made anew at once.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from andon.detector import Field, State
from andon.model import Floats

COUNT, RESTART, PHASE = range(3)
_DAY = 86_400.0
_CODES = 65_536
LARGEST = 1e30
"""No value is held that lies further from 0."""
KEPT = 256 * 2**20
"""Bytes of models that a detector keeps made; those beyond it are made again at each look, with the same result."""

Key: TypeAlias = "tuple[int | bytes, ...]"


@dataclass(frozen=True, slots=True)
class Ring:
    """The last 2 `window` learnt looks of each series: values (in the metric's natural value) and times of day."""

    window: int

    @property
    def fields(self) -> Mapping[str, Field]:
        """Return the ring's arrays: 6 bytes a look, two looks for each of the window."""
        size = 2 * self.window
        return {"values": Field("f4", (size,)), "times": Field("u2", (size,)), "count": Field("i8", (3,))}

    def push(self, state: State, row: int, value: float, now: float) -> None:
        """Add one learnt look that ended at `now`."""
        count = state["count"][row]
        if not count[COUNT]:
            first = np.array([value, now]).tobytes()
            count[PHASE] = zlib.crc32(first) % self.window
        place = count[COUNT] % (2 * self.window)
        state["values"][row, place], state["times"][row, place] = value, code(now)
        count[COUNT] += 1

    def block(self, count: int, phase: int) -> int:
        """Return the place of the first look of the block that today's model was made from."""
        if count < self.window + phase:
            return 0
        return self.window * ((count - phase) // self.window) + phase - self.window

    def part(self, state: State, name: str, row: int, begin: int, end: int) -> np.ndarray[Any, np.dtype[Any]]:
        """Return the looks from place `begin` to `end` of a series' values or times, in their order."""
        held: np.ndarray[Any, np.dtype[Any]] = state[name][row]
        return held.take(np.arange(begin, end), mode="wrap")

    def move(self, state: State, row: int, to: float) -> None:
        """Move the learnt values so that their median is `to`: by a factor if all are above 0, by a difference if not."""
        count = state["count"][row]
        held = state["values"][row, : min(int(count[COUNT]), 2 * self.window)]
        middle = self.median(state, row)
        if len(held):
            wide = held.astype(np.float64)
            moved = wide * (to / middle) if to > 0 and middle > 0 and held.min() >= 0 else wide + (to - middle)
            held[:] = np.clip(moved, -LARGEST, LARGEST)
        count[RESTART] = count[COUNT]

    def median(self, state: State, row: int) -> float:
        """Return the median of the learnt values; NaN if there is none."""
        count = int(state["count"][row, COUNT])
        return float(np.median(state["values"][row, : min(count, 2 * self.window)])) if count else float("nan")


def code(now: float) -> int:
    """Return a time of day in 65,536 parts."""
    return int(now % _DAY / _DAY * _CODES) % _CODES


def ago(times: np.ndarray[Any, np.dtype[Any]], place: int, now: float) -> float:
    """Return when the look at `place` ended, as the times of day (k,) up to `now` tell, no two a day apart."""
    after = np.append(times[place:].astype(np.int64), code(now))
    return now - float(np.sum(np.diff(after) % _CODES)) / _CODES * _DAY


@dataclass(frozen=True, slots=True)
class Scale:
    """What a model sees instead of a value: usual ones, of a block of values (k,), lie from a quarter to three quarters.

    Usual are all but 2 % on each side, or all where these are one and the same.
    """

    low: float
    width: float
    middle: float

    @classmethod
    def of(cls, values: Floats) -> Scale:
        """Return the scale by the values of a block."""
        ordered = sorted(values.tolist())
        aside = len(ordered) // 50
        low, high = ordered[aside], ordered[-1 - aside]
        if low == high:
            low, high = ordered[0], ordered[-1]
        least = max(1e-3 * max(abs(low), abs(high)), 1e-12)
        return cls(low, max(high - low, least), ordered[len(ordered) // 2])

    def __call__(self, value: float) -> float:
        """Return the scaled value, within a thousand widths."""
        return min(max(0.25 + 0.5 * (value - self.low) / self.width, -1e3), 1e3)

    def change(self, value: float, before: float) -> float:
        """Return the scaled change from one value to the next: a half where there is none."""
        return min(max(0.5 + 0.5 * (value - before) / self.width, -1e3), 1e3)


@dataclass(slots=True, eq=False)
class Live:
    """A model at work: None once it has raised; `key`: the state that it stands for.

    `block`: the place of the block whose scale it has; `begin`: of the first look it has seen; `last`: the value it learnt last.
    """

    model: Any
    scale: Scale
    block: int
    begin: int
    last: float | None = None
    key: Key = ()


@dataclass(slots=True, eq=False)
class Shelf:
    """Models that need not be made again: at most `most`; each is used only while its key says that it is the same.

    It is a cache and nothing else: every result is the same without it. Where there are more series than room, those that
    are in stay in, since in a round over all of them the one used longest ago is the one needed next.
    """

    most: int
    turn: int = 0
    _held: OrderedDict[int, tuple[int, Live]] = field(default_factory=OrderedDict)

    def take(self, row: int, key: Key) -> Live | None:
        """Return the model of a row if it stands for this very state."""
        held = self._held.pop(row, None)
        return held[1] if held is not None and held[1].key == key else None

    def put(self, row: int, live: Live) -> None:
        """Keep a model, if there is room or one that was not used in the last two turns."""
        if len(self._held) >= self.most:
            oldest = next(iter(self._held))
            if self._held[oldest][0] >= self.turn - 1:
                return
            del self._held[oldest]
        self._held[row] = (self.turn, live)
