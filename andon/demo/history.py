"""The same customers as in `company`, as columns: weeks of history in batches of one look each, in order of time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product as combinations

import numpy as np

from andon.demo.company import (
    COMPLAINTS,
    CRASHES,
    JOURNEYS,
    PLATFORMS,
    PRODUCTS,
    RATINGS,
    REGIONS,
    REQUESTS,
    SCORES,
    SESSIONS,
    TEXTS,
    TOPICS,
    VERSIONS,
    rhythm,
    spread,
)
from andon.model import KINDS, Batch, Floats, Ints, Kind, Labels, Note


class Columns:
    """Rows of one batch as they gather, a piece at a time."""

    def __init__(self, segments: tuple[Labels, ...], names: tuple[str, ...]) -> None:
        self.segments, self.names = segments, names
        self.pieces: list[tuple[int, Ints, Ints, Floats, Floats]] = []
        self.notes: dict[int, Note] = {}
        self.size = 0

    def add(self, kind: Kind, segment: Ints, name: Ints, value: Floats, of: Floats) -> None:
        """Add rows of one kind."""
        self.pieces.append((KINDS.index(kind), segment, name, value, of))
        self.size += len(segment)

    def batch(self, start: float, end: float) -> Batch:
        """Return all of it as signals of the middle of a stretch of time, arrived at its end."""
        join = [np.concatenate([piece[column] for piece in self.pieces]) for column in range(1, 5)]
        kinds = np.concatenate([np.full(len(piece[1]), piece[0], np.uint8) for piece in self.pieces])
        return Batch(
            arrived=end,
            segments=self.segments,
            names=self.names,
            kind=kinds,
            segment=join[0].astype(np.int32),
            name=join[1].astype(np.int32),
            value=join[2].astype(np.float64),
            of=join[3].astype(np.float64),
            time=np.full(self.size, (start + end) / 2),
            ahead=np.zeros(self.size, np.bool_),
            notes=self.notes,
        )


class History:
    """Draws history; `segments` are all that the company's customers can be in."""

    def __init__(self, random: np.random.Generator) -> None:
        self.random = random
        places = list(combinations(PRODUCTS.items(), REGIONS.items(), PLATFORMS.items()))
        paths = list(combinations(JOURNEYS.items(), PRODUCTS.items(), REGIONS.items()))
        spots = list(combinations(PRODUCTS.items(), REGIONS.items()))
        self.places = np.array([a[1] * b[1] * c[1] for a, b, c in places])
        self.crashes = np.array([CRASHES[c[0]] for _, _, c in places])
        self.paths = np.array([b[1] * c[1] for _, b, c in paths])
        self.grids = [spread(*journey[1]) for journey, _, _ in paths]
        self.spots = np.array([a[1] * b[1] for a, b in spots])
        self.names = ("", *SCORES)
        self.segments: tuple[Labels, ...] = (
            *({"product": a[0], "region": b[0], "platform": c[0], "app_version": VERSIONS[c[0]]} for a, b, c in places),
            *({"product": a[0], "region": b[0], "platform": c[0]} for a, b, c in places),
            *({"journey": a[0], "product": b[0], "region": c[0]} for a, b, c in paths),
            *({"product": a[0], "region": b[0]} for a, b in spots),
        )
        self.topics = list(TOPICS)

    def looks(self, start: float, end: float, seconds: float) -> Iterator[tuple[float, Batch]]:
        """Yield (its end, its signals) for every look of `seconds` between two times."""
        for at in np.arange(start, end, seconds).tolist():
            volume = rhythm(at + seconds / 2) * seconds / 60.0
            yield at + seconds, self._look(at, at + seconds, volume)

    def _look(self, start: float, end: float, volume: float) -> Batch:
        rows = Columns(self.segments, self.names)
        self._sessions(rows, volume)
        self._ratings(rows, volume)
        self._latencies(rows, volume)
        self._complaints(rows, volume)
        return rows.batch(start, end)

    def _sessions(self, rows: Columns, volume: float) -> None:
        sessions = self.random.poisson(SESSIONS * volume * self.places)
        crashes = self.random.binomial(sessions, self.crashes)
        (some,) = np.nonzero(sessions)
        none = np.zeros(len(some), np.int64)
        rows.add(Kind.CRASH, some, none, crashes[some].astype(float), sessions[some].astype(float))

    def _ratings(self, rows: Columns, volume: float) -> None:
        for number, (low, shares) in enumerate(SCORES.values(), 1):
            counts = self.random.poisson(RATINGS / len(SCORES) * volume * np.outer(self.places, shares))
            where, point = np.nonzero(counts)
            values = (low + point).astype(float)
            name = np.full(len(where), number)
            rows.add(Kind.RATING, len(self.places) + where, name, values, counts[where, point].astype(float))

    def _latencies(self, rows: Columns, volume: float) -> None:
        first = 2 * len(self.places)
        for number, (share, (values, chances)) in enumerate(zip(self.paths, self.grids, strict=True)):
            counts = self.random.poisson(REQUESTS * volume * share * chances)
            (some,) = np.nonzero(counts)
            segment, none = np.full(len(some), first + number), np.zeros(len(some), np.int64)
            rows.add(Kind.LATENCY, segment, none, values[some], counts[some].astype(float))

    def _complaints(self, rows: Columns, volume: float) -> None:
        first = 2 * len(self.places) + len(self.paths)
        where = np.repeat(np.arange(len(self.spots)), self.random.poisson(COMPLAINTS * volume * self.spots))
        topics = self.random.choice(len(self.topics), size=len(where), p=list(TOPICS.values()))
        for number, topic in enumerate(topics):
            texts = TEXTS[self.topics[topic]]
            rows.notes[rows.size + number] = Note(text=texts[int(self.random.integers(len(texts)))])
        none = np.zeros(len(where), np.int64)
        rows.add(Kind.COMPLAINT, first + where, none, np.full(len(where), np.nan), np.ones(len(where)))
