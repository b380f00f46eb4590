"""What a signal must be to be taken: masks over a batch's columns, a sentence only for the rows that fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from andon.ingest.decode import MOST_CHARS
from andon.ingest.leaps import LEAP, Leaps
from andon.ingest.times import LAST, UNREADABLE
from andon.model import KINDS, Bools, Floats, Ints, Kind, Scale

AHEAD = 300.0
"""Seconds a signal's time may be ahead of the clock; beyond, its arrival stands for it."""
MOST = 1e15
"""The largest value, either sign: its square still adds up without loss of sense."""


def by_kind(*kinds: Kind) -> Bools:
    """Return a lookup by kind's code (256,): whether it is one of these."""
    return np.array([code < len(KINDS) and KINDS[code] in kinds for code in range(256)])


_RATING, _CRASH = by_kind(Kind.RATING), by_kind(Kind.CRASH)
_NUMBERED = by_kind(Kind.RATING, Kind.CRASH, Kind.LATENCY, Kind.GAUGE, Kind.COUNTER)
_POSITIVE = by_kind(Kind.CRASH, Kind.LATENCY)
_NAMED = by_kind(Kind.GAUGE, Kind.COUNTER)
_LEAST = np.where(_POSITIVE, 0.0, -MOST)
_CRASHES = KINDS.index(Kind.CRASH)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is taken: the declared scales, how old a signal may be (seconds), whether the signals' time is the clock.

    `leaps` is the one memory in it: the last time that was doubted, where the signals are the clock.
    """

    scales: Mapping[str, Scale]
    retention: float
    by_events: bool = False
    leaps: Leaps = field(default_factory=Leaps)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A batch's numbers before they are checked; `wrong[i]` is why row i is refused (its first reason)."""

    kind: npt.NDArray[np.uint8]
    name: npt.NDArray[np.int32]
    names: tuple[str, ...]
    value: Floats
    of: Floats
    time: Floats
    wrong: dict[int, str] = field(default_factory=dict)

    def word(self, row: int) -> str:
        """Return a row's kind."""
        return KINDS[int(self.kind[row])].value

    def refuse(self, mask: Bools, why: Callable[[int], str]) -> None:
        """Note a reason for the rows of a mask that have none yet."""
        if mask.any():
            for row in np.flatnonzero(mask).tolist():
                self.wrong.setdefault(row, why(row))


def check_numbers(c: Columns) -> None:
    """Refuse values and counts that are missing, negative where that means nothing, or too large to add up."""
    value, of = c.value, c.of
    if _sound(c).all():
        return
    c.refuse(np.isnan(value) & _NUMBERED[c.kind], lambda row: f"value is missing: a {c.word(row)} needs a number")
    c.refuse(np.isnan(of), lambda _: "of is missing: a crash needs its sessions")
    c.refuse(of <= 0, lambda row: f"of is {of[row]:g}: it says how many, so it must be above 0")
    c.refuse((np.abs(value) > MOST) | (of > MOST), lambda _: f"value or of is beyond {MOST:g}")
    low = (value < 0) & _POSITIVE[c.kind]
    c.refuse(low, lambda row: f"value is {value[row]:g}: a {c.word(row)} cannot be negative")
    more = (value > of) & _CRASH[c.kind]
    c.refuse(more, lambda row: f"value is {value[row]:g} of {of[row]:g}: more crashes than sessions")


def _sound(c: Columns) -> Bools:
    """Tell in a few steps where numbers are as they should be; where not, the reason is worth a longer look."""
    sound: Bools = (c.value >= _LEAST[c.kind]) & (c.value <= MOST)
    sound &= (c.value <= c.of) | (c.kind != _CRASHES)
    sound |= np.isnan(c.value) & ~_NUMBERED[c.kind]
    sound &= (c.of > 0) & (c.of <= MOST)
    return sound


