"""One kind of signal under one name: what it adds to frames is worked out once, for all projections that want it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from andon.model import Batch, Floats, Ints, Labels, Projection, Scale
from andon.streams.frames import Frames
from andon.streams.layout import Cells, Layout, cells, layout
from andon.streams.limits import Limits
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

    def fold(self, batch: Batch, at: Ints, found: Cells, segment: Ints, ten: Ints, table: list[Labels]) -> None:
        """Add signals at positions `at`, and the cells they give, to the series they belong to."""
        row_of = np.full(len(batch), -1, np.int64)
        row_of[at] = self.series.place(segment[at], table)
        rows = row_of[found.at]
        inside = rows >= 0
        if not inside.all():
            rows, found = rows[inside], Cells(found.at[inside], found.column[inside], found.value[inside])
        if not len(rows):
            return
        self.series.seen(rows, batch.time[found.at])
        self.frames.add(ten[found.at], rows * self.layout.width + found.column, found.value)
        for position, note in batch.notes.items():
            if note.text and row_of[position] >= 0:
                self.quotes.add(int(row_of[position]), float(batch.time[position]), note.text)

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
        self.sample = Sample(limits.sample)
        self.streams: list[Stream] = []

    def fold(self, batch: Batch, at: Ints, segment: Ints, ten: Ints, table: list[Labels], terms: Terms) -> None:
        """Add the signals at positions `at`; `segment` and `ten` (seconds / 10) are of the whole batch."""
        found = cells(self.layout, batch, at, terms)
        for stream in self.streams:
            stream.fold(batch, at, found, segment, ten, table)
        self.sample.add(segment[at], batch.time[at], *self._measures(batch, at))

    def _measures(self, batch: Batch, at: Ints) -> tuple[Floats, Floats]:
        of = batch.of[at]
        return batch.value[at], np.where(np.isfinite(of) & (of >= 0), of, 1.0)


def feeds(
    projections: Mapping[Projection, None],
    scales: Mapping[str, Scale],
    topics: Mapping[str, tuple[str, ...]],
    limits: Limits,
) -> tuple[list[Feed], dict[Projection, Stream]]:
    """Return the feeds that projections need, each projection under the feed of its kind and name."""
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
