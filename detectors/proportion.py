"""Shares of good or bad against a learnt base rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from andon.detector import Expectation, Field, Scores, Settings, State
from andon.model import Bools, Direction, Floats, Form, Ints, Observation
from detectors import _base, _betabin, _clock, _dispersion, _evidence, _odds, _tide
from detectors._options import checked, many_ratios

_RATIOS = (1.6, 2.2, 3.5)
_MARGIN = 1.1
"""Of looks with more than one trial, whose dispersion is never known for sure."""
_ALLOWED = 0.15
"""Of the least shift that a rule says matters: a base rate that is off by as much gives no evidence."""
_PART = 0.9
"""Of the trials learnt, at least a tenth came before any change."""
_LINE = 3
"""Behind the clock, the last look's line."""
_LEARNT, _TIDED = range(2)


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
        least, coarse = float(logs.min()), not np.isnan(settings.smallest)
        self._pace = _base.Pace.of(settings.every, least, coarse=coarse)
        self._allowed = np.exp(_ALLOWED * least * coarse * np.sign(np.log(self._odds)))

    @property
    def fields(self) -> Mapping[str, Field]:
        """Return evidence, the looks' clock, base rate, its tide, what each ratio's change put in both, and dispersion."""
        return {
            "evidence": _evidence.field(len(self._odds)),
            "clock": Field("f8", (4,)),
            "base": _base.field(),
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
        left = _base.left(state["base"].take(rows, axis=0), self._pace, now - state["clock"][rows, _clock.BEGAN])
        return Scores(score, raised, _evidence.since(evidence), left)

    def expect(self, state: State, rows: Ints, observation: Observation, now: float) -> Expectation:
        """Return the share expected of such windows, and the beta-binomial interval for their n."""
        del now
        base, n = state["base"][rows], observation.n[:, 0]
        n = np.where((n > 0.0) & np.isfinite(n), n, 1.0)
        tide = state["tide"][rows]
        share = _usual(base, tide)
        correlation = _base.correlation(base, self._pace, share, n, float(observation.seconds[0]))
        correlation = np.minimum(correlation + _tide.alike(tide, share), 0.9)
        low, high = _betabin.interval(n, share, correlation)
        return Expectation(share, np.minimum(low / n, share), np.maximum(high / n, share))

    def accept(self, state: State, rows: Ints, observation: Observation, now: float) -> None:
        """Take a window's share for usual, as if a quarter of its trials had shown it: twice the spread that they leave."""
        del now
        k, n = observation.x[:, 0], observation.n[:, 0]
        some = np.flatnonzero((n > 0.0) & np.isfinite(k) & np.isfinite(n))
        base, tide = state["base"][rows[some]], state["tide"][rows[some]]
        _base.accept(base, k[some], n[some])
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
        alike = _base.correlation(base, self._pace, usual, n, seconds)
        spread = (alike + _tide.alike(tide, usual))[:, None]
        off = _odds.moved(usual[:, None], self._allowed) - usual[:, None]
        logs, over = _betabin.weigh(k[:, None], n[:, None], usual[:, None], shifted, spread, off)
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
            look = np.stack([k, n, n * usual, np.full(len(k), seconds), n * _base.share(base)], axis=1)
            _base.learn(state, rows[learn], self._pace, look[learn])
        return raised

    def _shifted(self, base: Floats, tide: Floats, young: Floats) -> Floats:
        """Return the share (m, j) if shifted by each ratio, of a base rate and a tide without what the shift put in them."""
        part = np.minimum(young[:, _LEARNT] / (_base.trials(base)[:, None] + 1.0), _PART)
        before = _odds.before(_base.share(base)[:, None], part, self._odds)
        return _odds.moved(before, self._odds * np.exp(_tide.stands(tide)[:, None] - young[:, _TIDED]))


def _usual(base: Floats, tide: Floats) -> Floats:
    return _odds.moved(_base.share(base), np.exp(_tide.stands(tide)))
