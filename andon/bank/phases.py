"""An alert's states, for all series of a rule at once, on plain arrays: nothing here knows of streams or detectors.

OK -> PENDING (`for`) -> FIRING -> RECOVERING (`clear_after`) -> OK, and beside them NO_DATA.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from andon.detector import Field, State
from andon.model import AlertState, Bools, Floats, Ints

OK, PENDING, FIRING, RECOVERING, NO_DATA = range(5)
STATES = (AlertState.OK, AlertState.PENDING, AlertState.FIRING, AlertState.RECOVERING, AlertState.NO_DATA)
FLAPPING = 1800.0
FLIPS = 3

FIELDS = {
    "state": Field("u1"),
    "tier": Field("u1"),
    "direction": Field("u1"),
    "tests": Field("u4"),
    "lead": Field("u1"),
    "pending": Field(fill=np.nan),
    "fired": Field(fill=np.nan),
    "since": Field(fill=np.nan),
    "span": Field(),
    "was": Field(fill=np.nan),
    "good": Field(fill=np.nan),
    "clean": Field(fill=np.nan),
    "data": Field(fill=np.nan),
    "held": Field(fill=-np.inf),
    "steady": Field(fill=np.nan),
    "flips": Field(shape=(FLIPS - 1,), fill=-np.inf),
    "score": Field(fill=-np.inf),
    "learning": Field(fill=np.inf),
    "near": Field("?"),
    "young": Field("?"),
    "share": Field(fill=np.nan),
}
"""One row an alert. `tests`: bits of those that crossed, `lead` the one furthest over; `pending`, `fired`, `good`: the looks at which it began to pend,
fired, was first good, `clean` the
beginning of the window that was; `since`, `span`, `was`: the change point, how long it took, what was seen when it fired; `data`:
the last look with data; `held`: flapping, so FIRING is held until then; `steady`: since when it has been FIRING without a
break, where its rule asks for that; `flips`: the latest changes between firing
and not; `near`: the last score was so near the threshold that nothing is learnt; `young`: it fired
before it had learnt what is usual; `share`: of a promise `in all`."""


class Verdict(IntEnum):
    """What a look says of an alert that has fired: better, cannot say, still bad."""

    BAD = -1
    HOLD = 0
    GOOD = 1


class Move(IntEnum):
    """What became of an alert at a look."""

    NONE = 0
    FIRED = 1
    AGAIN = 2
    FLAPS = 3
    RECOVERS = 4
    CLEARED = 5
    SILENT = 6


@dataclass(frozen=True, slots=True, eq=False)
class Signs:
    """What a look showed of m alerts, each (m,).

    `over`: the score is over the threshold; `ready`: and enough stands behind it; `crossing`: and this look brought
    data; `verdict`: of those that have fired; `data`: there was any; `renewed`: there was some since the first good look;
    `clean`: where the window began that the verdict is about.
    """

    over: Bools
    ready: Bools
    crossing: Bools
    verdict: npt.NDArray[np.int8]
    data: Bools
    renewed: Bools
    clean: Floats


@dataclass(frozen=True, slots=True)
class Pace:
    """A rule's times: seconds a score must stay over the threshold, seconds of good looks until OK; what silence means."""

    hold: float
    clear_after: float
    calls: bool


def advance(alerts: State, signs: Signs, pace: Pace, end: float) -> Ints:
    """Move m alerts, in place, by a look that ended at `end`; return what became of each, (m,) of `Move`."""
    was = alerts["state"].copy()
    moves = np.zeros(len(was), dtype=np.int64)
    alerts["data"][signs.data | np.isnan(alerts["data"])] = end
    if signs.crossing.any() or (was == PENDING).any():
        _rise(alerts, was, signs, pace, end, moves)
    if (was > PENDING).any():
        _recover(alerts, was, signs, pace, end, moves)
    if moves.any():
        _damp(alerts, end, moves)
    if pace.calls:
        _fall_silent(alerts, was, signs, pace, end, moves)
    return moves


def lasting(alerts: State, end: float, accept_after: float) -> Ints:
    """Note since when alerts have been FIRING without a break, and return the places of those that have for `accept_after`."""
    firing = alerts["state"] == FIRING
    alerts["steady"] = np.where(firing, np.where(np.isnan(alerts["steady"]), end, alerts["steady"]), np.nan)
    return np.flatnonzero(firing & (end - alerts["steady"] >= accept_after))


def settle(alerts: State, places: Ints | int) -> None:
    """Make alerts OK at once: what they told of has been accepted."""
    alerts["state"][places], alerts["near"][places] = OK, False
    alerts["steady"][places], alerts["held"][places] = np.nan, -np.inf


def _rise(alerts: State, was: Ints, signs: Signs, pace: Pace, end: float, moves: Ints) -> None:
    calm, pending = was == OK, was == PENDING
    begins = calm & signs.crossing
    lasted = pending & signs.ready & (end - alerts["pending"] >= pace.hold)
    fires = lasted if pace.hold > 0 else begins
    waits = begins & ~fires
    alerts["state"][pending & ~signs.over] = OK
    alerts["state"][waits], alerts["pending"][waits] = PENDING, end
    alerts["state"][fires], alerts["fired"][fires] = FIRING, end
    moves[fires] = Move.FIRED


def _recover(alerts: State, was: Ints, signs: Signs, pace: Pace, end: float, moves: Ints) -> None:
    good, bad = signs.verdict == Verdict.GOOD, signs.verdict == Verdict.BAD
    lost, firing, recovering = was == NO_DATA, was == FIRING, was == RECOVERING
    kept = firing & bad & (end < alerts["held"])
    alerts["held"][kept] = end + FLAPPING
    better = (firing & good & (end >= alerts["held"])) | (lost & good & signs.data)
    worse = (recovering | (lost & signs.data)) & bad
    clear = recovering & good & signs.renewed & (end - alerts["good"] >= pace.clear_after)
    alerts["state"][better], alerts["good"][better] = RECOVERING, end
    alerts["clean"][better] = signs.clean[better]
    alerts["state"][worse] = FIRING
    alerts["state"][clear] = OK
    moves[better], moves[worse], moves[clear] = Move.RECOVERS, Move.AGAIN, Move.CLEARED


def _damp(alerts: State, end: float, moves: Ints) -> None:
    """Hold FIRING where an alert has flipped for the third time in half an hour; it is told once."""
    flips = np.isin(moves, (Move.FIRED, Move.AGAIN, Move.RECOVERS))
    recent = np.sum(alerts["flips"] > end - FLAPPING, axis=1) + 1
    flapping = flips & (recent >= FLIPS)
    alerts["state"][flapping], alerts["held"][flapping] = FIRING, end + FLAPPING
    moves[flapping] = Move.FLAPS
    older = alerts["flips"][flips]
    alerts["flips"][flips] = np.column_stack((older[:, 1:], np.full(len(older), end)))


def _fall_silent(alerts: State, was: Ints, signs: Signs, pace: Pace, end: float, moves: Ints) -> None:
    silent = (was != NO_DATA) & ~signs.data & (end - alerts["data"] >= pace.clear_after)
    alerts["state"][silent] = NO_DATA
    fresh = silent & ((was == OK) | (was == PENDING))
    alerts["fired"][fresh], alerts["tests"][fresh] = end, 0
    alerts["since"][fresh] = alerts["data"][fresh]
    alerts["was"][fresh], alerts["span"][fresh], alerts["direction"][fresh] = np.nan, 0.0, 0
    moves[silent] = Move.SILENT
