"""What the bank sees of the streams at one look: each thing observed once, however many rules ask."""

from __future__ import annotations

import numpy as np

from andon.model import Bools, Floats, Form, Ints, Metric, Observation, Projection
from andon.streams.streams import Streams

DAY = 86_400.0
GAPS = 8.0


class View:
    """The streams as of a look that ended at `end` and is judged at `now`; `learns`: false inside a known event."""

    def __init__(self, streams: Streams, end: float, now: float, *, learns: bool = True) -> None:
        self.streams, self.end, self.now, self.learns = streams, end, now, learns
        self._rows: dict[Projection, Ints] = {}
        self._seen: dict[tuple[Metric, Projection, tuple[float, ...]], Observation] = {}
        self._gaps: dict[Projection, tuple[float, float]] = {}

    def rows(self, projection: Projection) -> Ints:
        """Return the live rows of a projection, (m,)."""
        if projection not in self._rows:
            self._rows[projection] = self.streams.rows(projection)
        return self._rows[projection]

    def observe(self, metric: Metric, projection: Projection, spans: tuple[float, ...]) -> Observation:
        """Return what the metric showed over windows of `spans` seconds, for all live rows."""
        key = (metric, projection, spans)
        if key not in self._seen:
            self._seen[key] = self.streams.observe(metric, projection, self.rows(projection), self.end, spans)
        return self._seen[key]

    def lives(self, projection: Projection, within: float) -> bool:
        """Tell whether the feed behind a projection lives: its newest event is no older than `within` seconds.

        A feed that is slow by nature lives as long as eight of its usual gaps, at most a day, go by without one.
        """
        if projection not in self._gaps:
            rows = self.rows(projection)
            last = self.streams.last(projection, rows)
            volume = float(np.sum(self.streams.volume(projection, rows, self.end, DAY)))
            newest = float(np.max(last, initial=-np.inf, where=~np.isnan(last)))
            self._gaps[projection] = (newest, DAY / volume if volume > 0 else 0.0)
        newest, gap = self._gaps[projection]
        return self.end - newest <= max(within, min(GAPS * gap, DAY))


def natural(observation: Observation) -> Floats:
    """Return the metric's natural value, (m, w): a share, a count per second, a level; NaN where nothing was seen."""
    if observation.form is Form.LEVEL:
        return observation.x
    some = observation.n > 0
    value: Floats = np.divide(observation.x, observation.n, out=np.full(observation.x.shape, np.nan), where=some)
    return value


def behind(observation: Observation) -> Floats:
    """Return how many stand behind each window, (m, w): the counted for a count, n otherwise."""
    return observation.x if observation.form is Form.COUNT else observation.n


def pick(observation: Observation, rows: Ints | Bools, window: int | None = None) -> Observation:
    """Return some series, (k,) indices or (m,) mask, of an observation, and one or all of its windows."""
    windows = slice(None) if window is None else slice(window, window + 1)
    return Observation(
        form=observation.form,
        x=observation.x[rows][:, windows],
        n=observation.n[rows][:, windows],
        seconds=observation.seconds[windows],
    )
