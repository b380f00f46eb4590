"""Levels (latency quantiles, means, any gauge) against a robust seasonal baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from andon.detector import Expectation, Field, Scores, Settings, State
from andon.model import Bools, Direction, Floats, Form, Ints, Observation
from detectors import _evidence, _lasting, _residual, _tail
from detectors._looks import usual_gap
from detectors._options import checked, shift

_SHIFTS = np.array([0.5, 1.0, 1.5])
_CLIP = 3.0
"""Spreads beyond which a single remainder says nothing more of a shift."""
_FEW = 200.0
"""Looks with data until it has learnt."""
_SETTLED = 20.0
"""Looks before a remainder tells of the series, and not of a spread that is hardly known."""
_LAST, _GAP, _BEGAN = range(3)


class Level:
    """Tell when a level leaves its usual range: one point far out, or many a little.

    A value is held against a robust running mean, an hour-of-day profile (only where it predicts better than none) and the
    persistence of the point before; what remains is measured in its own robust spread. Two halves look at it, and each may
    use half of the promise. The tail half is -ln p, with p the chance of so large a remainder in this very series, from a
    generalised Pareto tail learnt from its own excesses. The shift half is a Shiryaev-Roberts e-detector over the clipped
    remainders, with their learnt moment generating function, so that it assumes no distribution; where their sums vary more
    than independent ones' would, as of a baseline that wanders, it counts for less by that factor.

    The score is the larger half less ln 2; a promise of one false alarm in N looks is the threshold ln N. It is
    learning until it has seen 200 looks with data.

    Settings:
        smallest: the least shift that matters, relative to the usual level; points nearer than that and shifts of less
            than half of it say nothing. By default there is none.

    Source: peaks over threshold: Pickands, Ann. Statist. 3 (1975); Siffer et al., KDD 2017. Shifts: Pollak, Ann. Statist.
    13 (1985); Shin, Ramdas & Rinaldo, NEJSDS 2 (2023).

    >>> import numpy as np
    >>> from andon.detector import Settings
    >>> from andon.model import Form, Observation
    >>> level = Level(Settings(every=60.0, form=Form.LEVEL))
    >>> state = {k: np.full((1, *f.shape), f.fill, f.dtype) for k, f in level.fields.items()}
    >>> rng = np.random.default_rng(3)
    >>> found = []
    >>> for minute in range(1, 1002):
    ...     x = np.array([[rng.normal(250 if minute <= 1000 else 400, 10)]])
    ...     look = Observation(Form.LEVEL, x, np.array([[50.0]]), np.array([60.0]))
    ...     found.append(float(level.step(state, np.arange(1), look, minute * 60.0, np.ones(1, bool)).score[0]))
    >>> bool(max(found[200:1000]) < np.log(43_200) < found[1000])
    True
    """

    name: ClassVar[str] = "level"
    takes: ClassVar[frozenset[Form]] = frozenset({Form.LEVEL, Form.SCORE})
    calibrated: ClassVar[bool] = True
    format: ClassVar[int] = 2

    def __init__(self, settings: Settings) -> None:
        checked(self.name, settings, self.takes, ())
        self._every = settings.every
        least = shift(self.name, settings.smallest)
        self._least = 0.0 if np.isnan(least) else least
        self._sign = {Direction.RISES: 1.0, Direction.FALLS: -1.0}.get(settings.direction, 0.0)
        self._shifts: Floats = _SHIFTS if self._sign else np.concatenate([_SHIFTS, -_SHIFTS])

    @property
    def fields(self) -> Mapping[str, Field]:
        """Return evidence, the looks' clock, location and spread with the day's profile, tail, and shifts' moments."""
        return {
            "evidence": _evidence.field(len(self._shifts)),
            "clock": Field("f8", (3,)),
            **_residual.FIELDS,
            "tail": Field("f8", (_tail.WIDTH,)),
            "moments": Field("f8", (1 + len(self._shifts),)),
            "lasting": Field("f8", (_lasting.WIDTH,)),
        }

    @property
    def windows(self) -> Sequence[float]:
        """Return one look's length."""
        return (self._every,)

    def step(self, state: State, rows: Ints, observation: Observation, now: float, learn: Bools) -> Scores:
        """Hold one look's level against what was expected, then learn from it."""
        seconds = float(observation.seconds[0])
        clock = state["clock"][rows]
        began = clock[:, _LAST] <= 0.0
        elapsed = np.where(began, seconds, now - clock[:, _LAST])
        seen = np.isfinite(observation.x[:, 0]) & (observation.n[:, 0] > 0.0) & (elapsed > 0.0)
        x = np.where(seen, observation.x[:, 0], 0.0)
        gap = np.where(clock[:, _GAP] > 0.0, clock[:, _GAP], self._every)
        at = now - seconds / 2
        part = _residual.take(state, rows, x, at, near=elapsed <= 4.0 * gap)
        up = part.units * self._sign if self._sign else np.abs(part.units)
        least = self._least * np.abs(part.usual)
        tail = np.where(np.abs(part.rest) >= least, _tail.surprise(state["tail"][rows], up), 0.0)
        against = np.abs(self._shifts) * np.minimum(0.5 * least * part.lasting, _CLIP - 1.0)[:, None]
        logs = self._shifts * _clipped(part.units, self._sign)[:, None]
        logs -= np.maximum(self._log_moments(state, rows), against)
        logs /= _lasting.factor(state["lasting"][rows])[:, None]
        wait = np.where(seen, np.minimum(elapsed, 4.0 * gap) / self._every, 0.0)
        evidence, raised = _evidence.advance(
            state["evidence"][rows], np.where(seen[:, None], logs, 0.0), wait, now - seconds
        )
        state["evidence"][rows] = evidence
        clock[:, _GAP] = np.where(seen, usual_gap(gap, elapsed - seconds + self._every), clock[:, _GAP])
        clock[:, _BEGAN] = np.where(began & seen, now - seconds, clock[:, _BEGAN])
        clock[:, _LAST] = np.where(seen, now, clock[:, _LAST])
        state["clock"][rows] = clock
        learns = seen & learn
        if learns.any():
            self._learn(state, rows, part, up, x, at, learns)
        out = np.where(seen, tail + np.log(np.maximum(gap / self._every, 1.0)), -np.inf)
        shift = _evidence.score(evidence, np.zeros(len(rows)))
        since = np.where(out > shift, now - seconds, _evidence.since(evidence))
        fresh = seen & (raised | (out > shift))
        return Scores(np.maximum(out, shift) - np.log(2.0), fresh, since, self._left(state, rows, clock, now))

    def expect(self, state: State, rows: Ints, observation: Observation, now: float) -> Expectation:
        """Return the level expected, and between which values 95 % of such windows lie; longer ones stray less."""
        seconds = float(observation.seconds[0])
        gap = np.maximum(state["clock"][rows, _GAP], self._every)
        usual, spread = _residual.usual(state, rows, now - seconds / 2, looks=np.maximum(seconds / gap, 1.0))
        reach = spread * np.maximum(1.96, _tail.reach(state["tail"][rows]))
        return Expectation(usual, usual - reach, usual + reach)

    def _log_moments(self, state: State, rows: Ints) -> Floats:
        """Return ln E exp(shift x clipped remainder), as if 30 normal remainders, a little wide, had been seen before."""
        moments = state["moments"][rows]
        prior = np.exp(0.6 * self._shifts**2)
        return np.asarray(np.log((moments[:, 1:] + 30.0 * prior) / (moments[:, :1] + 30.0)))

    def _learn(
        self, state: State, rows: Ints, part: _residual.Part, up: Floats, x: Floats, at: float, learns: Bools
    ) -> None:
        part, up, x, rows = part.only(learns), up[learns], x[learns], rows[learns]
        settled = _residual.looks(state, rows) >= _SETTLED
        if settled.any():
            self._learn_odds(state, rows[settled], part.units[settled], up[settled])
        _residual.learn(state, rows, part, x, at)

    def _learn_odds(self, state: State, rows: Ints, units: Floats, up: Floats) -> None:
        state["tail"][rows] = _tail.learn(state["tail"][rows], up)
        state["lasting"][rows] = _lasting.learn(state["lasting"][rows], _clipped(units, self._sign))
        moments = state["moments"][rows]
        weight = np.exp(self._shifts * _clipped(units, self._sign)[:, None])
        keep = np.minimum(1.0, 2_000.0 / (moments[:, :1] + 1.0))
        moments[:, 1:] = (moments[:, 1:] + weight) * keep
        moments[:, :1] = (moments[:, :1] + 1.0) * keep
        state["moments"][rows] = moments

    def _left(self, state: State, rows: Ints, clock: Floats, now: float) -> Floats:
        looks = _residual.looks(state, rows)
        pace = np.maximum(now - clock[:, _BEGAN], self._every) / np.maximum(looks, 1.0)
        pace = np.where(looks > 0.0, pace, self._every)
        return np.maximum(_FEW - looks, 0.0) * pace


def _clipped(units: Floats, sign: float) -> Floats:
    return np.clip(units * (sign or 1.0), -_CLIP, _CLIP)
