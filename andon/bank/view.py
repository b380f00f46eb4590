"""What the bank sees of the streams at one look: each thing observed once, however many rules ask."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from andon.bank.known import exposure, overlap
from andon.model import Bools, Direction, Floats, Form, Ints, Metric, Observation, Projection
from andon.rulebook.model import Event
from andon.streams.streams import Streams

DAY = 86_400.0
GAPS = 8.0


class View:
    """The streams as of a look that ended at `end` and is judged at `now`.

    Inside a known event nothing is learnt, and where it brings a multiple of the usual volume, a count's exposure is counted as that
    multiple: what it brings is expected.
    """

    def __init__(self, streams: Streams, end: float, now: float, events: Sequence[Event] = ()) -> None:
        self.streams, self.end, self.now, self.events = streams, end, now, events
        self._rows: dict[Projection, Ints] = {}
        self._seen: dict[tuple[Metric, Projection, tuple[float, ...]], Observation] = {}
        self._gaps: dict[Projection, tuple[float, float]] = {}

    def before(self, end: float) -> View:
        """Return what was to be seen at an earlier look, with all that has come since."""
        return View(self.streams, end, end, self.events)

    def rows(self, projection: Projection) -> Ints:
        """Return the live rows of a projection, (m,)."""
        if projection not in self._rows:
            self._rows[projection] = self.streams.rows(projection)
        return self._rows[projection]

    def learns(self, seconds: float) -> bool:
        """Tell whether the last `seconds` may be learnt from: no known event has part in them."""
        return not overlap(self.events, self.end - seconds, self.end)

    def observe(
        self,
        metric: Metric,
        projection: Projection,
        spans: tuple[float, ...],
        rows: Ints | None = None,
        lean: Direction | None = None,
    ) -> Observation:
        """Return what the metric showed over windows of `spans` seconds, for some rows or all that live.

        `lean`: towards which side the volume of known events is to be believed (NONE: by its word); None: not at all.
        """
        if rows is not None:
            return self._scaled(self.streams.observe(metric, projection, rows, self.end, spans), lean)
        key = (metric, projection, spans)
        if key not in self._seen:
            self._seen[key] = self.streams.observe(metric, projection, self.rows(projection), self.end, spans)
        return self._scaled(self._seen[key], lean)

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

    def _scaled(self, seen: Observation, lean: Direction | None) -> Observation:
        if not self.events or seen.form is not Form.COUNT or lean is None:
            return seen
        events = overlap(self.events, self.end - float(seen.seconds.max()), self.end)
        if not events:
            return seen
        times = exposure(events, self.end, seen.seconds, lean) / seen.seconds
        return Observation(form=seen.form, x=seen.x, n=seen.n * times, seconds=seen.seconds)


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
