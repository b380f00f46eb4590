"""What a frame's vector holds for each kind of signal, by column name, and how signals become its cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from andon.model import Batch, Floats, Ints, Kind, Scale
from andon.streams import bins
from andon.streams.terms import Terms


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Sparse additions to frames: signal `at` (position in its batch) adds `value` to `column`.

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


TONES = ("negative", "neutral", "positive")


def cells(plan: Layout, batch: Batch, at: Ints, terms: Terms) -> Cells:
    """Return what the signals at positions `at`, all of the layout's kind and name, add to its vector."""
    if plan.scale is not None:
        return _rating(plan.scale, batch, at)
    return _WAYS.get(plan.kind, _count)(batch, at, terms)


def _weight(batch: Batch, at: Ints) -> Floats:
    of = batch.of[at]
    return np.where(np.isfinite(of) & (of >= 0), of, 1.0)


def _count(batch: Batch, at: Ints, _terms: Terms) -> Cells:
    return Cells(at, np.zeros(len(at), np.int64), _weight(batch, at))


def _rating(scale: Scale, batch: Batch, at: Ints) -> Cells:
    value = batch.value[at]
    fits = (value >= scale.low) & (value <= scale.high)
    if not fits.all():
        at, value = at[fits], value[fits]
    return Cells(at, np.rint(value - scale.low).astype(np.int64), _weight(batch, at))


def _crash(batch: Batch, at: Ints, _terms: Terms) -> Cells:
    crashes = np.where(batch.value[at] >= 0, batch.value[at], 1.0)
    some = np.flatnonzero(crashes)
    column = np.concatenate((np.zeros(len(at), np.int64), np.ones(len(some), np.int64)))
    return Cells(np.concatenate((at, at[some])), column, np.concatenate((_weight(batch, at), crashes[some])))


def _latency(batch: Batch, at: Ints, _terms: Terms) -> Cells:
    value = batch.value[at]
    fits = value >= 0
    if not fits.all():
        at, value = at[fits], value[fits]
    return Cells(at, bins.bins(value), _weight(batch, at))


def _gauge(batch: Batch, at: Ints, _terms: Terms) -> Cells:
    at = at[np.isfinite(batch.value[at])]
    value, weight = batch.value[at], _weight(batch, at)
    column = np.repeat(np.arange(5, dtype=np.int64), len(at))
    planes = (weight, weight * value, weight * value * value, value, value)
    return Cells(np.tile(at, 5), column, np.concatenate(planes))


def _complaint(batch: Batch, at: Ints, terms: Terms) -> Cells:
    weight = _weight(batch, at)
    where, column = [np.arange(len(at))], [np.zeros(len(at), np.int64)]
    for index, position in enumerate(at.tolist()):
        note = batch.notes.get(position)
        if note is None or not note.text:
            continue
        found = [1 + terms.tone(note.text), *(1 + len(TONES) + topic for topic in terms.topics(note.text))]
        where.append(np.full(len(found), index))
        column.append(np.asarray(found, np.int64))
    rows = np.concatenate(where)
    return Cells(at[rows], np.concatenate(column), weight[rows])


_WAYS: Mapping[Kind, Callable[[Batch, Ints, Terms], Cells]] = {
    Kind.CRASH: _crash,
    Kind.LATENCY: _latency,
    Kind.GAUGE: _gauge,
    Kind.COUNTER: _gauge,
    Kind.COMPLAINT: _complaint,
}