def check_names(c: Columns, scales: Mapping[str, Scale]) -> None:
    """Refuse ratings outside their scale, gauges and counters that no rule could name, and names too long to read."""
    if any(len(name) > MOST_CHARS for name in c.names):
        long = np.array([len(name) > MOST_CHARS for name in c.names])
        c.refuse(long[c.name], lambda row: f"name has {len(c.names[c.name[row]])} characters, {MOST_CHARS} are allowed")
    if len(rows := np.flatnonzero(_RATING[c.kind])):
        _check_ratings(c, rows, scales)
    if "" in c.names:
        mask = (c.name == c.names.index("")) & _NAMED[c.kind]
        c.refuse(mask, lambda row: f"name is missing: a {c.word(row)} needs one, so that rules can watch it")


def _check_ratings(c: Columns, rows: Ints, scales: Mapping[str, Scale]) -> None:
    found = [scales.get(name) for name in c.names]
    value, name = c.value[rows], c.name[rows]
    low = np.array([scale.low if scale else np.inf for scale in found])[name]
    high = np.array([scale.high if scale else -np.inf for scale in found])[name]
    unfit = ~((low <= value) & (value <= high) & (value == np.floor(value)))
    for row in rows[unfit].tolist():
        scale = found[c.name[row]]
        c.wrong.setdefault(row, _outside(c, row, scale) if scale else _no_scale(c.names[c.name[row]], scales))


def _no_scale(name: str, scales: Mapping[str, Scale]) -> str:
    said = f"scale {name!r} is not known" if name else "name is missing"
    return f"{said}: a rating names its scale, one of {', '.join(sorted(scales))}"


def _outside(c: Columns, row: int, scale: Scale) -> str:
    name = c.names[c.name[row]]
    return f"value is {c.value[row]:g}: {name} takes whole numbers from {scale.low} to {scale.high}"


def settle_times(c: Columns, terms: Terms, now: float) -> tuple[Floats, Bools]:
    """Return each signal's time, and which of them arrived with a clock that is ahead; refuse unreadable and old ones.

    Where the signals are the clock, each is judged by the latest time among those taken before it, so that it does not
    matter where batches were cut.
    """
    if not terms.by_events and len(c.time) and now - terms.retention <= c.time.min() <= c.time.max() <= now + AHEAD:
        return c.time, np.zeros(len(c.time), np.bool_)  # by far the most: all are there, and neither old nor ahead
    c.refuse(c.time == UNREADABLE, _unreadable)
    clock = np.full(len(c.time), now)
    if terms.by_events and len(clock):
        moving = np.where(np.isnan(c.time), -np.inf, c.time)
        moving[list(c.wrong)] = -np.inf
        clock, doubted = terms.leaps.clock(moving, now)
        c.refuse(doubted, lambda row: f"time is {(c.time[row] - clock[row]) / 86_400:.1f} days {_DOUBTED}")
        c.refuse(np.isnan(c.time) & (clock <= 0), lambda _: _NO_CLOCK)
    time = np.where(np.isnan(c.time), clock, c.time)
    oldest = clock - terms.retention
    c.refuse(time < oldest, lambda row: f"time is {(clock[row] - time[row]) / 86_400:.6g} days old: {_kept(terms)}")
    if terms.by_events:
        return time, np.zeros(len(time), np.bool_)
    ahead = time > now + AHEAD
    return np.where(ahead, now, time), ahead


_DOUBTED = (
    f"past the newest signal: where the signals are the clock, a leap of more than {LEAP / 86_400:g} days is believed only "
    "once the next signal agrees; send it again if it is right"
)
_NO_CLOCK = "time is missing: where the signals are the clock, the first of them needs one"


def _unreadable(_: int) -> str:
    return f"time is neither RFC 3339 with a zone (2026-03-01T12:00:00Z) nor epoch seconds below {LAST:.0f}"


def _kept(terms: Terms) -> str:
    return f"signals are taken up to {terms.retention / 86_400:g} days back"
