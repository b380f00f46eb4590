"""A feed from which nothing comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from andon.detector import Expectation, Field, Scores, Settings, State
from andon.errors import ConfigError
from andon.model import Bools, Floats, Form, Ints, Observation
from detectors import _season
from detectors._options import checked, number

_LINE = 9.0
"""So long a gap comes by chance once in e^9, or 8,000, gaps."""
_WEEK = 7 * 86_400.0
_HOUR = 3_600.0
_QUIET, _MISSED, _SINCE, _UNTOLD = range(4)
_TIME, _GAPS, _GAP = range(3)


class Silence:
    """Tell when a feed has fallen silent that usually brings something at this hour of the week.

    While nothing comes, it adds up what usually would have come, by the least of this hour and its neighbours: at which
    minute a day begins or ends is not known, and a feed that comes in one or two hours of the day only is not watched. By
    chance alone such a sum, when a gap ends, is exponential with mean 1 (Poisson); of a feed that comes in bursts the mean
    is larger, and is learnt from the gaps it has had. It fires when nothing came for `silent` seconds and the sum reaches 9
    of those means: so long a gap is the chance of one in 8,000. A night that is usually quiet adds little, and is no silence.

    The score is 0 on that line and above it by how many more means were missed, however long the silence. It is
    learning until it has seen a week, unless the volume is given.

    Options:
        silent: the least seconds of silence that count; required.
        expected: "usual" (the default), or the number of signals an hour that are always expected.

    Source: the survival function of a Poisson process' gaps (Cox & Lewis, Statistical Analysis of Series of Events, 1966).

    >>> import numpy as np
    >>> from andon.detector import Settings
    >>> from andon.model import Form, Observation
    >>> quiet = Silence(Settings(every=60.0, form=Form.COUNT, options={"silent": 900.0, "expected": 120}))
    >>> state = {k: np.full((1, *f.shape), f.fill, f.dtype) for k, f in quiet.fields.items()}
    >>> for minute in range(1, 17):
    ...     look = Observation(Form.COUNT, np.array([[2.0 * (minute == 1)]]), np.array([[60.0]]), np.array([60.0]))
    ...     scores = quiet.step(state, np.arange(1), look, 60.0 * minute, np.ones(1, bool))
    >>> round(float(scores.score[0]), 1), float(scores.since[0])
    (21.0, 60.0)
    """

    name: ClassVar[str] = "silence"
    takes: ClassVar[frozenset[Form]] = frozenset({Form.COUNT})
    calibrated: ClassVar[bool] = False
    format: ClassVar[int] = 2

    def __init__(self, settings: Settings) -> None:
        options = checked(self.name, settings, self.takes, ("silent", "expected"))
        if "silent" not in options:
            raise ConfigError("silence needs to be told how long: e.g. {silent: 15m, expected: usual}.")
        self._silent = number(self.name, options, "silent", 900.0)
        self._every = settings.every
        self._rate = None
        if options.get("expected", "usual") != "usual":
            self._rate = number(self.name, options, "expected", 1.0) / _HOUR

    @property
    def fields(self) -> Mapping[str, Field]:
        """Return the present silence, the gaps so far, and the season's table."""
        fields = {"clock": Field("f8", (4,)), "base": Field("f8", (3,))}
        return fields if self._rate is not None else {**fields, **_season.FIELDS}

    @property
    def windows(self) -> Sequence[float]:
        """Return one look's length."""
        return (self._every,)

    def step(self, state: State, rows: Ints, observation: Observation, now: float, learn: Bools) -> Scores:
        """Add a silent look to the silence, or end it; here silence itself is what is observed."""
        x, seconds = np.nan_to_num(observation.x[:, 0]), float(observation.seconds[0])
        came = (x > 0.0) & (observation.n[:, 0] > 0.0)
        known = observation.n[:, 0] > 0.0  # seconds, and more of them on a day that is known to bring more
        exposure = np.where(known, observation.n[:, 0], seconds)
        missed = self._usual(state, rows, now, seconds) * exposure
        run, base = state["clock"][rows], state["base"][rows]
        ended = came & (run[:, _QUIET] > 0.0)
        gap = run[:, _MISSED].copy()
        begins = run[:, _QUIET] <= 0.0
        run[:, _SINCE] = np.where(begins, now - seconds, run[:, _SINCE])
        run[:, _QUIET] += seconds
        run[:, _MISSED] += missed
        run[came, :_UNTOLD] = 0.0
        ended, gap = _told(run, ended, gap, learn)
        state["clock"][rows] = run
        weighed = run[:, _MISSED] / _mean(base) - _LINE
        late = (run[:, _QUIET] - self._silent + self._every / 2) / self._silent * _LINE
        self._learn(state, rows, (np.where(came, x, 0.0), gap), ended, learn, now, seconds)
        silent = ~came
        score = np.where(silent, np.where(late > 0.0, weighed, np.minimum(weighed, late)), -np.inf)
        since = np.where(silent, run[:, _SINCE], np.nan)
        left = np.zeros(len(rows)) if self._rate is not None else np.maximum(_WEEK - state["base"][rows, _TIME], 0.0)
        return Scores(score, silent, since, left)

    def expect(self, state: State, rows: Ints, observation: Observation, now: float) -> Expectation:
        """Return the usual rate per second; whatever comes at all is within the interval."""
        seconds = float(observation.seconds[0])
        if self._rate is None:
            rate, _ = _season.usual(state, rows, np.ones(len(rows)), now, seconds)
        else:
            rate = np.full(len(rows), self._rate)
        return Expectation(rate, np.minimum(rate, 0.5 / seconds), 100.0 * rate + 10.0 / seconds)

    def _usual(self, state: State, rows: Ints, now: float, seconds: float) -> Floats:
        """Return the rate that is missed: the least of this hour's and its neighbours', where a day begins or ends."""
        if self._rate is not None:
            return np.full(len(rows), self._rate)
        rate, _ = _season.follow(state, rows, np.ones(len(rows)), now, seconds)
        return np.minimum(rate, _season.least(state, rows, now, seconds))

    def _learn(
        self,
        state: State,
        rows: Ints,
        look: tuple[Floats, Floats],
        ended: Bools,
        learn: Bools,
        now: float,
        seconds: float,
    ) -> None:
        if not learn.any():
            return
        x, gap = look
        if self._rate is None:
            _season.learn(state, rows[learn], x[learn], np.full(int(learn.sum()), seconds), now, seconds)
        base = state["base"][rows]
        counts = (ended & learn).astype(np.float64)
        keep = np.where(base[:, _GAPS] >= 1_000.0, 1.0 - counts / 1_000.0, 1.0)
        base[:, _GAPS] = base[:, _GAPS] * keep + counts
        base[:, _GAP] = base[:, _GAP] * keep + counts * np.minimum(gap, _most(base))
        base[:, _TIME] += np.where(learn, seconds, 0.0)
        state["base"][rows] = base


def _told(run: Floats, ended: Bools, gap: Floats, learn: Bools) -> tuple[Bools, Floats]:
    """Return which gaps, (m,), are to be learnt now: one that ended while nothing was, as after an alarm, waits its turn."""
    gap = np.where(ended, gap, 0.0)
    longest = np.maximum(gap, run[:, _UNTOLD])
    run[:, _UNTOLD] = np.where(learn, 0.0, longest)
    return ended | (learn & (longest > 0.0)), longest


def _most(base: Floats) -> Floats:
    """Return the most that one gap is learnt as, since it may be an outage: 100 means at first, 20 of one that is known."""
    return np.maximum(1_000.0 / (base[:, _GAPS] + 10.0), 20.0) * _mean(base)


def _mean(base: Floats) -> Floats:
    """Return the mean of what a gap misses: 1 at least, and so for the first few gaps."""
    return np.maximum((base[:, _GAP] + 5.0) / (base[:, _GAPS] + 5.0), 1.0)
