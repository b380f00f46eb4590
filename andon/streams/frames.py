"""Frames of one projection: sparse vectors a stretch of event time, finer while young, which merge by adding."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from andon.model import Floats, Ints
from andon.streams.frame import Frame, Weights, joined
from andon.streams.sums import DENSE, distinct, sums

SIZES = (10, 60, 300, 3600)
"""Seconds of event time in a frame, by level."""
KEEP = (3600.0 + 600.0, 86400.0, 14 * 86400.0, 90 * 86400.0)
"""How long each level is kept; the finest outlives the hour in which it may still change by ten minutes."""
_COARSER = (*SIZES[1:], SIZES[-1])
_PENDING = 65_536


def held(level: int, frame: Frame) -> Frame:
    """Return a frame as its level holds it: narrow, but for the finest, which change at every turn and soon go."""
    return frame.narrow() if level else frame


def _repeated(index: list[int], frames: list[Frame]) -> Ints:
    """Return to which frame each cell of several belongs."""
    return np.repeat(np.array(index, np.int64), [frame.size for frame in frames])


@dataclass(slots=True, eq=False)
class Frames:
    """Every frame of a projection, `width` columns a row; `least` as in Layout.

    Cells are added in the order of the log, whenever they are settled, so that sums come out the same to the last bit.
    """

    width: int
    least: int | None = None
    levels: tuple[dict[int, Frame], ...] = field(default_factory=lambda: tuple({} for _ in SIZES))
    built: float = -math.inf
    """Every coarser frame that ends by here exists already; late cells are added to it too."""
    _pending: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)
    _waiting: int = 0
    weights: dict[object, Weights] = field(default_factory=dict)
    """By what its frames have been weighed, each under a name that its reader gives it."""
    _asked: set[Frame] = field(default_factory=set)
    _warm: set[Frame] = field(default_factory=set)

    def add(self, ten: Ints, keys: Ints, values: Floats) -> None:
        """Add cells, each to the ten seconds that begin at 10 * `ten`."""
        self._pending.append((ten, keys, values))
        self._waiting += len(keys)
        if self._waiting > _PENDING:
            self.settle()

    def settle(self) -> None:
        """Put what was added where it belongs."""
        if not self._waiting:
            return
        ten, keys, values = (np.concatenate(column) for column in zip(*self._pending, strict=True))
        self._pending.clear()
        self._waiting = 0
        oldest = int(ten.min()) * SIZES[0]
        for level, size in enumerate(SIZES):
            if level and oldest >= self._end(level):
                continue
            index = ten * SIZES[0] // size
            wanted = (index * size >= self.since(level)) & ((index + 1) * size <= self._end(level))
            if wanted.all():
                self._scatter(level, index, keys, values)
            elif wanted.any():
                self._scatter(level, index[wanted], keys[wanted], values[wanted])

    def roll(self, now: float) -> None:
        """Build the coarser frames that ended by `now`, and drop what is too old for its level."""
        self.settle()
        if now <= self.built:
            return
        for frame in self._warm - self._asked:
            frame.cool()
        self._warm, self._asked = self._asked, set()
        levels = range(len(SIZES))
        ends, starts = [self._end(level) for level in levels], [self.since(level) for level in levels]
        self.built = now
        for level in levels[1:]:
            if self._end(level) > ends[level]:
                self._build(level, ends[level])
        for level in levels:
            if (since := self.since(level)) > starts[level]:
                for index in self._between(level, starts[level], since):
                    del self.levels[level][index]

    def since(self, level: int) -> float:
        """Return the beginning of the oldest frame that a level may hold, on a boundary of the next coarser one."""
        size = _COARSER[level]
        return -math.inf if math.isinf(self.built) else (self.built - KEEP[level]) // size * size

    def pieces(self, start: float, end: float) -> list[Frame]:
        """Return the fewest frames that cover `start`..`end`, in time's order; an old edge is taken as coarse as it is kept."""
        self.settle()
        if math.isinf(self.built):
            return [self.levels[0][index] for index in sorted(self.levels[0]) if start <= index * SIZES[0] < end]
        found: list[Frame] = []
        at, stop = self._aligned(max(start, self.since(len(SIZES) - 1))), self._aligned(end)
        ends = [min(stop, self._end(level)) for level in range(len(SIZES))]
        while at < stop:
            level = len(SIZES) - 1
            while at % SIZES[level] or at + SIZES[level] > ends[level]:
                level -= 1
            if (frame := self.levels[level].get(int(at // SIZES[level]))) is not None:
                found.append(frame)
            at += SIZES[level]
        self._asked.update(found)
        return found

    def all(self) -> list[Frame]:
        """Return every frame held."""
        self.settle()
        return [frame for frames in self.levels for frame in frames.values()]

    def forget(self, rows: Ints) -> None:
        """Drop every cell of some rows."""
        self.settle()
        for level, frames in enumerate(self.levels):
            for index, frame in list(frames.items()):
                stays = ~np.isin(frame.keys // self.width, rows)
                if stays.any():
                    frames[index] = held(level, Frame(frame.keys[stays], frame.values[stays]))
                else:
                    del frames[index]

    def merged(self, keys: Ints, values: Floats) -> Frame:
        """Return cells with each key once; equal keys add up in the order they stand in."""
        if not len(keys):
            return Frame(keys, values)
        low = int(keys.min())
        if (room := int(keys.max()) - low + 1) <= DENSE * len(keys):
            return self._counted(low, keys - low, values, room)
        order = np.argsort(keys)
        ordered = keys[order]
        news = np.concatenate(([True], ordered[1:] != ordered[:-1]))
        distinct, group = ordered[news], np.empty(len(keys), np.int64)
        group[order] = np.cumsum(news) - 1
        added = sums(group, values, len(distinct))
        if self.least is not None:
            begins, by_key, column = np.flatnonzero(news), values[order], distinct % self.width
            added = np.where(column == self.least, np.minimum.reduceat(by_key, begins), added)
            added = np.where(column == self.least + 1, np.maximum.reduceat(by_key, begins), added)
        return Frame(distinct, added)

    def _counted(self, low: int, keys: Ints, values: Floats, room: int) -> Frame:
        """Do as `merged` does without sorting: keys, less `low`, are below `room`, which is not much more than they are."""
        there = np.zeros(room, np.bool_)
        there[keys] = True
        distinct = np.flatnonzero(there)
        added = sums(keys, values, room)[distinct]
        if self.least is not None:
            least = (self.least - low) % self.width
            for add, first in ((np.minimum, least), (np.maximum, (least + 1) % self.width)):
                picked = keys % self.width == first
                found = np.full(room, -math.inf if add is np.maximum else math.inf)
                add.at(found, keys[picked], values[picked])
                added = np.where(distinct % self.width == first, found[distinct], added)
        return Frame(distinct + low, added)

    def _end(self, level: int) -> float:
        """Return where the frames of a level that are built end; the finest needs no building."""
        if level == 0:
            return math.inf
        return -math.inf if math.isinf(self.built) else self.built // SIZES[level] * SIZES[level]

    def _aligned(self, at: float) -> float:
        """Return the beginning of the finest frame kept that holds a time."""
        size = next((size for level, size in enumerate(SIZES) if at >= self.since(level)), SIZES[-1])
        return at // size * size

    def _scatter(self, level: int, index: Ints, keys: Ints, values: Floats) -> None:
        """Add cells to the frames of a level; what was there before comes first."""
        frames = self.levels[level]
        if there := [one for one in distinct(index).tolist() if one in frames]:
            before = [frames[one] for one in there]
            was = joined(before)
            index = np.concatenate([_repeated(there, before), index])
            keys, values = np.concatenate([was.keys, keys]), np.concatenate([was.values, values])
        self._place(level, index, keys, values)

    def _build(self, level: int, before: float) -> None:
        ratio, finer = SIZES[level] // SIZES[level - 1], self.levels[level - 1]
        if found := self._between(level - 1, before, self._end(level)):
            frames = [finer[index] for index in found]
            cells = joined(frames)
            self._place(level, _repeated([index // ratio for index in found], frames), cells.keys, cells.values)

    def _place(self, level: int, index: Ints, keys: Ints, values: Floats) -> None:
        """Make frames of a level from cells, each of the frame `index`: all of them in one sort."""
        first, stride = int(index.min()), int(keys.max()) + 1
        stride += -stride % self.width
        merged = self.merged((index - first) * stride + keys, values)
        of = merged.keys // stride
        cells = held(level, Frame(merged.keys - of * stride, merged.values))
        news = np.ones(len(of), np.bool_)
        np.not_equal(of[1:], of[:-1], out=news[1:])
        begins = np.flatnonzero(news)
        made = cells.cut(begins)
        if level and not cells.is_narrow:
            made = [frame.narrow() for frame in made]
        self.levels[level].update(zip((of[begins] + first).tolist(), made, strict=True))

    def _between(self, level: int, begin: float, end: float) -> list[int]:
        """Return the frames of a level that begin in `begin`..`end`, ascending; a short stretch needs no look at all of them."""
        frames, size = self.levels[level], SIZES[level]
        if end - begin < size * len(frames):
            return [index for index in range(math.ceil(begin / size), math.ceil(end / size)) if index in frames]
        return sorted(index for index in frames if begin <= index * size < end)
