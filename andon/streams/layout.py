"""What a frame's vector holds for each kind of signal, by column name, and how signals become its cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from andon.model import Floats, Ints, Kind, Scale
from andon.streams import bins
from andon.streams.run import Run
from andon.streams.terms import Terms

TONES = ("negative", "neutral", "positive")


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Sparse additions to frames: signal `at` (its position in the run) adds `value` to `column`.

    Additions to one column stand in log order, so that sums of floats do not depend on where batches were cut.
    """

    at: Ints
    column: Ints
    value: Floats


@dataclass(frozen=True, slots=True)
class Layout:
    """A vector's columns; those from `least` on hold a minimum (`least`) and a maximum (`least` + 1), not a sum."""

    kind: Kind
    name: str
    columns: tuple[str, ...]
    scale: Scale | None = None
    least: int | None = None

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return len(self.columns)


def layout(kind: Kind, name: str, scales: Mapping[str, Scale], topics: Mapping[str, tuple[str, ...]]) -> Layout:
    """Return the vector of a kind of signal; `name` is the rating's scale or the gauge's name, "" for all of the kind."""
    if kind is Kind.RATING and name:
        scale = scales[name]
        return Layout(kind, name, tuple(str(value) for value in range(scale.low, scale.high + 1)), scale)
    if kind is Kind.CRASH:
        return Layout(kind, name, ("sessions", "crashes"))
    if kind is Kind.LATENCY:
        return Layout(kind, name, tuple(f"bin {index}" for index in range(bins.COUNT)))
    if kind is Kind.COMPLAINT:
        return Layout(kind, name, ("count", *TONES, *(f"topic {topic}" for topic in topics)))
    if kind in {Kind.GAUGE, Kind.COUNTER}:
        return Layout(kind, name, ("n", "sum", "squares", "min", "max"), least=3)
    return Layout(kind, name, ("count",))


def cells(plan: Layout, run: Run, terms: Terms) -> Cells:
    """Return what signals, all of the layout's kind and name, add to its vector."""
    if plan.scale is not None:
        return _rating(plan.scale, run)
    return _WAYS.get(plan.kind, _count)(run, terms)


def _count(run: Run, _terms: Terms) -> Cells:
    return Cells(np.arange(len(run)), np.zeros(len(run), np.int64), run.weight)


def _rating(scale: Scale, run: Run) -> Cells:
    at = np.flatnonzero((run.value >= scale.low) & (run.value <= scale.high))
    return Cells(at, np.rint(run.value[at] - scale.low).astype(np.int64), run.weight[at])


def _crash(run: Run, _terms: Terms) -> Cells:
    crashes = np.where(run.value >= 0, run.value, 1.0)
    some = np.flatnonzero(crashes)
    column = np.repeat(np.arange(2), (len(run), len(some)))
    return Cells(np.concatenate((np.arange(len(run)), some)), column, np.concatenate((run.weight, crashes[some])))


def _latency(run: Run, _terms: Terms) -> Cells:
    at = np.flatnonzero(run.value >= 0)
    return Cells(at, bins.bins(run.value[at]), run.weight[at])


def _gauge(run: Run, _terms: Terms) -> Cells:
    at = np.flatnonzero(np.isfinite(run.value))
    value, weight = run.value[at], run.weight[at]
    planes = (weight, weight * value, weight * value * value, value, value)
    return Cells(np.tile(at, 5), np.repeat(np.arange(5), len(at)), np.concatenate(planes))


def _complaint(run: Run, terms: Terms) -> Cells:
    where, column = list(range(len(run))), [0] * len(run)
    for position, text in run.texts.items():
        topics, tone = terms.read(text)
        found = [1 + tone, *(1 + len(TONES) + topic for topic in topics)]
        where += [position] * len(found)
        column += found
    rows = np.array(where, np.int64)
    return Cells(rows, np.array(column, np.int64), run.weight[rows])


_WAYS: Mapping[Kind, Callable[[Run, Terms], Cells]] = {
    Kind.CRASH: _crash,
    Kind.LATENCY: _latency,
    Kind.GAUGE: _gauge,
    Kind.COUNTER: _gauge,
    Kind.COMPLAINT: _complaint,
}
