"""Scores (stars, effort, NPS) whose mean is bet on, however they are distributed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from andon.detector import Expectation, Field, Scores, Settings, State
from andon.model import Bools, Direction, Floats, Form, Ints, Observation
from detectors import _bets, _clock, _dispersion, _evidence, _longrun_scores, _mean, _odds
from detectors._options import checked, shift

_SHIFTS: Floats = np.array([0.2, 0.35, 0.6])
"""Sizes of shift in spreads of a single rating."""
_MARGIN, _MARGIN_OF_ONE = np.log(1.1), np.log(1.05)
_LINE = 3
"""Behind the clock, the last look's line."""


class Score:
    """Tell when the mean of ratings on a bounded scale rises or falls, whatever shape their distribution has.

    A Shiryaev-Roberts e-detector of bets: each look pays 1 + lambda (s - mean) for each of its ratings s, on average 1
    while the mean is as learnt, however ratings are distributed; so nothing is assumed of their shape, and a change of it
    that leaves the mean alone is no news. There is a bet for each of three sizes of shift. Mean and spread are learnt from
    all ratings, and a bet is on a mean shifted from where it was before the change that the bet points to, if any, so that
    a change does not hide in its own baseline. Ratings of one look that are alike count for less, by the factor by which
    their variance exceeds that of ratings apart from each other, learnt block by block as a weighted ladder; of single
    ratings nothing at all is assumed. Where sums over hours and days vary more than their looks tell, as where the mean
    goes by the hour or wanders, all evidence is divided by that factor.

    The score is ln(R / (M F)): R the evidence in looks, M a margin, F the mean overshoot of a crossing; a promise of one
    false alarm in N looks is the threshold ln N. It is learning until it has seen 100 looks with 120 ratings.

    Settings:
        smallest: the least relative shift of the mean's odds (of its way from the scale's low end to that which is left to
            the high one) to look for: on a scale of two values, as `proportion` has it. By default the sizes are 0.2, 0.35
            and 0.6 standard deviations of a rating.

    Source: Waudby-Smith & Ramdas, "Estimating means of bounded random variables by betting", JRSS B 86 (2024); Shin,
    Ramdas & Rinaldo, "E-detectors", NEJSDS 2 (2023); Pollak, Ann. Statist. 13 (1985).

    >>> import numpy as np
    >>> from andon.detector import Settings
    >>> from andon.model import Direction, Form, Observation
    >>> stars = Score(Settings(every=300.0, form=Form.SCORE, direction=Direction.FALLS))
    >>> state = {k: np.full((1, *f.shape), f.fill, f.dtype) for k, f in stars.fields.items()}
    >>> rng, values = np.random.default_rng(3), np.arange(1.0, 6.0)
    >>> usual, worse = [0.05, 0.05, 0.1, 0.25, 0.55], [0.15, 0.15, 0.2, 0.2, 0.3]
    >>> for look in range(1, 321):
    ...     hist = rng.multinomial(20, usual if look <= 300 else worse)[None, None].astype(float)
    ...     seen = Observation(Form.SCORE, hist @ values / 20, hist.sum(axis=2), np.array([300.0]), hist, values)
    ...     scores = stars.step(state, np.arange(1), seen, look * 300.0, np.ones(1, bool))
    >>> bool(scores.score[0] > np.log(2016)), float(scores.since[0] / 300)
    (True, 296.0)
    """

    name: ClassVar[str] = "score"
    takes: ClassVar[frozenset[Form]] = frozenset({Form.SCORE})
    calibrated: ClassVar[bool] = True
    format: ClassVar[int] = 1

    def __init__(self, settings: Settings) -> None:
        checked(self.name, settings, self.takes, ())
        self._every = settings.every
        self._smallest = shift(self.name, settings.smallest)
        one = np.ones(len(_SHIFTS))
        both = {Direction.RISES: (one,), Direction.FALLS: (-one,)}.get(settings.direction, (one, -one))
        self._signs: Floats = np.concatenate(both)
        self._shifts: Floats = np.tile(_SHIFTS, len(both))

    @property
    def fields(self) -> Mapping[str, Field]:
        """Return evidence, where each size's mean was before it, the looks' clock, moments, how ratings and looks are alike."""
        return {
            "evidence": _evidence.field(len(self._signs)),
            "before": Field("f8", (len(self._signs),), 0.0, evidence=True),
            "clock": Field("f8", (4,)),
            "base": _mean.field(),
            "ladder": _dispersion.field(),
            "slow": Field("f8", (_longrun_scores.WIDTH,)),
        }

    @property
    def windows(self) -> Sequence[float]:
        """Return one look's length."""
        return (self._every,)

    def step(self, state: State, rows: Ints, observation: Observation, now: float, learn: Bools) -> Scores:
        """Bet on one look's ratings, then learn from them; where nothing came, all stands still."""
        hist, places, _ = _told(observation)
        n, last = hist.sum(axis=1), state["clock"][rows, _clock.LAST]
        some = np.flatnonzero(np.isfinite(n) & (n > 0.0) & ((last <= 0.0) | (now > last)))
        raised = np.zeros(len(rows), np.bool_)
        if len(some):
            seconds = float(observation.seconds[0])
            raised[some] = self._advance(state, rows[some], hist[some], places, now, seconds, learn[some])
        evidence, clock = state["evidence"].take(rows, axis=0), state["clock"].take(rows, axis=0)
        left = _mean.left(state["base"].take(rows, axis=0), self._every, now - clock[:, _clock.BEGAN])
        return Scores(_evidence.score(evidence, clock[:, _LINE]), raised, _evidence.since(evidence), left)

    def expect(self, state: State, rows: Ints, observation: Observation, now: float) -> Expectation:
        """Return the mean expected of such windows, and its interval for their n, as skewed as the ratings are."""
        del now
        _, _, values = _told(observation)
        base, n = state["base"][rows], observation.n[:, 0]
        n, of = np.where((n > 0.0) & np.isfinite(n), n, 1.0), _mean.usual(base)
        spread = _mean.spread(base, self._every, n, of, float(observation.seconds[0]))
        if observation.seconds[0] >= _longrun_scores.SHORTEST:
            spread *= _longrun_scores.factor(state["slow"][rows])
        sd = 1.96 * np.sqrt(of.variance * (spread / n + 1.0 / (of.n + 1.0)))
        lean = (1.96**2 - 1.0) / 6.0 * of.third / (of.variance * n)  # Cornish & Fisher (1938)
        ends = (np.clip(of.mean + lean + side, 0.0, 1.0) for side in (-sd, sd))
        expected, low, high = (values[0] + (values[-1] - values[0]) * at for at in (of.mean, *ends))
        return Expectation(expected, np.minimum(low, expected), np.maximum(high, expected))

    def accept(self, state: State, rows: Ints, observation: Observation, now: float) -> None:
        """Take a window's ratings for usual, as if there had been a quarter as many: twice the spread that they leave."""
        del now
        hist, places, _ = _told(observation)
        n = hist.sum(axis=1)
        some = np.flatnonzero(np.isfinite(n) & (n > 0.0))
        base = state["base"][rows[some]]
        _mean.accept(base, hist[some], places)
        state["base"][rows[some]] = base

    def _advance(
        self, state: State, rows: Ints, hist: Floats, places: Floats, now: float, seconds: float, learn: Bools
    ) -> Bools:
        """Bet on and learn from ratings; return where the evidence rose."""
        clock, base, was = state["clock"][rows], state["base"][rows], state["evidence"][rows]
        since = _clock.passed(clock, now, seconds, self._every)
        n, of = hist.sum(axis=1), _mean.usual(base)
        before = np.where(was[:, 1] > 0.0, state["before"][rows], of.mean[:, None])  # as when the bet's CUSUM left zero
        stakes, spread = self._stakes(of, before), _mean.spread(base, self._every, n, of, seconds)
        wide = spread * _longrun_scores.factor(state["slow"][rows])
        logs = _bets.log_pay(hist, places, of, stakes) / wide[:, None]
        state["evidence"][rows], raised = _evidence.advance(was, logs, since.looks, now - seconds)
        state["before"][rows] = before
        _clock.move(clock, since, now, seconds, self._every)
        clock[:, _LINE] = np.where(n > 1.0, _MARGIN, _MARGIN_OF_ONE) + _bets.overshoot(stakes, n, of, wide)
        state["clock"][rows] = clock
        if learn.any():
            away = hist[learn] @ places - (n * of.mean)[learn]
            variance = (n * of.variance * spread)[learn]
            state["slow"][rows[learn]] = _longrun_scores.learn(state["slow"][rows[learn]], away, variance, now, seconds)
            _mean.learn(state, rows[learn], self._every, _bets.sums(hist[learn], places), away, seconds)
        return raised

    def _stakes(self, of: _bets.Usual, before: Floats) -> Floats:
        """Return each size's bet (m, j) that the mean has gone to where it was `before`, and a shift further."""
        mean = of.mean[:, None]
        size = np.sqrt(of.variance)[:, None] * self._shifts
        if not np.isnan(self._smallest):
            least = np.abs(_odds.moved(mean, (1.0 + self._smallest) ** self._signs) - mean)
            steps = np.tile(np.linspace(0.0, 1.0, len(_SHIFTS)), len(self._signs) // len(_SHIFTS))
            size = least * np.maximum(size.max(axis=1, keepdims=True) / least, 2.0) ** steps
        gone = np.clip(before + self._signs * size, 0.0, 1.0) - mean
        return _bets.stakes(of, np.maximum(gone * self._signs, 0.0) * self._signs)


def _told(observation: Observation) -> tuple[Floats, Floats, Floats]:
    """Return a look's histogram (m, k), and its values (k,) as places between 0 and 1 and as they are."""
    hist, values = observation.hist, observation.values
    if hist is None or values is None:
        raise ValueError("a score was observed without its histogram")
    hist = np.where(hist[:, 0] >= 0.0, hist[:, 0], np.nan)
    return hist, (values - values[0]) / (float(np.ptp(values)) or 1.0), values
