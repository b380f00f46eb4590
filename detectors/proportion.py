"""Shares of good or bad against a learnt base rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from andon.detector import Expectation, Field, Scores, Settings, State
from andon.model import Bools, Direction, Floats, Form, Ints, Observation
from detectors import _betabin, _clock, _correlation, _dispersion, _evidence, _odds, _tide
from detectors._options import checked, many_ratios
from detectors._parts import parts

_RATIOS = (1.6, 2.2, 3.5)
_BLOCK = 3_600.0
"""The base rate's tide is judged an hour at a time, as over-dispersion is."""
_MEMORY = 7 * 86_400.0
"""The base rate forgets over a week of looks, or 1,000 looks if these take longer; sooner where it is known well enough."""
_MARGIN = 1.1
"""Of looks with more than one trial, whose dispersion is never known for sure."""
_KNOWN = 500.0
"""Of the rarer kind, over the square of the least shift's logarithm: it makes the base rate known to a 22nd of that shift."""
_LEAST = 2 * 86_400.0
"""However well the base rate is known, it is not forgotten faster."""
_ALLOWED, _SWING = 0.15, 0.2
"""Of the least shift that a rule says matters: how far off a base rate gives no evidence; less of a swing is not followed."""
_PART = 0.9
"""Of the trials learnt, at least a tenth came before any change."""
_DAY = 86_400.0
_LINE = 3
"""Behind the clock, the last look's line."""
_LEARNT, _TIDED = range(2)
_K, _N, _LOOKS, _EXCESS, _WANDER, _BLOCK_K, _BLOCK_N, _BLOCK_P, _BLOCK_T, _BLOCK_E = range(10)


