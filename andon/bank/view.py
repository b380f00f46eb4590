"""What the bank sees of the streams at one look: each thing observed once, however many rules ask."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from andon.model import Bools, Floats, Form, Ints, Kind, Metric, Observation, Projection
from andon.rulebook.model import Event
from andon.streams.streams import Streams

DAY = 86_400.0
GAPS = 8.0
VOLUME = "volume"


class View:
    """The streams as of a look that ended at `end` and is judged at `now`.

    Inside a known event nothing is learnt (`learns` is false), and where it brings a multiple of the usual volume, a
    count's exposure is counted as that multiple: what it brings is expected.
    """

    def __init__(self, streams: Streams, end: float, now: float, events: Sequence[Event] = ()) -> None:
        self.streams, self.end, self.now, self.known = streams, end, now, events
        self.learns = not any(event.start < end <= event.end for event in events)
        self._events = [event for event in events if event.expect.get(VOLUME, 1.0) != 1.0 and event.start < end]
        self._rows: dict[Projection, Ints] = {}
        self._seen: dict[tuple[Metric, Projection, tuple[float, ...]], Observation] = {}
        self._gaps: dict[Projection, tuple[float, float]] = {}

    def before(self, end: float) -> View:
        """Return what was to be seen at an earlier look, with all that has come since."""
        return View(self.streams, end, end, self.known)

    def rows(self, projection: Projection) -> Ints:
        """Return the live rows of a projection, (m,)."""
        if projection not in self._rows:
            self._rows[projection] = self.streams.rows(projection)
        return self._rows[projection]

    def observe(
        self, metric: Metric, projection: Projection, spans: tuple[float, ...], rows: Ints | None = None
    ) -> Observation:
        """Return what the metric showed over windows of `spans` seconds, for some rows or all that live."""
        if rows is not None:
            return self._scaled(metric, self.streams.observe(metric, projection, rows, self.end, spans))
        key = (metric, projection, spans)
        if key not in self._seen:
            seen = self.streams.observe(metric, projection, self.rows(projection), self.end, spans)
            self._seen[key] = self._scaled(metric, seen)
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

    def _scaled(self, metric: Metric, seen: Observation) -> Observation:
        if not self._events or metric.form is not Form.COUNT or metric.kind is Kind.COUNTER:
            return seen
        more = np.zeros(len(seen.seconds))
        for event in self._events:
            inside = np.minimum(self.end, event.end) - np.maximum(self.end - seen.seconds, event.start)
            more += np.maximum(inside, 0.0) * (event.expect[VOLUME] - 1.0)
        return Observation(form=seen.form, x=seen.x, n=seen.n + more, seconds=seen.seconds)


def natural(observation: Observation) -> Floats:
    """Return the metric's natural value, (m, w): a share, a count per second, a level, a mean score; NaN: nothing seen."""
    if observation.form in {Form.LEVEL, Form.SCORE}:
        return observation.x
    some = observation.n > 0
    value: Floats = np.divide(observation.x, observation.n, out=np.full(observation.x.shape, np.nan), where=some)
    return value


def behind(observation: Observation) -> Floats:
    """Return how many stand behind each window, (m, w): the counted for a count, n otherwise."""
    return observation.x if observation.form is Form.COUNT else observation.n


def pick(observation: Observation, rows: Ints | Bools, window: int | None = None) -> Observation:
    """Return some series, (k,) indices or (m,) mask, of an observation, and one or all of its windows."""
    windows, hist = slice(None) if window is None else slice(window, window + 1), observation.hist
    return Observation(
        form=observation.form,
        x=observation.x[rows][:, windows],
        n=observation.n[rows][:, windows],
        seconds=observation.seconds[windows],
        hist=None if hist is None else hist[rows][:, windows],
        values=observation.values,
    )
