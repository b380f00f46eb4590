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


def cells(plan: Layout, run: Run, at: Ints, terms: Terms) -> Cells:
    """Return what the signals at positions `at`, all of the layout's kind and name, add to its vector."""
    if plan.scale is not None:
        return _rating(plan.scale, run, at)
    return _WAYS.get(plan.kind, _count)(run, at, terms)


def _count(run: Run, at: Ints, _terms: Terms) -> Cells:
    return Cells(at, np.zeros(len(at), np.int64), run.weight[at])


def _rating(scale: Scale, run: Run, at: Ints) -> Cells:
    value = run.value[at]
    fits = (value >= scale.low) & (value <= scale.high)
    if not fits.all():
        at, value = at[fits], value[fits]
    return Cells(at, np.rint(value - scale.low).astype(np.int64), run.weight[at])


def _crash(run: Run, at: Ints, _terms: Terms) -> Cells:
    value = run.value[at]
    crashes = np.where(value >= 0, value, 1.0)
    some = np.flatnonzero(crashes)
    column = np.concatenate((np.zeros(len(at), np.int64), np.ones(len(some), np.int64)))
    return Cells(np.concatenate((at, at[some])), column, np.concatenate((run.weight[at], crashes[some])))


def _latency(run: Run, at: Ints, _terms: Terms) -> Cells:
    value = run.value[at]
    fits = value >= 0
    if not fits.all():
        at, value = at[fits], value[fits]
    return Cells(at, bins.bins(value), run.weight[at])


def _gauge(run: Run, at: Ints, _terms: Terms) -> Cells:
    at = at[np.isfinite(run.value[at])]
    value, weight = run.value[at], run.weight[at]
    column = np.repeat(np.arange(5, dtype=np.int64), len(at))
    planes = (weight, weight * value, weight * value * value, value, value)
    return Cells(np.tile(at, 5), column, np.concatenate(planes))


def _complaint(run: Run, at: Ints, terms: Terms) -> Cells:
    where, column = at.tolist(), [0] * len(at)
    for position in at.tolist():
        if (text := run.texts.get(position)) is not None:
            topics, tone = terms.read(text)
            found = [1 + tone, *(1 + len(TONES) + topic for topic in topics)]
            where += [position] * len(found)
            column += found
    rows = np.array(where, np.int64)
    return Cells(rows, np.array(column, np.int64), run.weight[rows])


_WAYS: Mapping[Kind, Callable[[Run, Ints, Terms], Cells]] = {
    Kind.CRASH: _crash,
    Kind.LATENCY: _latency,
    Kind.GAUGE: _gauge,
    Kind.COUNTER: _gauge,
    Kind.COMPLAINT: _complaint,
}
