"""One kind of signal under one name: what it adds to frames is worked out once, for all projections that want it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from andon.model import KINDS, Ints, Kind, Labels, Projection, Scale
from andon.streams.frames import Frames
from andon.streams.layout import Cells, Layout, cells, layout
from andon.streams.limits import Limits
from andon.streams.parts import marks
from andon.streams.run import Run
from andon.streams.sample import Sample
from andon.streams.series import Series
from andon.streams.terms import Terms
from andon.streams.voices import Quotes


class Stream:
    """One projection's series, frames and quotes."""

    def __init__(self, projection: Projection, plan: Layout, limits: Limits) -> None:
        self.projection, self.layout = projection, plan
        self.series = Series(projection, limits.series)
        self.frames = Frames(plan.width, plan.least)
        self.quotes = Quotes(limits.quotes, limits.quote)

    def fold(self, run: Run, at: Ints, found: Cells, texts: Iterable[tuple[int, str]], table: list[Labels]) -> None:
        """Add signals at positions `at`, the cells they give and their texts to the series they belong to."""
        rows = self.series.place(run.segment[at], table)
        row_of = np.full(len(run), -1, np.int64)
        row_of[at] = rows
        inside = rows >= 0
        if not inside.any():
            return
        self.series.seen(rows[inside], run.time[at[inside]])
        where, column, value = found.at, found.column, found.value
        row = row_of[where]
        if not inside.all():
            stays = row >= 0
            row, where, column, value = row[stays], where[stays], column[stays], value[stays]
        ten = np.floor_divide(run.time[where], 10).astype(np.int64)
        self.frames.add(ten, row * self.layout.width + column, value)
        for position, text in texts:
            if row_of[position] >= 0:
                self.quotes.add(int(row_of[position]), float(run.time[position]), text)

    def evict(self, before: float) -> None:
        """Forget series whose newest signal is older than `before`."""
        gone = self.series.evict(before)
        if len(gone):
            self.frames.forget(gone)
            for row in gone.tolist():
                self.quotes.forget(row)


class Feed:
    """All signals of one layout: its projections, and the newest signals as evidence."""

    def __init__(self, plan: Layout, limits: Limits) -> None:
        self.layout = plan
        self.code = KINDS.index(plan.kind)
        self.sample = Sample(limits.sample)
        self.streams: list[Stream] = []

    def fold(self, run: Run, at: Ints, table: list[Labels], terms: Terms) -> None:
        """Add the signals at positions `at`, all of this layout; `table` holds the segments' labels."""
        found = cells(self.layout, run, at, terms)
        texts = self._telling(run, at) if run.texts else []
        for stream in self.streams:
            stream.fold(run, at, found, texts, table)
        value = marks(found, len(run))[at] if self.layout.kind is Kind.COMPLAINT else run.value[at]
        self.sample.add(run.segment[at], run.time[at], value, run.weight[at])

    def _telling(self, run: Run, at: Ints) -> list[tuple[int, str]]:
        """Return the texts worth quoting: those of good ratings do not tell what is wrong."""
        wanted = np.zeros(len(run), np.bool_)
        wanted[at] = True
        if self.layout.scale is not None:
            wanted &= ~(run.value >= self.layout.scale.good[0])
        return [(position, text) for position, text in run.texts.items() if wanted[position]]


def feeds(
    projections: Iterable[Projection],
    scales: Mapping[str, Scale],
    topics: Mapping[str, tuple[str, ...]],
    limits: Limits,
) -> tuple[list[Feed], dict[Projection, Stream]]:
    """Return the feeds that distinct projections need, each projection under the feed of its kind and name."""
    by_name: dict[tuple[str, str], Feed] = {}
    streams: dict[Projection, Stream] = {}
    for projection in projections:
        key = (projection.kind.value, projection.name)
        feed = by_name.get(key)
        if feed is None:
            feed = by_name[key] = Feed(layout(projection.kind, projection.name, scales, topics), limits)
        streams[projection] = Stream(projection, feed.layout, limits)
        feed.streams.append(streams[projection])
    return list(by_name.values()), streams
