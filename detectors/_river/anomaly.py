"""How unusual a look is, by a river anomaly model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from andon.detector import Field, State
from andon.model import Direction
from detectors._river.models import FAULTS, Making, score, teach
from detectors._river.replay import KEPT, Key, Live, Ring, Scale, Shelf, code

_FAR = 1e6
_CIRCLE = 2.0 * math.pi / 65_536.0


@dataclass(frozen=True, slots=True)
class Line:
    """The model's score beyond which a look is abnormal, and the side of what is usual on which it must lie."""

    above: float
    direction: Direction

    def score(self, said: float, value: float, middle: float) -> float:
        """Return 0 on the line, 1 more for each further `|above|`; on the wrong side as much below it."""
        beyond = (said - self.above) / (abs(self.above) if abs(self.above) > 1e-9 else 1.0)
        wrong = value <= middle if self.direction is Direction.RISES else value >= middle
        beyond = -abs(beyond) if wrong and self.direction is not Direction.NONE else beyond
        return min(max(beyond, -_FAR), _FAR)


class Unusual:
    """Judges looks, series by series, by models of what the last one or two windows of looks were like."""

    def __init__(self, making: Making, ring: Ring, line: Line, features: tuple[str, ...]) -> None:
        self._making, self._ring, self._line, self._features = making, ring, line, features
        self.shelf = Shelf(max(KEPT // max(making.size, 1), 16))

    @property
    def fields(self) -> Mapping[str, Field]:
        """Return the ring; of evidence, when the present abnormal run began and the last usual look (0: none)."""
        return {**self._ring.fields, "began": Field("f8", evidence=True), "last": Field("f8", (2,), evidence=True)}

    def judge(
        self, state: State, row: int, value: float, now: float, seconds: float, *, learn: bool
    ) -> tuple[float, float]:
        """Return a look's score and when the run of abnormal looks began (NaN: it is none); learn it if told, and if usual."""
        live = self._live(state, row)
        found = self._score(live, value, self._before(state, row, live, value), now)
        if found > 0:
            state["began"][row] = state["began"][row] or now - seconds
        else:
            state["began"][row], state["last"][row] = 0.0, (value, 1.0)
        if learn and found <= 0:
            self._learn(state, row, live, value, now)
        if live is not None:
            self.shelf.put(row, live)
        return found, float(state["began"][row]) or math.nan

    def idle(self, state: State, row: int, now: float) -> None:
        """Say nothing where nothing came."""
        del state, row, now

    def _before(self, state: State, row: int, live: Live | None, value: float) -> float:
        """Return the last usual look: a lasting shift stays a change, and what comes back from it is none."""
        last, known = state["last"][row].tolist()
        if known:
            return float(last)
        return value if live is None or live.last is None else live.last

    def _score(self, live: Live | None, value: float, last: float, now: float) -> float:
        if live is None or live.model is None:
            return -math.inf
        seen = live.scale(value)
        try:
            said = score(live.model, self._making.kind, seen, self._seen(live, value, last, code(now)))
        except FAULTS:
            return -math.inf
        return -math.inf if math.isnan(said) else self._line.score(said, value, live.scale.middle)

    def _learn(self, state: State, row: int, live: Live | None, value: float, now: float) -> None:
        self._ring.push(state, row, value, now)
        if live is None:
            return
        count, _, phase = state["count"][row].tolist()
        if self._ring.block(count, phase) != live.block:
            live.key = ()
            return
        self._teach(live, value, code(now))
        live.key = self._key(state, row)

    def _live(self, state: State, row: int) -> Live | None:
        """Return a row's model, from the shelf or made anew; None while the first window is not full."""
        count, _, phase = state["count"][row].tolist()
        if count < self._ring.window:
            return None
        key = self._key(state, row)
        return self.shelf.take(row, key) or self._made(state, row, count, phase, key)

    def _made(self, state: State, row: int, count: int, phase: int, key: Key) -> Live:
        block = self._ring.block(count, phase)
        values = self._ring.part(state, "values", row, block, count)
        times = self._ring.part(state, "times", row, block, count)
        live = Live(self._making(), Scale.of(values[: self._ring.window]), block, block, key=key)
        for value, time in zip(values.tolist(), times.tolist(), strict=True):
            self._teach(live, value, time)
        return live

    def _teach(self, live: Live, value: float, time: int) -> None:
        if live.model is not None:
            try:
                last = value if live.last is None else live.last
                teach(live.model, self._making.kind, live.scale(value), self._seen(live, value, last, time))
            except FAULTS:
                live.model = None
        live.last = value

    def _seen(self, live: Live, value: float, last: float, time: int) -> dict[str, float]:
        seen: dict[str, float] = {}
        if "value" in self._features:
            seen["value"] = live.scale(value)
        if "change" in self._features:
            seen["change"] = live.scale.change(value, last)
        if "hour" in self._features:
            seen["east"], seen["north"] = 0.5 + 0.5 * math.sin(_CIRCLE * time), 0.5 + 0.5 * math.cos(_CIRCLE * time)
        return seen

    def _key(self, state: State, row: int) -> Key:
        count, _, phase = state["count"][row].tolist()
        times = state["times"][row].tobytes() if "hour" in self._features else b""
        return count, phase, state["values"][row].tobytes(), times