class Proportion:
    """Tell when a share (detractors, crashes by session, slow requests) rises or falls.

    A beta-binomial Shiryaev-Roberts e-detector: at each look the odds of k in n, had the odds of a single one shifted by
    one of a few ratios, against them being as ever, both predictive; for single events it is exact. The excess of
    variance over the binomial's is learnt block by block as a weighted ladder. A change does not hide in its own baseline:
    what each shift, had it come when it seems to have, would have moved the base rate by is taken out of it again. A base
    rate that swings from hour to hour and day to day is followed, once that is seen; it is told from four days of hours on.
    Until then a swing breaks the promise, and one that comes on one weekday only always does; among swings, a shift hardly
    larger than they are may be taken for one, and not be found.

    The score is ln(R / (M F)): R the evidence in looks, M a margin (none for single events), F for the overshoot of a
    crossing; a promise of one false alarm in N looks is the threshold ln N. It is learning until it has seen 100 looks with
    200 trials, and 20 of the rarer kind or 10,000 trials.

    Settings:
        smallest: the least relative shift of the odds that matters, looked for up to 3.5 in as many ratios as it takes; a base
            rate that is off by 0.15 of it is no evidence, and it is learnt over a week. By default they are 1.6, 2.2 and 3.5.

    Source: Pollak, Ann. Statist. 13 (1985); Shin, Ramdas & Rinaldo, "E-detectors", NEJSDS 2 (2023).

    >>> import numpy as np
    >>> from andon.detector import Settings
    >>> from andon.model import Form, Observation
    >>> share = Proportion(Settings(every=300.0, form=Form.PROPORTION))
    >>> state = {k: np.full((1, *f.shape), f.fill, f.dtype) for k, f in share.fields.items()}
    >>> rng = np.random.default_rng(3)
    >>> for look in range(1, 321):
    ...     k = np.array([[float(rng.binomial(1000, 0.002 if look <= 300 else 0.005))]])
    ...     seen = Observation(Form.PROPORTION, k, np.array([[1000.0]]), np.array([300.0]))
    ...     scores = share.step(state, np.arange(1), seen, look * 300.0, np.ones(1, bool))
    >>> bool(scores.score[0] > np.log(2016)), float(scores.since[0] / 300)
    (True, 300.0)
    """

    name: ClassVar[str] = "proportion"
    takes: ClassVar[frozenset[Form]] = frozenset({Form.PROPORTION})
    calibrated: ClassVar[bool] = True
    format: ClassVar[int] = 2

    def __init__(self, settings: Settings) -> None:
        checked(self.name, settings, self.takes, ())
        self._every = settings.every
        logs = np.log(many_ratios(self.name, settings.smallest, _RATIOS))
        both = {Direction.RISES: (logs,), Direction.FALLS: (-logs,)}.get(settings.direction, (logs, -logs))
        self._odds: Floats = np.exp(np.concatenate(both))
        self._cap, self._least = max(1_000.0, _MEMORY / settings.every), _LEAST / settings.every
        self._enough = _KNOWN / float(logs.min()) ** 2
        self._small = 0.0 if np.isnan(settings.smallest) else float(logs.min())
        self._allowed = np.exp(_ALLOWED * self._small * np.sign(np.log(self._odds)))

    @property
    def fields(self) -> Mapping[str, Field]:
        """Return evidence, the looks' clock, base rate, its tide, what each ratio's change put in both, and dispersion."""
        return {
            "evidence": _evidence.field(len(self._odds)),
            "clock": Field("f8", (4,)),
            "base": Field("f8", (10,)),
            "young": Field("f8", (2, len(self._odds)), 0.0, evidence=True),
            "tide": _tide.field(),
            "ladder": _dispersion.field(),
        }

    @property
    def windows(self) -> Sequence[float]:
        """Return one look's length."""
        return (self._every,)

    def step(self, state: State, rows: Ints, observation: Observation, now: float, learn: Bools) -> Scores:
        """Weigh one look's k of n, then learn from it; where nothing came, all stands still."""
        k, n, seconds = observation.x[:, 0], observation.n[:, 0], float(observation.seconds[0])
        last = state["clock"][rows, _clock.LAST]
        seen = (n > 0.0) & np.isfinite(k) & np.isfinite(n) & ((last <= 0.0) | (now > last))
        raised, some = np.zeros(len(rows), np.bool_), np.flatnonzero(seen)
        if len(some):
            k, n = np.clip(k[some], 0.0, n[some]), n[some]
            raised[some] = self._advance(state, rows[some], k, n, now, seconds, learn[some])
        evidence = state["evidence"].take(rows, axis=0)
        score = _evidence.score(evidence, state["clock"][rows, _LINE])
        left = self._left(state["base"].take(rows, axis=0), now - state["clock"][rows, _clock.BEGAN])
        return Scores(score, raised, _evidence.since(evidence), left)

    def expect(self, state: State, rows: Ints, observation: Observation, now: float) -> Expectation:
        """Return the share expected of such windows, and the beta-binomial interval for their n."""
        del now
        base, n = state["base"][rows], observation.n[:, 0]
        n = np.where((n > 0.0) & np.isfinite(n), n, 1.0)
        tide = state["tide"][rows]
        share = _usual(base, tide)
        correlation = self._correlation(base, share, n, float(observation.seconds[0]))
        correlation = np.minimum(correlation + _unsure(tide, share), 0.9)
        low, high = _betabin.interval(n, share, correlation)
        return Expectation(share, np.minimum(low / n, share), np.maximum(high / n, share))

    def accept(self, state: State, rows: Ints, observation: Observation, now: float) -> None:
        """Take a window's share for usual, as if a quarter of its trials had shown it: twice the spread that they leave."""
        del now
        k, n = observation.x[:, 0], observation.n[:, 0]
        some = np.flatnonzero((n > 0.0) & np.isfinite(k) & np.isfinite(n))
        base, tide = state["base"][rows[some]], state["tide"][rows[some]]
        base[:, _K], base[:, _N] = np.clip(k[some], 0.0, n[some]) / 4.0, n[some] / 4.0
        base[:, _BLOCK_K:] = 0.0
        state["base"][rows[some]] = base
        _tide.ebb(tide, np.full(len(some), np.inf))  # a swing of the old base rate is none of the new one
        state["tide"][rows[some]] = tide

    def _advance(
        self, state: State, rows: Ints, k: Floats, n: Floats, now: float, seconds: float, learn: Bools
    ) -> Bools:
        """Weigh k of n, then learn from it; return where the evidence rose."""
        clock, base, tide = state["clock"][rows], state["base"][rows], state["tide"][rows]
        since = _clock.passed(clock, now, seconds, self._every)
        fading, evidence = _tide.ebb(tide, since.elapsed), state["evidence"][rows]
        young = state["young"][rows] * (evidence[:, 0] / (evidence[:, 0] + since.looks[:, None]))[:, None]
        young[:, _TIDED] *= fading[:, None]
        usual, shifted = _usual(base, tide), self._shifted(base, tide, young)
        alike = self._correlation(base, usual, n, seconds)
        spread = (alike + _unsure(tide, usual))[:, None]
        logs, over = _betabin.weigh(k[:, None], n[:, None], usual[:, None], shifted, spread)
        logs -= self._spared(usual[:, None], shifted, n[:, None], spread)
        state["evidence"][rows], raised = _evidence.advance(evidence, logs, since.looks, now - seconds)
        _clock.move(clock, since, now, seconds, self._every)
        clock[:, _LINE] = np.where(n > 1.0, np.log(_MARGIN), 0.0) + over
        state["clock"][rows] = clock
        gain = _tide.follow(tide, k - n * usual, n * usual * (1.0 - usual), 1.0 + (n - 1.0) * alike)
        told = np.where(learn, n, 0.0)[:, None]
        young[:, _LEARNT] += told
        young[:, _TIDED] += told * gain[:, None] * (shifted - usual[:, None])
        state["young"][rows] = young
        if learn.any():
            state["tide"][rows[learn]] = tide[learn]
            look = np.stack([k, n, n * usual, np.full(len(k), seconds), n * _share(base)], axis=1)
            self._learn(state, rows[learn], look[learn])
        return raised

    def _shifted(self, base: Floats, tide: Floats, young: Floats) -> Floats:
        """Return the share (m, j) if shifted by each ratio, of a base rate and a tide without what the shift put in them."""
        part = np.minimum(young[:, _LEARNT] / (base[:, _N, None] + 1.0), _PART)
        before = _odds.before(_share(base)[:, None], part, self._odds)
        return _odds.moved(before, self._odds * np.exp(_tide.stands(tide)[:, None] - young[:, _TIDED]))

    def _spared(self, usual: Floats, shifted: Floats, n: Floats, spread: Floats) -> Floats:
        """Return what evidence (m, j) a base rate gives that is off by as much as does not matter, on average, at most."""
        off = _odds.moved(usual, self._allowed) - usual
        known = usual * (1.0 - usual) * (1.0 + (n - 1.0) * spread)
        return np.asarray(np.maximum(n * off * (shifted - usual) / known, 0.0))

    def _correlation(self, base: Floats, share: Floats, n: Floats, seconds: float) -> Floats:
        """Return how alike the trials of one look are: 1 all the same, 0 independent."""
        wander, blocks = base[:, _WANDER] * share * (1.0 - share), seconds / self._block(base)
        return _correlation.of_look(base[:, _EXCESS], wander, n, base[:, _N], blocks)

    def _block(self, base: Floats) -> Floats:
        return _correlation.block(base[:, _LOOKS], self._every)

    def _learn(self, state: State, rows: Ints, look: Floats) -> None:
        """Learn from looks (m, 5): k, n, expected by all that is known, seconds, expected by the base rate."""
        base = state["base"][rows]
        weight = look[:, 3] / self._every
        keep = 1.0 - self._forget(base, look[:, 1], weight, _tide.swings(state["tide"][rows]))
        base[:, _K] = base[:, _K] * keep + look[:, 0]
        base[:, _N] = base[:, _N] * keep + look[:, 1]
        base[:, _LOOKS] += weight
        base[:, _BLOCK_K:] += look
        full = base[:, _BLOCK_T] >= self._block(base) * (1.0 - 1e-9)
        if full.any():
            base[full] = self._judge(state, rows[full], base[full])
        state["base"][rows] = base

    def _forget(self, base: Floats, n: Floats, weight: Floats, swings: Bools) -> Floats:
        """Return the part (m,) of the base rate that is forgotten: more once it is better known than its shifts need.

        Not where a rule says what is too small to matter, but for a swing: else what creeps up is learnt before it does.
        """
        rare = np.minimum(base[:, _K], base[:, _N] - base[:, _K])
        enough = self._enough * (1.0 + base[:, _EXCESS])
        soon = np.where(
            (rare >= enough) & (swings | (self._small == 0.0)), n / np.maximum(base[:, _N], 1.0) * rare / enough, 0.0
        )
        soon = np.minimum(soon, weight / self._least * (base[:, _LOOKS] >= self._least))
        late = weight / self._cap * (base[:, _LOOKS] >= self._cap)
        return np.minimum(np.maximum(soon, late), 1.0)

    def _judge(self, state: State, rows: Ints, base: Floats) -> Floats:
        """Return the base with its dispersion learnt from the block that is full, and a new one begun; its tide, once hours are.

        Left out while the base rate is hardly known: the block holds half of all trials, or the rarer kind hardly came.
        """
        known = (base[:, _BLOCK_N] <= 0.5 * base[:, _N]) & (np.minimum(base[:, _K], base[:, _N] - base[:, _K]) >= 3.0)
        places = np.flatnonzero(known)
        for part in parts(len(places), 2 * _dispersion.RUNGS):
            some = places[part]
            base[some] = self._disperse(state, rows[some], base[some])
        hours = places[base[places, _LOOKS] * self._every >= 96.0 * _BLOCK]
        told = base[hours, _BLOCK_K], base[hours, _BLOCK_N], base[hours, _BLOCK_E]
        state["tide"][rows[hours]] = _tide.judge(state["tide"][rows[hours]], told, _SWING * self._small)
        base[:, _BLOCK_K:] = 0.0
        return base

    def _disperse(self, state: State, rows: Ints, base: Floats) -> Floats:
        k, n, share = base[:, _BLOCK_K, None], base[:, _BLOCK_N, None], base[:, _BLOCK_P, None]
        share = np.clip(share / n, 1e-12, 1.0 - 1e-12)
        level = 1.0 / (base[:, _N, None] + 2.0) + _unsure(state["tide"][rows], share[:, 0])[:, None]

        def mass(excess: Floats, wander: Floats) -> Floats:
            correlation = _correlation.of_rungs(excess, wander * share * (1.0 - share), n, level)
            return _betabin.log_mass(k, n, share, correlation) - _betabin.log_norm(n, correlation)

        base[:, _EXCESS], base[:, _WANDER] = _dispersion.judge(state, rows, mass, finely=True)
        return base

    def _left(self, base: Floats, age: Floats) -> Floats:
        """Return the seconds until enough is learnt, at the pace so far; ratings that are few are taken to sleep at night."""
        rare = np.minimum(base[:, _K], base[:, _N] - base[:, _K])
        done = np.minimum(base[:, _LOOKS] / 100.0, base[:, _N] / 200.0)
        done = np.minimum(done, np.maximum(rare / 20.0, base[:, _N] / 10_000.0))
        few = base[:, _LOOKS] * self._every < 0.5 * age
        age = np.where(few, np.maximum(np.minimum(2.0 * age, _DAY), age), np.maximum(age, self._every))
        return _clock.left(done, age, self._every)


def _share(base: Floats) -> Floats:
    return np.asarray((base[:, _K] + 0.5) / (base[:, _N] + 1.0))


def _usual(base: Floats, tide: Floats) -> Floats:
    return _odds.moved(_share(base), np.exp(_tide.stands(tide)))


def _unsure(tide: Floats, share: Floats) -> Floats:
    return np.asarray(_tide.unsure(tide) * share * (1.0 - share))
