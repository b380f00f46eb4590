"""Recorded series, and a detector stepped over all that come at one pace together, as the product steps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from andon.detector import Detector, Settings
from andon.model import Direction, Floats, Form, Ints, Observation
from andon.testing.trial import empty

_DAY = 86_400.0
_START = 1_767_225_600.0
_N = 50.0
"""Events behind every value."""


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """A series: `times` in epoch seconds, `values`, each (n,)."""

    times: Floats
    values: Floats

    @property
    def every(self) -> float:
        """Return the usual seconds between two values, which a rule's author takes for his looks."""
        return float(np.median(np.diff(self.times)))


def scores(kind: type[Detector], series: Sequence[Recorded], direction: Direction = Direction.NONE) -> list[Floats]:
    """Return what a detector says of each value, 0 where nothing can be said; it learns on all the way.

    Series of one pace are rows of one state; each keeps its time of day, and begins on the same day.
    """
    found = [np.zeros(len(one.values)) for one in series]
    for every in sorted({one.every for one in series}):
        mine = [place for place, one in enumerate(series) if one.every == every]
        detector = kind(Settings(every, Form.LEVEL, direction))
        _together(detector, every, [series[place] for place in mine], [found[place] for place in mine])
    return found


def _together(detector: Detector, every: float, series: Sequence[Recorded], found: Sequence[Floats]) -> None:
    state, seconds = empty(detector, len(series)), np.array([every])
    for now, rows, places in _looks(series):
        x = np.array([series[row].values[place] for row, place in zip(rows, places, strict=True)])[:, None]
        look = Observation(Form.LEVEL, x, np.full_like(x, _N), seconds)
        said = detector.step(state, rows, look, now, np.ones(len(rows), dtype=np.bool_))
        told = np.where(said.fresh, np.maximum(said.score, 0.0), 0.0)
        for row, place, score in zip(rows, places, told, strict=True):
            found[row][place] = score


def _looks(series: Sequence[Recorded]) -> list[tuple[float, Ints, Ints]]:
    """Return the looks in order: when, which rows have a value, and which of their values; each row once a look."""
    began = [one.times - one.times[0] // _DAY * _DAY for one in series]
    times, rows = np.concatenate(began), np.repeat(np.arange(len(began)), [len(one) for one in began])
    places = np.concatenate([np.arange(len(one)) for one in began])
    order = np.lexsort((places, rows, times))
    times, rows, places = times[order], rows[order], places[order]
    again = np.r_[False, (np.diff(times) == 0.0) & (np.diff(rows) == 0)]
    times, rows, places = times[~again], rows[~again], places[~again]
    cuts = np.flatnonzero(np.r_[True, np.diff(times) > 0.0])
    return [
        (_START + float(times[cut]) + 60.0, rows[cut:end], places[cut:end])
        for cut, end in zip(cuts, np.r_[cuts[1:], len(times)], strict=True)
    ]
