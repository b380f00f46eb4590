"""Scores (stars, effort, NPS) whose mean is bet on, however they are distributed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from andon.detector import Expectation, Field, Scores, Settings, State
from andon.model import Bools, Direction, Floats, Form, Ints, Observation
from detectors import _bets, _evidence, _ladder
from detectors._looks import usual_gap
from detectors._options import checked, shift
from detectors._parts import parts

_SHIFTS: Floats = np.array([0.2, 0.35, 0.6])
"""Sizes of shift in spreads of a single rating."""
_BLOCK = 3_600.0
"""How alike ratings are is judged an hour at a time, and while young in 96 pieces of what was seen."""
_MEMORY = 7 * 86_400.0
"""The mean forgets over a week of looks, or 1,000 looks if these take longer."""
_LAG = 25.0
"""Ratings in each of the two youngest lots, which the shifted mean is not learnt from."""
_MOST = 28 * 86_400.0
_LAST, _GAP, _BEGAN = range(3)
_N, _S1, _S2, _S3, _LOOKS, _EXCESS, _WANDER, _YOUNG_N, _YOUNG_S, _OLD_N, _OLD_S, _BLOCK_N, _BLOCK_D, _BLOCK_T = range(
    14
)
_EVEN: Floats = np.array([1.0, 1.0 / 2.0, 1.0 / 3.0, 1.0 / 4.0])
"""What is known before the first rating: one that may lie anywhere on the scale."""


class Score:
    """Tell when the mean of ratings on a bounded scale rises or falls, whatever shape their distribution has.

    A Shiryaev-Roberts e-detector of bets: each look pays 1 + lambda (s - mean) for each of its ratings s, on average 1
    while the mean is as learnt, however ratings are distributed; so nothing is assumed of their shape, and a change of it
    that leaves the mean alone is no news. There is a bet for each of three sizes of shift. Mean and spread are learnt from
    all ratings, the shifted mean from all but the youngest, so that a change does not hide in its own baseline. Ratings of
    one look that are alike count for less by the factor by which their variance exceeds that of ratings apart from each
    other, learnt block by block as a weighted ladder; for single ratings nothing at all is assumed.

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
        self._cap = max(1_000.0, _MEMORY / settings.every)

    @property
    def fields(self) -> Mapping[str, Field]:
        """Return evidence, the looks' clock, the ratings' moments and how alike they are."""
        return {
            "evidence": _evidence.field(len(self._signs)),
            "clock": Field("f8", (3,)),
            "base": Field("f8", (14,)),
            "ladder": _ladder.field(),
        }

    @property
    def windows(self) -> Sequence[float]:
        """Return one look's length."""
        return (self._every,)

    def step(self, state: State, rows: Ints, observation: Observation, now: float, learn: Bools) -> Scores:
        """Bet on one look's ratings, then learn from them; where nothing came, all stands still."""
        hist, places, _ = _told(observation)
        seconds, n, last = float(observation.seconds[0]), hist.sum(axis=1), state["clock"][rows, _LAST]
        seen = np.isfinite(n) & (n > 0.0) & ((last <= 0.0) | (now > last))
        raised, line, some = np.zeros(len(rows), np.bool_), np.zeros(len(rows)), np.flatnonzero(seen)
        quiet = np.flatnonzero(~seen)
        if len(some):
            raised[some], line[some] = self._advance(state, rows[some], hist[some], places, now, seconds, learn[some])
        if len(quiet):
            base = state["base"].take(rows[quiet], axis=0)
            line[quiet] = self._log_line(base, self._stakes(base), np.ones(len(quiet)), np.ones(len(quiet)))
        evidence = state["evidence"].take(rows, axis=0)
        left = self._left(state["base"].take(rows, axis=0), now - state["clock"][rows, _BEGAN])
        return Scores(_evidence.score(evidence, line), raised, _evidence.since(evidence), left)

    def expect(self, state: State, rows: Ints, observation: Observation, now: float) -> Expectation:
        """Return the mean expected of such windows, and its interval for their n, with the ratings' own skewness."""
        del now
        _, _, values = _told(observation)
        base, n = state["base"][rows], observation.n[:, 0]
        n = np.where((n > 0.0) & np.isfinite(n), n, 1.0)
        mean, variance, third = _moments(base)
        spread = 1.0 + (n - 1.0) * self._correlation(base, n, float(observation.seconds[0]))
        sd = np.sqrt(variance * (spread / n + 1.0 / (base[:, _N] + 1.0)))
        skew = (1.96**2 - 1.0) / 6.0 * third / (variance * n)
        low, high = (np.clip(mean + skew + side * sd, 0.0, 1.0) for side in (-1.96, 1.96))
        expected, low, high = (values[0] + (values[-1] - values[0]) * at for at in (mean, low, high))
        return Expectation(expected, np.minimum(low, expected), np.maximum(high, expected))

    def _advance(
        self, state: State, rows: Ints, hist: Floats, places: Floats, now: float, seconds: float, learn: Bools
    ) -> tuple[Bools, Floats]:
        """Bet on and learn from ratings; return where the evidence rose, and the log of the line."""
        clock, base = state["clock"][rows], state["base"][rows]
        began = clock[:, _LAST] <= 0.0
        elapsed = np.where(began, seconds, now - clock[:, _LAST])
        gap = np.where(clock[:, _GAP] > 0.0, clock[:, _GAP], self._every)
        wait = np.minimum(elapsed, 4.0 * gap) / self._every
        n, stakes = hist.sum(axis=1), self._stakes(base)
        spread = 1.0 + np.maximum(n - 1.0, 0.0) * self._correlation(base, n, seconds)
        mean, _, _ = _moments(base)
        logs = _bets.log_pay(hist, places, mean[:, None], stakes) / spread[:, None]
        state["evidence"][rows], raised = _evidence.advance(state["evidence"][rows], logs, wait, now - seconds)
        clock[:, _GAP] = usual_gap(gap, elapsed - seconds + self._every)
        clock[began, _BEGAN] = now - seconds
        clock[:, _LAST] = now
        state["clock"][rows] = clock
        line = self._log_line(base, stakes, n, spread)
        if learn.any():
            self._learn(state, rows[learn], hist[learn], places, seconds)
        return raised, line

    def _stakes(self, base: Floats) -> Floats:
        """Return each size's bet, (m, j): on a mean shifted from where it was before the youngest ratings."""
        mean, variance, _ = _moments(base)
        young = base[:, _YOUNG_N] + base[:, _OLD_N]
        lags = young < 0.25 * base[:, _N]
        less_n, less = (np.where(lags, found, 0.0) for found in (young, base[:, _YOUNG_S] + base[:, _OLD_S]))
        older = (base[:, _S1] - less + _EVEN[1]) / (base[:, _N] - less_n + _EVEN[0])
        size = self._sizes(older, np.sqrt(variance))
        gone = np.clip(older[:, None] + self._signs * size, 0.01, 0.99) - mean[:, None]
        return _bets.stakes(mean[:, None], variance[:, None], np.maximum(gone * self._signs, 0.0) * self._signs)

    def _sizes(self, mean: Floats, spread: Floats) -> Floats:
        """Return the sizes of shift to look for, (m, j), as parts of the scale."""
        usual = spread[:, None] * np.tile(_SHIFTS, len(self._signs) // len(_SHIFTS))
        if np.isnan(self._smallest):
            return usual
        odds = np.where(self._signs > 0.0, 1.0 + self._smallest, 1.0 / (1.0 + self._smallest))
        least = np.abs(_bets.shifted(mean[:, None], odds) - mean[:, None])
        steps = np.tile(np.linspace(0.0, 1.0, len(_SHIFTS)), len(self._signs) // len(_SHIFTS))
        return np.asarray(least * np.maximum(usual.max(axis=1, keepdims=True) / least, 2.0) ** steps)

    def _correlation(self, base: Floats, n: Floats, seconds: float) -> Floats:
        """Return how alike the ratings of one look are: 1 all the same, 0 independent."""
        excess = np.minimum(base[:, _EXCESS] / np.maximum(n - 1.0, 1.0), 0.5)
        blocks = seconds / self._block(base)
        mean, variance, _ = _moments(base)
        wander = base[:, _WANDER] * (mean * (1.0 - mean)) ** 2 / variance
        wander = wander / np.where(blocks < 1.0, blocks, np.sqrt(blocks))
        level = (1.0 + base[:, _EXCESS]) / (base[:, _N] + 2.0)
        return np.clip(excess + wander + level, 1e-9, 0.9)

    def _block(self, base: Floats) -> Floats:
        return np.clip(base[:, _LOOKS] * (self._every / 96.0), self._every, max(_BLOCK, self._every))

    def _log_line(self, base: Floats, stakes: Floats, n: Floats, spread: Floats) -> Floats:
        _, variance, third = _moments(base)
        margin = np.where(n > 1.0, np.log(1.1), np.log(1.05))
        return np.asarray(margin + _bets.jump(stakes, n, variance, third, spread))

    def _learn(self, state: State, rows: Ints, hist: Floats, places: Floats, seconds: float) -> None:
        base = state["base"][rows]
        mean, _, _ = _moments(base)
        sums = hist @ (places[:, None] ** np.arange(4.0))
        weight = seconds / self._every
        keep = 1.0 - np.minimum(weight / self._cap, 1.0) * (base[:, _LOOKS] >= self._cap)
        base[:, _N : _S3 + 1] = base[:, _N : _S3 + 1] * keep[:, None] + sums
        base[:, _LOOKS] += weight
        base[:, _YOUNG_N : _YOUNG_S + 1] += sums[:, :2]
        full = base[:, _YOUNG_N] >= _LAG
        base[full, _OLD_N : _OLD_S + 1] = base[full, _YOUNG_N : _YOUNG_S + 1]
        base[full, _YOUNG_N : _YOUNG_S + 1] = 0.0
        away = sums[:, 1] - sums[:, 0] * mean
        base[:, _BLOCK_N:] += np.stack([sums[:, 0], away, np.full(len(rows), seconds)], axis=1)
        full = base[:, _BLOCK_T] >= self._block(base) * (1.0 - 1e-9)
        if full.any():
            base[full] = self._judge(state, rows[full], base[full])
        state["base"][rows] = base

    def _judge(self, state: State, rows: Ints, base: Floats) -> Floats:
        """Return the base with its dispersion learnt from the block that is full, and a new one begun.

        Left out while the mean is hardly known: the block holds half of all ratings.
        """
        places = np.flatnonzero(base[:, _BLOCK_N] <= 0.5 * base[:, _N])
        for part in parts(len(places), 2 * _ladder.RUNGS):
            some = places[part]
            base[some] = self._weigh(state, rows[some], base[some])
        base[:, _BLOCK_N:] = 0.0
        return base

    def _weigh(self, state: State, rows: Ints, base: Floats) -> Floats:
        n, away = base[:, _BLOCK_N, None], base[:, _BLOCK_D, None]
        mean, variance, _ = (found[:, None] for found in _moments(base))
        level = 1.0 / (base[:, _N, None] + 2.0)

        def mass(excess: Floats, wander: Floats) -> Floats:
            factor = np.minimum(excess / np.maximum(n - 1.0, 1.0), 0.5)
            both = np.concatenate([factor, wander * (mean * (1.0 - mean)) ** 2 / variance], axis=1)
            spread = n * (1.0 + np.maximum(n - 1.0, 0.0) * np.clip(both + level, 1e-9, 0.9))
            return np.asarray(-0.5 * (np.log(spread) + away * away / (variance * spread)))

        record = _ladder.learn(state["ladder"][rows].astype(np.float64), mass)
        state["ladder"][rows] = record
        base[:, _EXCESS], base[:, _WANDER] = _ladder.weigh(record)
        return base

    def _left(self, base: Floats, age: Floats) -> Floats:
        done = np.minimum(base[:, _LOOKS] / 100.0, base[:, _N] / 120.0)
        left = np.minimum(np.maximum(age, self._every) * (1.0 / np.maximum(done, 1e-3) - 1.0), _MOST)
        return np.where(done >= 1.0, 0.0, np.maximum(left, self._every))


def _moments(base: Floats) -> tuple[Floats, Floats, Floats]:
    """Return a rating's mean, variance and third central moment, each (m,), in parts of the scale."""
    told = base[:, _N : _S3 + 1] + _EVEN
    first, second, third = told[:, _S1] / told[:, _N], told[:, _S2] / told[:, _N], told[:, _S3] / told[:, _N]
    variance = np.maximum(second - first * first, 1e-9)
    return first, variance, third - 3.0 * first * second + 2.0 * first**3


def _told(observation: Observation) -> tuple[Floats, Floats, Floats]:
    """Return a look's histogram (m, k), and its values (k,) as places between 0 and 1 and as they are."""
    hist, values = observation.hist, observation.values
    if hist is None or values is None:
        raise ValueError("a score was observed without its histogram")
    hist = np.where(hist[:, 0] >= 0.0, hist[:, 0], np.nan)
    return hist, (values - values[0]) / (values[-1] - values[0]), values
