"""Counts against a seasonal baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from andon.detector import Expectation, Field, Scores, Settings, State
from andon.errors import ConfigError
from andon.model import Bools, Direction, Floats, Form, Ints, Observation
from detectors import _evidence, _guard, _negbin, _rate, _season
from detectors._options import checked, ratios

_RATIOS = (1.3, 1.6, 2.2)
_MARGIN, _SEASON_MARGIN = 0.9, 1.0
"""By measurement (`python -m tests.bench detect`); what a season leaves unsure costs a tenth."""
_DOUBT = 1.0
"""The most, in nats, by which the line is raised for a factor that is learnt from few long spans."""
_TILT = 0.65
"""Evidence overshoots under the shifted rate, whose variance is this power of the ratio times as much."""
_GUARDED = float(np.log(2.0))
"""Half or twice the usual is strange where nobody looks for it."""
_WEEKS = 28 * 86_400.0
_FEW = 100.0
"""Counts, and looks, after which a count without a season has learnt."""


class Count:
    """Tell when counts (complaints, topics, traffic) come faster or slower than is usual for the hour of the week.

    A negative binomial Shiryaev-Roberts e-detector: at each look the odds of what came, had the rate shifted by one of a
    few ratios, against it being as usual, both predictive. What is usual is a level times a season by hour of the week,
    shrunk towards the hour of the day and the kind of day; the variance over Poisson's is learnt hour by hour as a
    weighted ladder, so that bursts, a wandering rate and a season not yet well known all widen it. What wanders for longer
    than an hour is seen by sums over 6, 24 and 96 hours, and divides the evidence by as much as they stray more. A
    steady climb it cannot tell from a shift: of 10 % in 2,000 looks it rings up to 1.4 times as often as promised. What is
    strange in the other direction, as a holiday, is not learnt for a week.

    The score is ln(R / (M F)): R the evidence in looks, M a margin, F the mean overshoot of a crossing; a promise of one
    false alarm in N looks is the threshold ln N. It is learning until it has seen four weeks.

    Settings:
        smallest: the least relative shift to look for; by default the ratios are 1.3, 1.6 and 2.2.
        season: option "week" (the default) or "none", which is learnt after 100 looks and 100 counts.

    Source: Pollak, Ann. Statist. 13 (1985); Shin, Ramdas & Rinaldo, "E-detectors", NEJSDS 2 (2023); quasi-likelihood:
    Wedderburn, Biometrika 61 (1974).

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
    format: ClassVar[int] = 2

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
        self._other = {Direction.RISES: -_GUARDED, Direction.FALLS: _GUARDED}.get(settings.direction, 0.0)
        self._pace = _rate.Pace.of(settings.every, seasonal=self._seasonal)

    @property
    def fields(self) -> Mapping[str, Field]:
        """Return evidence, the look's clock, level and dispersion, the guard, and the season's table."""
        fields = {
            "evidence": _evidence.field(len(self._logs)),
            "clock": Field("f8"),
            **_rate.fields(len(self._logs)),
            "guard": _guard.field(),
        }
        return {**fields, **_season.FIELDS} if self._seasonal else fields

    @property
    def windows(self) -> Sequence[float]:
        """Return one look's length."""
        return (self._every,)

    def step(self, state: State, rows: Ints, observation: Observation, now: float, learn: Bools) -> Scores:
        """Weigh one look's counts, then learn from them."""
        x, n, seconds = observation.x[:, 0], observation.n[:, 0], float(observation.seconds[0])
        clock, rate = state["clock"][rows], state["rate"].take(rows, axis=0).astype(np.float64)
        elapsed = np.where(clock > 0.0, now - clock, seconds)
        seen = (n > 0.0) & np.isfinite(x) & np.isfinite(n) & (elapsed > 0.0)
        x, n = np.where(seen, np.maximum(x, 0.0), 0.0), np.where(seen, n, 0.0)
        usual, unsure = self._usual(state, rows, rate, now, seconds, follow=True)
        usual = usual * np.where(seen, n, 1.0)
        mean = usual * _rate.level(rate)
        size = 1.0 / (_rate.relative(rate, self._pace, mean, np.where(seen, n, 1.0)) + unsure)
        factor = state["factor"].take(rows, axis=0).astype(np.float64)
        logs = _negbin.log_ratio(x[:, None], mean[:, None], size[:, None], self._logs) / factor
        wait = np.minimum(elapsed, 4.0 * seconds) / self._every
        evidence, raised = _evidence.advance(
            state["evidence"][rows], np.where(seen[:, None], logs, 0.0), np.where(seen, wait, 0.0), now - seconds
        )
        state["evidence"][rows] = evidence
        state["clock"][rows] = np.maximum(clock, now)
        learn = seen & learn
        if self._other:
            learn[learn] = self._familiar(state, rows[learn], (x[learn], mean[learn], size[learn]), now, seconds)
        if learn.any():
            self._learn(state, rows[learn], (x[learn], n[learn], usual[learn], mean[learn]), now, seconds)
        score = _evidence.score(evidence, self._log_line(mean, size, factor))
        return Scores(score, seen & raised, _evidence.since(evidence), self._left(state["rate"].take(rows, axis=0)))

    def expect(self, state: State, rows: Ints, observation: Observation, now: float) -> Expectation:
        """Return the rate per second of exposure expected of such windows, and its negative binomial interval."""
        rate, n = state["rate"][rows].astype(np.float64), observation.n[:, 0]
        known = (n > 0.0) & np.isfinite(n)
        n = np.where(known, n, float(observation.seconds[0]))
        usual, unsure = self._usual(state, rows, rate, now, float(observation.seconds[0]), follow=False)
        mean = usual * n * _rate.level(rate)
        size = 1.0 / (_rate.relative(rate, self._pace, mean, n) + unsure)
        low, high = _negbin.interval(mean, size)
        return Expectation(mean / n, np.minimum(low, mean) / n, np.maximum(high, mean) / n)

    def accept(self, state: State, rows: Ints, observation: Observation, now: float) -> None:
        """Take the window's rate for the usual level, with twice its spread; season and dispersion stay."""
        x, n = observation.x[:, 0], observation.n[:, 0]
        shown = (n > 0.0) & np.isfinite(n) & np.isfinite(x)
        if shown.any():
            rows, x, n = rows[shown], np.maximum(x[shown], 0.0), n[shown]
            rate = state["rate"][rows].astype(np.float64)
            usual, _ = self._usual(state, rows, rate, now, float(observation.seconds[0]), follow=False)
            if self._seasonal:  # the table moves with the level: what it learns from now on lies there
                factor = (x + 0.5) / (usual * n + 0.5)
                _season.scale(state, rows, factor)
                usual = usual * factor
            _rate.accept(state, rows, x, n, usual * n)
            state["guard"][rows] = 0

    def _usual(
        self, state: State, rows: Ints, rate: Floats, now: float, seconds: float, *, follow: bool
    ) -> tuple[Floats, Floats]:
        if not self._seasonal:
            return np.ones(len(rows)), np.zeros(len(rows))
        draw = _season.follow if follow else _season.usual
        return draw(state, rows, 1.0 + _rate.over(rate, self._pace), now, seconds)

    def _log_line(self, mean: Floats, size: Floats, factor: Floats) -> Floats:
        spread = 1.0 + mean / size
        variance = mean * spread * np.exp(_TILT * self._logs)[:, None]
        doubt = np.minimum(np.log(factor[:, 0]), _DOUBT)
        return (
            float(np.log(_SEASON_MARGIN if self._seasonal else _MARGIN))
            + doubt
            + _evidence.overshoot(self._logs, variance, spread * factor.T)
        )

    def _familiar(self, state: State, rows: Ints, look: tuple[Floats, ...], now: float, seconds: float) -> Bools:
        """Tell from whose look (m,) to learn: not from what is strange in the direction in which nobody looks."""
        x, mean, size = look
        logs = _negbin.log_ratio(x, mean, size, np.full(1, self._other)) / state["factor"][rows, 0]
        known = self._left(state["rate"].take(rows, axis=0)) <= 0.0
        state["guard"][rows], familiar = _guard.watch(
            state["guard"][rows].astype(np.float64), np.where(known, logs, 0.0), now, seconds
        )
        return familiar

    def _learn(self, state: State, rows: Ints, look: tuple[Floats, ...], now: float, seconds: float) -> None:
        x, n, usual, mean = look
        if self._seasonal:
            _season.learn(state, rows, x, n, now, seconds)
        _rate.learn(state, rows, self._pace, (x, n, usual, mean), self._logs)

    def _left(self, rate: Floats) -> Floats:
        age, counts = _rate.age(rate).astype(np.float64), _rate.counted(rate).astype(np.float64)
        most = np.maximum(_WEEKS - age, 0.0)
        if self._seasonal:
            return most
        missing = np.maximum(_FEW - counts, 0.0) / np.maximum(counts, 0.5) * age
        return np.minimum(np.maximum(np.maximum(missing, _FEW * self._every - age), 0.0), most)
