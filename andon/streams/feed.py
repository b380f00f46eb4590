"""One kind of signal under one name: what it adds to frames is worked out once, for all projections that want it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from andon.model import KINDS, Ints, Kind, Labels, Projection, Scale
from andon.streams.frames import SIZES, Frames
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

    def fold(self, run: Run, ten: Ints, found: Cells, texts: Iterable[tuple[int, str]], table: list[Labels]) -> None:
        """Add signals, the cells they give (each to the ten seconds that begin at 10 * `ten`), and their texts."""
        rows = self.series.place(run.segment, table)
        inside = rows >= 0
        row, column, value = rows[found.at], found.column, found.value
        if inside.all():
            self.series.seen(rows, run.time)
        elif inside.any():
            self.series.seen(rows[inside], run.time[inside])
            stays = row >= 0
            row, ten, column, value = row[stays], ten[stays], column[stays], value[stays]
        else:
            return
        self.frames.add(ten, row * self.layout.width + column, value)
        for position, text in texts:
            if rows[position] >= 0:
                self.quotes.add(int(rows[position]), float(run.time[position]), text)

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

    def fold(self, run: Run, table: list[Labels], terms: Terms) -> None:
        """Add signals, all of this layout; `table` holds the segments' labels."""
        found = cells(self.layout, run, terms)
        ten = (np.floor(run.time).astype(np.int64) // SIZES[0])[found.at]
        texts = self._telling(run)
        for stream in self.streams:
            stream.fold(run, ten, found, texts, table)
        value = marks(found, len(run)) if self.layout.kind is Kind.COMPLAINT else run.value
        self.sample.add(run.segment, run.time, value, run.weight)

    def _telling(self, run: Run) -> list[tuple[int, str]]:
        """Return the texts worth quoting: those of good ratings do not tell what is wrong."""
        good = math.inf if self.layout.scale is None else self.layout.scale.good[0]
        return [(position, text) for position, text in run.texts.items() if not run.value[position] >= good]


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
