"""Counts against a seasonal baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from andon.detector import Expectation, Field, Scores, Settings, State
from andon.errors import ConfigError
from andon.model import Bools, Direction, Floats, Form, Ints, Observation
from detectors import _evidence, _ladder, _negbin, _season
from detectors._options import checked, ratios
from detectors._parts import parts

_RATIOS = (1.3, 1.6, 2.2)
_MARGIN = 1.1
_BLOCK = 3_600.0
"""Over-dispersion is judged an hour at a time."""
_WEEKS = 28 * 86_400.0
_MEMORY = 7 * 86_400.0
"""The level forgets over a week, or 1,000 looks if these take longer."""
_UNKNOWN = 0.5
"""The rate's relative variance while nothing is known of it."""
_A, _B, _TIME, _EXCESS, _WANDER, _OVER, _X, _MU, _T = range(9)


class Count:
    """Tell when counts (complaints, topics, traffic) come faster or slower than is usual for the hour of the week.

    A negative binomial Shiryaev-Roberts e-detector: at each look the odds of what came, had the rate shifted by one of a
    few ratios, against it being as usual, both predictive. What is usual is a level times a season by hour of the week,
    shrunk towards the hour of the day and the kind of day; the variance over Poisson's is learnt hour by hour as a
    weighted ladder, so that bursts, a wandering rate and a season not yet well known all widen it.

    The score is ln(R / (M F)): R the evidence in looks, M a margin, F the mean overshoot of a crossing; a promise of one
    false alarm in N looks is the threshold ln N. It is learning until it has seen four weeks.

    Settings:
        smallest: the least relative shift to look for; by default the ratios are 1.3, 1.6 and 2.2.
        season: option "week" (the default) or "none", which is learnt after 100 looks and 100 counts.

    Source: Pollak, Ann. Statist. 13 (1985); Shin, Ramdas & Rinaldo, "E-detectors", NEJSDS 2 (2023).

    >>> import numpy as np
    >>> from andon.detector import Settings
    >>> from andon.model import Form, Observation
    >>> count = Count(Settings(every=3600.0, form=Form.COUNT, options={"season": "none"}))
    >>> state = {k: np.full((1, *f.shape), f.fill, f.dtype) for k, f in count.fields.items()}
    >>> rng = np.random.default_rng(3)
    >>> for hour in range(1, 410):
    ...     x = np.array([[float(rng.poisson(5 if hour <= 400 else 12))]])
    ...     look = Observation(Form.COUNT, x, np.array([[3600.0]]), np.array([3600.0]))
    ...     scores = count.step(state, np.arange(1), look, hour * 3600.0, np.ones(1, bool))
    >>> bool(scores.score[0] > np.log(720)), float(scores.since[0] / 3600)
    (True, 400.0)
    """

    name: ClassVar[str] = "count"
    takes: ClassVar[frozenset[Form]] = frozenset({Form.COUNT})
    calibrated: ClassVar[bool] = True
    format: ClassVar[int] = 1

    def __init__(self, settings: Settings) -> None:
        options = checked(self.name, settings, self.takes, ("season",))
        season = options.get("season", "week")
        if season not in ("week", "none"):
            raise ConfigError(f"count: season is {season!r}; it must be week or none.")
        self._seasonal = season == "week"
        self._every = settings.every
        logs = np.log(ratios(self.name, settings.smallest, _RATIOS))
        both = {Direction.RISES: (logs,), Direction.FALLS: (-logs,)}.get(settings.direction, (logs, -logs))
        self._logs: Floats = np.concatenate(both)
        self._cap = max(1_000.0, _MEMORY / settings.every) * settings.every
        self._block = max(_BLOCK, settings.every)

    @property
    def fields(self) -> Mapping[str, Field]:
        """Return evidence, the look's clock, level and dispersion, and the season's table."""
        fields = {
            "evidence": _evidence.field(len(self._logs)),
            "clock": Field("f8"),
            "base": Field("f8", (9,)),
            "ladder": _ladder.field(),
        }
        return {**fields, **_season.FIELDS} if self._seasonal else fields

    @property
    def windows(self) -> Sequence[float]:
        """Return one look's length."""
        return (self._every,)

    def step(self, state: State, rows: Ints, observation: Observation, now: float, learn: Bools) -> Scores:
        """Weigh one look's counts, then learn from them."""
        x, n, seconds = observation.x[:, 0], observation.n[:, 0], float(observation.seconds[0])
        clock, base = state["clock"][rows], state["base"][rows]
        elapsed = np.where(clock > 0.0, now - clock, seconds)
        seen = (n > 0.0) & np.isfinite(x) & np.isfinite(n) & (elapsed > 0.0)
        x, n = np.where(seen, np.maximum(x, 0.0), 0.0), np.where(seen, n, 0.0)
        usual, unsure = self._usual(state, rows, base, now, seconds, follow=True)
        usual = usual * np.where(seen, n, 1.0)
        mean = usual * _level(base)
        size = 1.0 / (self._relative(base, mean, np.where(seen, n, 1.0)) + unsure)
        logs = _negbin.log_ratio(x[:, None], mean[:, None], size[:, None], self._logs)
        wait = np.minimum(elapsed, 4.0 * seconds) / self._every
        evidence, raised = _evidence.advance(
            state["evidence"][rows], np.where(seen[:, None], logs, 0.0), np.where(seen, wait, 0.0), now - seconds
        )
        state["evidence"][rows] = evidence
        state["clock"][rows] = np.maximum(clock, now)
        self._learn(state, rows, (x, n, usual, mean), seen & learn, now, seconds)
        score = _evidence.score(evidence, self._log_line(mean, size))
        return Scores(score, seen & raised, _evidence.since(evidence), self._left(state["base"][rows]))

    def expect(self, state: State, rows: Ints, observation: Observation, now: float) -> Expectation:
        """Return the rate per second of exposure expected of such windows, and its negative binomial interval."""
        base, n = state["base"][rows], observation.n[:, 0]
        known = (n > 0.0) & np.isfinite(n)
        n = np.where(known, n, float(observation.seconds[0]))
        usual, unsure = self._usual(state, rows, base, now, float(observation.seconds[0]), follow=False)
        mean = usual * n * _level(base)
        size = 1.0 / (self._relative(base, mean, n) + unsure)
        low, high = _negbin.interval(mean, size)
        return Expectation(mean / n, np.minimum(low, mean) / n, np.maximum(high, mean) / n)

    def _usual(
        self, state: State, rows: Ints, base: Floats, now: float, seconds: float, *, follow: bool
    ) -> tuple[Floats, Floats]:
        if not self._seasonal:
            return np.ones(len(rows)), np.zeros(len(rows))
        draw = _season.follow if follow else _season.usual
        return draw(state, rows, 1.0 + base[:, _OVER], now, seconds)

    def _relative(self, base: Floats, mean: Floats, n: Floats) -> Floats:
        """Return the variance of the rate behind a look, relative to its square: all that Poisson's does not hold."""
        level = (1.0 + base[:, _OVER]) / (base[:, _A] + 0.5)
        blocks = n / self._block
        wander = np.where(base[:, _OVER] > 0.0, base[:, _WANDER], _UNKNOWN) / np.where(
            blocks < 1.0, blocks, np.sqrt(blocks)
        )
        return np.asarray(base[:, _EXCESS] / mean + wander + level + 1e-12)

    def _log_line(self, mean: Floats, size: Floats) -> Floats:
        spread = 1.0 + mean / size
        return float(np.log(_MARGIN)) + _evidence.overshoot(self._logs, mean * spread, spread)

    def _learn(
        self,
        state: State,
        rows: Ints,
        seen: tuple[Floats, Floats, Floats, Floats],
        learn: Bools,
        now: float,
        seconds: float,
    ) -> None:
        if not learn.any():
            return
        rows, (x, n, usual, mean) = rows[learn], tuple(column[learn] for column in seen)
        base = state["base"][rows]
        keep = 1.0 - np.minimum(n / self._cap, 1.0) * (base[:, _TIME] >= self._cap)
        base[:, _A] = base[:, _A] * keep + x
        base[:, _B] = base[:, _B] * keep + usual
        base[:, _TIME] += n
        base[:, _X] += x
        base[:, _MU] += mean
        base[:, _T] += n
        if self._seasonal:
            _season.learn(state, rows, x, n, now, seconds)
        full = base[:, _T] >= self._block * (1.0 - 1e-9)
        if full.any():
            base[full] = self._judge(state, rows[full], base[full])
        state["base"][rows] = base

    def _judge(self, state: State, rows: Ints, base: Floats) -> Floats:
        """Return the base with its dispersion learnt from the block that is full, and a new one begun.

        The first week of a season, or the first few blocks, are held against what is hardly known: they are left out.
        """
        known = base[:, _TIME] >= (_MEMORY if self._seasonal else 4.0 * self._block)
        places = np.flatnonzero(known)
        for part in parts(len(places), 2 * _ladder.RUNGS):
            some = places[part]
            base[some] = self._weigh(state, rows[some], base[some])
        base[:, [_X, _MU, _T]] = 0.0
        return base

    def _weigh(self, state: State, rows: Ints, base: Floats) -> Floats:
        x, mean = base[:, _X, None], base[:, _MU, None]
        level = 1.0 / (base[:, _A, None] + 1.0)

        def mass(excess: Floats, wander: Floats) -> Floats:
            relative = np.concatenate([excess / mean, np.broadcast_to(wander, (len(base), len(wander)))], axis=1)
            return _negbin.log_mass(x, mean, 1.0 / (relative + level))

        record = _ladder.learn(state["ladder"][rows].astype(np.float64), mass)
        state["ladder"][rows] = record
        base[:, _EXCESS], base[:, _WANDER] = _ladder.weigh(record)
        volume = base[:, _A] / np.minimum(base[:, _TIME], self._cap) * self._block
        base[:, _OVER] = base[:, _EXCESS] + base[:, _WANDER] * volume
        return base

    def _left(self, base: Floats) -> Floats:
        if self._seasonal:
            return np.maximum(_WEEKS - base[:, _TIME], 0.0)
        missing = np.maximum(100.0 - base[:, _A], 0.0) / np.maximum(base[:, _A], 0.5) * base[:, _TIME]
        looks = 100.0 * self._every - base[:, _TIME]
        return np.minimum(np.maximum(np.maximum(missing, looks), 0.0), np.maximum(_WEEKS - base[:, _TIME], 0.0))


def _level(base: Floats) -> Floats:
    return np.asarray((base[:, _A] + 0.5) / (base[:, _B] + 0.5))
