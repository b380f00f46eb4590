"""The streams' state as bytes: a numbered format, msgpack, columns by name, so that it outlives a change of rules."""

from __future__ import annotations

from typing import Protocol

import msgspec
import numpy as np

from andon.errors import ConfigError
from andon.model import Change, Ints, Labels, Projection
from andon.streams.feed import Feed, Stream
from andon.streams.frame import Frame
from andon.streams.frames import SIZES, Frames, held
from andon.streams.layout import Layout
from andon.streams.repeats import Repeats
from andon.streams.segments import Segments
from andon.streams.voices import Changes

FORMAT = 2
"""2: a kind more, `accept`, which no series is of."""


class Held(Protocol):
    """What is kept of the streams, and taken up again."""

    clock: float
    counted: dict[str, float]
    repeats: Repeats
    history: Changes
    segments: Segments
    feeds: list[Feed]
    streams: dict[Projection, Stream]


class SavedSeries(msgspec.Struct, frozen=True):
    """A projection's series, as Series.save returns them."""

    keys: list[tuple[str, ...] | None]
    free: list[int]
    leaving: list[int]
    first: bytes
    last: bytes
    full: bool


class SavedStream(msgspec.Struct, frozen=True):
    """A projection: its series, its frames as (level, index, keys, values), its quotes."""

    projection: bytes
    columns: tuple[str, ...]
    series: SavedSeries
    built: float
    frames: list[tuple[int, int, bytes, bytes]]
    quotes: list[tuple[int, list[tuple[float, str]]]]


class SavedSample(msgspec.Struct, frozen=True):
    """A feed's newest signals; `segment` indexes the snapshot's segments."""

    kind: str
    name: str
    segment: bytes
    time: bytes
    value: bytes
    weight: bytes


class SavedStreams(msgspec.Struct, frozen=True):
    """Everything; `format` comes first and is read first."""

    format: int
    clock: float
    counted: dict[str, float]
    repeats: tuple[list[str], list[float], int]
    changes: list[Change]
    segments: list[Labels]
    samples: list[SavedSample]
    streams: list[SavedStream]


def save(streams: Held) -> bytes:
    """Return the state as bytes; the same state gives the same bytes."""
    streams.repeats.purge(streams.clock)
    used = [feed.sample.columns()[0] for feed in streams.feeds]
    order = _first_seen(np.concatenate(used) if used else np.empty(0, np.int64))
    new = np.full(len(streams.segments) + 1, -1, np.int64)
    new[order] = np.arange(len(order))
    return msgspec.msgpack.encode(
        SavedStreams(
            FORMAT,
            streams.clock,
            streams.counted,
            streams.repeats.save(),
            streams.history.save(),
            [dict(sorted(streams.segments.labels[number].items())) for number in order.tolist()],
            [_sample(feed, new) for feed in streams.feeds],
            [_stream(stream) for stream in streams.streams.values()],
        )
    )


def load(streams: Held, snapshot: bytes) -> None:
    """Take up a state; ConfigError if it was written by a later version."""
    found = msgspec.msgpack.decode(snapshot, type=SavedFormat).format
    if found > FORMAT:
        raise ConfigError(
            f"the snapshot of streams has format {found}, this version reads up to {FORMAT}: start the version that wrote it"
        )
    saved = msgspec.msgpack.decode(snapshot, type=SavedStreams)
    streams.clock = saved.clock
    streams.counted.update(saved.counted)
    streams.repeats.load(saved.repeats)
    streams.history.load(saved.changes)
    numbers = streams.segments.intern(saved.segments)
    samples = {(sample.kind, sample.name): sample for sample in saved.samples}
    for feed in streams.feeds:
        sample = samples.get((feed.layout.kind.value, feed.layout.name))
        if sample is not None:
            segment = numbers[np.frombuffer(sample.segment, np.int64)]
            feed.sample.add(segment, *(np.frombuffer(column) for column in (sample.time, sample.value, sample.weight)))
    old = {one.projection: one for one in saved.streams}
    for projection, stream in streams.streams.items():
        if (one := old.get(_name(projection))) is not None:
            _restore(stream, one)


class SavedFormat(msgspec.Struct, frozen=True):
    """The part of a snapshot that every version reads."""

    format: int


def _first_seen(numbers: Ints) -> Ints:
    distinct, first = np.unique(numbers, return_index=True)
    return distinct[np.argsort(first, kind="stable")]


def _sample(feed: Feed, new: Ints) -> SavedSample:
    segment, time, value, weight = feed.sample.columns()
    columns = (column.tobytes() for column in (new[segment], time, value, weight))
    return SavedSample(feed.layout.kind.value, feed.layout.name, *columns)


def _stream(stream: Stream) -> SavedStream:
    stream.frames.settle()
    frames = [
        (level, index, frame.keys.tobytes(), frame.values.tobytes())
        for level, held in enumerate(stream.frames.levels)
        for index, frame in sorted(held.items())
    ]
    series = SavedSeries(*stream.series.save())
    name, columns = _name(stream.projection), stream.layout.columns
    return SavedStream(name, columns, series, stream.frames.built, frames, stream.quotes.save())


def _restore(stream: Stream, saved: SavedStream) -> None:
    one = saved.series
    stream.series.load((one.keys, one.free, one.leaving, one.first, one.last, one.full))
    stream.quotes.load(saved.quotes)
    stream.frames.built = saved.built
    move = _moves(saved.columns, stream.layout)
    for level, index, keys, values in saved.frames:
        if index * SIZES[level] < stream.frames.since(level):
            continue  # kept by a version that kept more
        frame = Frame(np.frombuffer(keys, np.int64), np.frombuffer(values))
        cells = frame if move is None else _moved(frame, move, stream.frames)
        stream.frames.levels[level][index] = held(level, cells)


def _moves(columns: tuple[str, ...], plan: Layout) -> Ints | None:
    """Return each old column's new place (-1: none), or None if nothing moved."""
    if columns == plan.columns:
        return None
    places = {name: place for place, name in enumerate(plan.columns)}
    return np.array([places.get(name, -1) for name in columns], np.int64)


def _moved(frame: Frame, move: Ints, frames: Frames) -> Frame:
    row, column = np.divmod(frame.keys, len(move))
    stays = move[column] >= 0
    return frames.merged((row * frames.width + move[column])[stays], frame.values[stays])


def _name(projection: Projection) -> bytes:
    where = sorted((match.dimension, sorted(match.values), match.like, match.negate) for match in projection.where)
    return msgspec.json.encode((projection.kind.value, projection.name, where, projection.by))
