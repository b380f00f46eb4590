"""Folds batches into the frames of every projection, and answers what a look asks of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from andon.model import (
    KINDS,
    Batch,
    Bools,
    Change,
    Floats,
    Ints,
    Kind,
    Labels,
    Metric,
    Observation,
    Part,
    Projection,
    Scale,
)
from andon.streams import reading, snapshot
from andon.streams import run as runs
from andon.streams.feed import Stream, feeds
from andon.streams.limits import Limits
from andon.streams.parts import badness, parts
from andon.streams.repeats import Repeats
from andon.streams.segments import Segments
from andon.streams.split import pick
from andon.streams.sums import sums
from andon.streams.terms import terms
from andon.streams.voices import Changes

__all__ = ["Limits", "Streams"]

_ONCE = np.isin(
    np.arange(len(KINDS)), [KINDS.index(kind) for kind in (Kind.RATING, Kind.COMPLAINT, Kind.PULL, Kind.CHANGE)]
)
_TOGETHER = 8192
"""Signals that wait before they are folded, unless somebody asks first."""
_CHANGE = KINDS.index(Kind.CHANGE)
_DAY = 86_400.0


class Streams:
    """The frames of every projection; all that is asked of them is a sum over a window."""

    def __init__(
        self,
        projections: Sequence[Projection],
        scales: Mapping[str, Scale],
        topics: Mapping[str, tuple[str, ...]],
        limits: Limits = Limits(),  # noqa: B008 - frozen, so it may be shared
    ) -> None:
        self.limits = limits
        self.feeds, self.streams = feeds(dict.fromkeys(projections), scales, topics, limits)
        self.segments, self.repeats, self.history = (
            Segments(),
            Repeats(limits.ids, limits.repeat),
            Changes(limits.changes),
        )
        self.clock = -math.inf
        """The newest event time seen."""
        self._day = -math.inf
        self.counted: dict[str, float] = dict.fromkeys(
            ("signals", "repeated", "late", "too_late", "expired", "ahead"), 0.0
        )
        self._terms = terms(topics)
        self._names = {name: number for number, name in enumerate(dict.fromkeys(one.name for one in projections))}
        self._queue: list[Batch] = []
        self._queued = 0

    def fold(self, batch: Batch) -> Batch:
        """Add a batch to the frames; return it without the signals whose id was seen before, and those beyond retention."""
        return self.take(batch)[0]

    def take(self, batch: Batch) -> tuple[Batch, Ints]:
        """Do as `fold` does, and return beside it where in the batch what is left stood."""
        kept = np.flatnonzero(self._admit(batch)) if len(batch) else np.empty(0, np.int64)
        if len(kept) < len(batch):
            batch = pick(batch, kept)
        if len(batch):
            self._enqueue(batch)
        return batch, kept

    def rows(self, projection: Projection) -> Ints:
        """Return the rows of a projection's live series, ascending."""
        return self._stream(projection).series.rows()

    def alive(self) -> bool:
        """Tell whether there is any series."""
        self._flush()
        return any(len(stream.series) for stream in self.streams.values())

    def labels(self, projection: Projection, row: int) -> Labels:
        """Return a series' values of the projection's dimensions; one that was missing is left out."""
        return self._stream(projection).series.labels(row)

    def segments_of(self, projection: Projection, rows: Ints) -> list[Labels]:
        """Return `labels` of many rows."""
        return list(map(self._stream(projection).series.labels, rows.tolist()))

    def keys(self, projection: Projection, rows: Ints) -> list[tuple[str, ...]]:
        """Return the values of the projection's dimensions, in their order; "" for one that is missing."""
        return self._stream(projection).series.keys(rows)

    def observe(
        self, metric: Metric, projection: Projection, rows: Ints, end: float, spans: Sequence[float]
    ) -> Observation:
        """Return what a metric showed in windows of `spans` seconds that end at `end`: x and n (m, w)."""
        stream = self._stream(projection)
        return reading.observe(metric, stream.layout, stream.frames, rows, stream.series.room, end, spans)

    def volume(self, projection: Projection, rows: Ints, end: float, span: float) -> Floats:
        """Return how many signals (sessions, for crashes) series had in a window, (m,)."""
        stream = self._stream(projection)
        return reading.total(stream.layout, stream.frames, stream.series.room, end, span)[rows]

    def first(self, projection: Projection, rows: Ints) -> Floats:
        """Return the earliest event time seen of each series."""
        return self._stream(projection).series.first[rows]

    def last(self, projection: Projection, rows: Ints) -> Floats:
        """Return the newest event time seen of each series."""
        return self._stream(projection).series.last[rows]

    def quotes(self, projection: Projection, row: int, most: int = 3) -> list[str]:
        """Return the newest texts of a series, newest first, as they came in."""
        return self._stream(projection).quotes.newest(row, most)

    def parts(
        self, metric: Metric, projection: Projection, row: int, end: float, span: float, most: int = 3
    ) -> list[Part]:
        """Return the finer segments that carry most of what was bad in a window, judged on the newest signals kept."""
        stream = self._stream(projection)
        feed = next(feed for feed in self.feeds if stream in feed.streams)
        segment, time, value, weight = feed.sample.columns()
        some = np.flatnonzero((time >= end - span) & (time < end))
        some = some[stream.series.find(segment[some], self.segments.labels) == row]
        value, weight = value[some], weight[some]
        names, back = np.unique(segment[some], return_inverse=True)
        bad = sums(back, badness(metric, feed.layout, value, weight), len(names))
        of = sums(back, weight, len(names))
        return parts([self.segments.labels[n] for n in names.tolist()], bad, of, frozenset(projection.by), most)

    def changes(self, labels: Labels, since: float, until: float) -> list[Change]:
        """Return the newest releases and flags in a stretch of time whose labels do not contradict, newest first."""
        return self.history.between(labels, since, until)

    def age(self, now: float) -> None:
        """Roll up what has ended by `now`, and forget what is too old: frames, ids, idle series."""
        self._flush()
        self.repeats.purge(self.clock)
        for stream in self.streams.values():
            stream.frames.roll(now)
            stream.evict(now - self.limits.idle)
        if now // _DAY > self._day:
            self._day = now // _DAY
            self._forget(self._day * _DAY - self.limits.retention)

    def _forget(self, before: float) -> None:
        """Forget what people said, what was changed, and single signals, from before a time."""
        self.history.forget(before)
        for feed in self.feeds:
            feed.sample.forget(before)
            for stream in feed.streams:
                stream.quotes.expire(before)

    def evicted(self, projection: Projection) -> Ints:
        """Return the rows forgotten since last asked; after that they may be given to new series."""
        return self._stream(projection).series.leave()

    def overflowed(self) -> list[tuple[Projection, str]]:
        """Return the projections whose limit of series was hit, each with its dimension of most values."""
        self._flush()
        return [(one, stream.series.widest()) for one, stream in self.streams.items() if stream.series.full]

    def facts(self) -> dict[str, float]:
        """Return counts of signals, series and frames, and the bytes that frames take."""
        self._flush()
        frames = [frame for stream in self.streams.values() for frame in stream.frames.all()]
        return {
            **self.counted,
            "ids": float(len(self.repeats)),
            "ids_dropped": float(self.repeats.dropped),
            "series": float(sum(len(stream.series) for stream in self.streams.values())),
            "frames": float(len(frames)),
            "bytes": float(sum(frame.nbytes for frame in frames)),
        }

    def save(self) -> bytes:
        """Return the whole state in a numbered format."""
        self._flush()
        return snapshot.save(self)

    def load(self, saved: bytes) -> None:
        """Take up a saved state: projections that are no more are left out, columns are found again by name."""
        snapshot.load(self, saved)

    def _admit(self, batch: Batch) -> Bools:
        """Move the clock, count, and return which signals are to be added."""
        clock = np.maximum.accumulate(np.maximum(batch.time, self.clock))
        self.clock = float(clock[-1])
        behind = clock - batch.time
        prompt = behind.max() <= min(self.limits.lateness, self.limits.too_late, self.limits.retention)
        kept: Bools = np.ones(len(batch), np.bool_) if prompt else behind <= self.limits.retention
        counted = self.counted
        counted["expired"] += float(len(batch) - np.count_nonzero(kept))
        if batch.notes:
            repeated = np.zeros(len(batch), np.bool_)
            self.repeats.mark(batch, kept & _ONCE[batch.kind], clock, repeated)
            counted["repeated"] += float(np.count_nonzero(repeated))
            kept &= ~repeated
        counted["signals"] += float(np.count_nonzero(kept))
        counted["ahead"] += float(np.count_nonzero(kept & batch.ahead))
        if not prompt:
            counted["late"] += float(np.count_nonzero(kept & (behind > self.limits.lateness)))
            counted["too_late"] += float(np.count_nonzero(kept & (behind > self.limits.too_late)))
        return kept

    def _enqueue(self, batch: Batch) -> None:
        self._queue.append(batch)
        self._queued += len(batch)
        for position in np.flatnonzero(batch.kind == _CHANGE).tolist():
            self._change(batch, position)
        if self._queued >= _TOGETHER:
            self._flush()

    def _flush(self) -> None:
        """Fold the batches that wait; several at one go cost far less than one by one, and add up to the same."""
        if not self._queue:
            return
        queue, self._queue, self._queued = self._queue, [], 0
        self._make_room(sum(len(batch.segments) for batch in queue))
        together = runs.join(queue, self.segments, self._names)
        for feed in self.feeds:
            wanted = together.kind == feed.code
            if feed.layout.name:
                wanted &= together.name == self._names[feed.layout.name]
            at = np.flatnonzero(wanted)
            if len(at):
                mine = together if len(at) == len(together) else runs.pick(together, at)
                feed.fold(mine, self.segments.labels, self._terms)

    def _stream(self, projection: Projection) -> Stream:
        self._flush()
        return self.streams[projection]

    def _change(self, batch: Batch, position: int) -> None:
        note = batch.notes.get(position)
        labels = batch.segments[int(batch.segment[position])]
        name = batch.names[int(batch.name[position])]
        text = "" if note is None else note.text[: self.limits.quote]
        self.history.add(Change(name=name, at=float(batch.time[position]), labels=labels, text=text))

    def _make_room(self, coming: int) -> None:
        """Keep the table of segments bounded: past twice what the samples can hold, only what they hold stays."""
        most = max(65_536, 2 * self.limits.sample * len(self.feeds))
        if len(self.segments) + coming <= most:
            return
        held = [feed.sample.columns()[0] for feed in self.feeds]
        new = self.segments.keep(np.unique(np.concatenate(held)) if held else np.empty(0, np.int64))
        for feed in self.feeds:
            feed.sample.renumber(new)
            for stream in feed.streams:
                stream.series.renumber()
