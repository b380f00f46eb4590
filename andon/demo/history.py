"""The same customers as in `company`, as columns: weeks of history in batches of one look each, in order of time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product as combinations
from typing import TypeAlias

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

Figures: TypeAlias = "Floats | Ints"


class Columns:
    """Rows of one batch as they gather, a kind at a time."""

    def __init__(self, segments: tuple[Labels, ...], names: tuple[str, ...]) -> None:
        self.segments, self.names = segments, names
        self.pieces: list[tuple[int, Ints, Ints, Figures, Figures, Floats]] = []
        self.notes: dict[int, Note] = {}
        self.size = 0

    def add(self, kind: Kind, time: Floats, segment: Ints, value: Figures, of: Figures, name: int = 0) -> None:
        """Add rows of one kind and name."""
        self.pieces.append((KINDS.index(kind), np.full(len(time), name), segment, value, of, time))
        self.size += len(time)

    def batch(self, end: float) -> Batch:
        """Return all of it, in the order of time, as signals that arrived at `end`."""
        kinds = np.concatenate([np.full(len(one[1]), one[0], np.uint8) for one in self.pieces])
        name, segment, value, of, time = (
            np.concatenate([one[column] for one in self.pieces]) for column in range(1, 6)
        )
        order = np.argsort(time, kind="stable")
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        return Batch(
            arrived=end,
            segments=self.segments,
            names=self.names,
            kind=kinds[order],
            segment=segment[order].astype(np.int32),
            name=name[order].astype(np.int32),
            value=value[order].astype(np.float64),
            of=of[order].astype(np.float64),
            time=time[order],
            ahead=np.zeros(self.size, np.bool_),
            notes={int(place[row]): note for row, note in self.notes.items()},
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
        grids = [spread(*journey[1]) for journey, _, _ in paths]
        self.grid = np.array([values for values, _ in grids])
        self.paths = np.array([b[1] * c[1] * grid[1] for (_, b, c), grid in zip(paths, grids, strict=True)])
        self.spots = np.array([a[1] * b[1] for a, b in spots])
        self.names = ("", *SCORES)
        self.segments: tuple[Labels, ...] = (
            *({"product": a[0], "region": b[0], "platform": c[0], "app_version": VERSIONS[c[0]]} for a, b, c in places),
            *({"product": a[0], "region": b[0], "platform": c[0]} for a, b, c in places),
            *({"journey": a[0], "product": b[0], "region": c[0]} for a, b, c in paths),
            *({"product": a[0], "region": b[0]} for a, b in spots),
        )
        self.topics = list(TOPICS)

    def pieces(self, start: float, end: float, piece: float, look: float) -> Iterator[tuple[float, Batch]]:
        """Yield (its end, its signals) for every piece of history, each drawn a `look` of seconds at a time."""
        for at in np.arange(start, end, piece).tolist():
            middles = np.arange(at + look / 2, at + piece, look)
            volumes = np.array([rhythm(middle) for middle in middles.tolist()]) * look / 60.0
            yield at + piece, self._piece(middles, volumes, at + piece)

    def _piece(self, middles: Floats, volumes: Floats, end: float) -> Batch:
        rows = Columns(self.segments, self.names)
        self._sessions(rows, middles, volumes)
        self._ratings(rows, middles, volumes)
        self._latencies(rows, middles, volumes)
        self._complaints(rows, middles, volumes)
        return rows.batch(end)

    def _sessions(self, rows: Columns, middles: Floats, volumes: Floats) -> None:
        sessions = self.random.poisson(SESSIONS * np.outer(volumes, self.places))
        crashes = self.random.binomial(sessions, self.crashes)
        look, place = np.nonzero(sessions)
        rows.add(Kind.CRASH, middles[look], place, crashes[look, place], sessions[look, place])

    def _ratings(self, rows: Columns, middles: Floats, volumes: Floats) -> None:
        for name, (low, shares) in enumerate(SCORES.values(), 1):
            chances = np.outer(self.places, shares) * RATINGS / len(SCORES)
            counts = self.random.poisson(volumes[:, None, None] * chances)
            look, place, point = np.nonzero(counts)
            count = counts[look, place, point]
            rows.add(Kind.RATING, middles[look], len(self.places) + place, low + point, count, name)

    def _latencies(self, rows: Columns, middles: Floats, volumes: Floats) -> None:
        counts = self.random.poisson(REQUESTS * volumes[:, None, None] * self.paths)
        look, path, point = np.nonzero(counts)
        first = 2 * len(self.places)
        rows.add(Kind.LATENCY, middles[look], first + path, self.grid[path, point], counts[look, path, point])

    def _complaints(self, rows: Columns, middles: Floats, volumes: Floats) -> None:
        counts = self.random.poisson(COMPLAINTS * np.outer(volumes, self.spots))
        look, spot = np.nonzero(counts)
        look, spot = np.repeat(look, counts[look, spot]), np.repeat(spot, counts[look, spot])
        topics = self.random.choice(len(self.topics), size=len(look), p=list(TOPICS.values()))
        for number, topic in enumerate(topics):
            texts = TEXTS[self.topics[topic]]
            rows.notes[rows.size + number] = Note(text=texts[int(self.random.integers(len(texts)))])
        first = 2 * len(self.places) + self.paths.shape[0]
        rows.add(Kind.COMPLAINT, middles[look], first + spot, np.full(len(look), np.nan), np.ones(len(look)))
