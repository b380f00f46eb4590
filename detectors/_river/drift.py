"""Whether a stream has drifted, by a river drift model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from andon.detector import Field, State
from andon.model import Direction, Floats
from detectors._river.models import FAULTS, Making, teach
from detectors._river.replay import COUNT, KEPT, RESTART, Key, Live, Ring, Scale, Shelf, ago, code

_TAIL = 64
_SEEN, _SINCE = range(2)


class Drifted:
    """Tells, series by series, at which look a model saw its stream drift towards the side that matters.

    The model begins anew after each drift, with the look that follows. Looks that are not to be learnt are seen in passing:
    up to 64 of them are added to what is learnt, then forgotten, and the next 64 are begun.
    """

    def __init__(self, making: Making, ring: Ring, direction: Direction, stays: float) -> None:
        self._making, self._ring, self._direction, self._stays = making, ring, direction, stays
        self.shelf = Shelf(max(KEPT // max(making.size, 1), 16))

    @property
    def fields(self) -> Mapping[str, Field]:
        """Return the ring; of evidence, when a drift was seen and since when it lasts, and the looks seen in passing."""
        return {
            **self._ring.fields,
            "drift": Field("f8", (2,), evidence=True),
            "tail": Field("f4", (_TAIL,), evidence=True),
            "tail_times": Field("u2", (_TAIL,), evidence=True),
            "tail_count": Field("i8", evidence=True),
        }

    def judge(
        self, state: State, row: int, value: float, now: float, seconds: float, *, learn: bool
    ) -> tuple[float, float]:
        """Return 1 from the look at which the stream was seen to drift for as long as that stays, -1 else; and since when."""
        if learn or state["tail_count"][row] >= _TAIL:
            state["tail_count"][row] = 0
        live = self._live(state, row)
        self._add(state, row, value, now, learn=learn)
        count = state["count"][row]
        if live is not None and self._teach(live, value):
            self._drift(state, row, live.begin, int(count[COUNT]), (now, seconds), learn=learn)
            live = None
        if learn and count[COUNT] >= self._ring.window and (live is None or live.block != self._block(state, row)):
            live = self._born(state, row, (now, seconds))
        if live is not None:
            live.key = self._key(state, row)
            self.shelf.put(row, live)
        young = count[COUNT] < self._ring.window or (live is not None and live.model is None)
        return self.idle(state, row, now) or (-math.inf if young else -1.0, math.nan)

    def idle(self, state: State, row: int, now: float) -> tuple[float, float] | None:
        """Say what was said before, while it stays, where nothing came."""
        seen, since = state["drift"][row].tolist()
        return (1.0, since) if seen and (now == seen or now - seen < self._stays) else None

    def _add(self, state: State, row: int, value: float, now: float, *, learn: bool) -> None:
        if learn:
            self._ring.push(state, row, value, now)
        elif state["count"][row, COUNT] >= self._ring.window:
            place = state["tail_count"][row]
            state["tail"][row, place], state["tail_times"][row, place] = value, code(now)
            state["tail_count"][row] += 1

    def _teach(self, live: Live, value: float) -> bool:
        if live.model is None:
            return False
        try:
            return teach(live.model, self._making.kind, min(max(2.0 * live.scale(value) - 0.5, 0.0), 1.0), {})
        except FAULTS:
            live.model = None
            return False

    def _drift(
        self, state: State, row: int, begin: int, end: int, look: tuple[float, float], *, learn: bool = True
    ) -> None:
        """Begin anew after the looks from `begin` to `end`; write down the drift if it goes the way that matters."""
        now, seconds = look
        tail = int(state["tail_count"][row])
        values = self._looks(state, "values", row, begin)[: end - begin + tail]
        place = _change(values)
        rise = float(values[place:].mean() - values[:place].mean()) if place else 0.0
        if self._direction in {Direction.NONE, Direction.RISES if rise > 0 else Direction.FALLS}:
            since = ago(self._looks(state, "times", row, begin), place, now) - seconds
            state["drift"][row] = now, since
        state["tail_count"][row] = 0
        if learn:
            state["count"][row, RESTART] = end

    def _born(self, state: State, row: int, look: tuple[float, float]) -> Live:
        """Return a model of a new block, made from the one that ended: what drifted there and was not told yet is told now.

        In the very first window nothing is told, but nothing from before a drift is kept either.
        """
        while True:
            live, drifted = self._made(state, row)
            if not drifted:
                return live
            self._drift(state, row, live.begin, drifted, look)
            if state["count"][row, COUNT] == self._ring.window:
                state["drift"][row] = 0.0

    def _looks(self, state: State, name: str, row: int, begin: int) -> np.ndarray[Any, np.dtype[Any]]:
        """Return the values or times of the looks that a model which began at `begin` has seen."""
        held = self._ring.part(state, name, row, begin, int(state["count"][row, COUNT]))
        tail = state["tail" if name == "values" else "tail_times"][row, : state["tail_count"][row]]
        looks: np.ndarray[Any, np.dtype[Any]] = np.concatenate([held, tail])
        return looks

    def _block(self, state: State, row: int) -> int:
        count, _, phase = state["count"][row].tolist()
        return self._ring.block(count, phase)

    def _live(self, state: State, row: int) -> Live | None:
        """Return a row's model, from the shelf or made anew; None while the first window is not full."""
        if state["count"][row, COUNT] < self._ring.window:
            return None
        return self.shelf.take(row, self._key(state, row)) or self._made(state, row)[0]

    def _made(self, state: State, row: int) -> tuple[Live, int]:
        """Return a model that has seen all looks since it began, or since it saw a drift, and the place after that (0: none)."""
        block = self._block(state, row)
        scale = Scale.of(self._ring.part(state, "values", row, block, block + self._ring.window))
        live = Live(self._making(), scale, block, max(block, int(state["count"][row, RESTART])))
        for place, value in enumerate(self._looks(state, "values", row, live.begin).tolist(), live.begin + 1):
            if self._teach(live, value):
                return live, place
        return live, 0

    def _key(self, state: State, row: int) -> Key:
        tail = state["tail"][row, : state["tail_count"][row]].tobytes()
        return (*state["count"][row].tolist(), state["values"][row].tobytes(), tail)


def _change(values: Floats) -> int:
    """Return where the likeliest single change of mean in values (k,) lies, by least squares (Hinkley 1970); 0 if k < 2."""
    if len(values) < 2:
        return 0
    values = values.astype(np.float64)
    sizes = np.arange(1, len(values))
    gap = np.cumsum(values)[:-1] / sizes - (values.sum() - np.cumsum(values)[:-1]) / (len(values) - sizes)
    return int(np.argmax(gap**2 * sizes * (len(values) - sizes))) + 1
