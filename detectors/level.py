"""Levels (latency quantiles, means, any gauge) against a robust seasonal baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from andon.detector import Expectation, Field, Scores, Settings, State
from andon.model import Bools, Direction, Floats, Form, Ints, Observation
from detectors import _clock, _options
from detectors._level import novelty, outlier, residual, shift, volume
from detectors._level.rows import only

_FEW = 200.0
"""Looks with data until it has learnt."""
_SETTLED = 20.0
"""Looks before a remainder tells of the series, and not of a spread that is hardly known."""


class Level:
    """Tell when a level leaves its usual range: one point far out, or many a little.

    A value is held against a robust running mean, an hour-of-day profile (only where it predicts better than none) and the
    persistence of the point before; what remains is measured in its own robust spread. Three parts look at it and share the
    promise. What stands out at once is -ln p, with p the chance of so large a remainder in this very series, from a generalised
    Pareto tail learnt from its own excesses; two looks in a row count together, and what stands out at this hour of other days
    is less news. What lasts is a Shiryaev-Roberts e-detector over the clipped remainders, with their learnt moment generating
    function, so that it assumes no distribution; where their sums vary more than independent ones' would, as of a baseline that
    wanders, it counts for less by that factor, and below a promise of one in 1,600 it is not told. What is unlike anything the
    series has done before is judged by how unlike it usually is. A level of fewer events than usual is noisier: it is taken to
    stray as much more as a mean of so few would.

    The score is the largest part less its share of the promise; one false alarm in N looks is the threshold ln N. It is
    learning until it has seen 200 looks with data. The scale is linear, since crash rates are found worse on a logarithmic one.
    A lone look is believed little beyond what the looks so far can show: the first after few thousand rings only if far out.

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
    >>> for minute in range(1, 1003):
    ...     x = np.array([[rng.normal(250 if minute <= 1000 else 400, 10)]])
    ...     look = Observation(Form.LEVEL, x, np.array([[50.0]]), np.array([60.0]))
    ...     found.append(float(level.step(state, np.arange(1), look, minute * 60.0, np.ones(1, bool)).score[0]))
    >>> bool(max(found[200:1000]) < np.log(43_200) < found[1001])
    True
    """

    name: ClassVar[str] = "level"
    takes: ClassVar[frozenset[Form]] = frozenset({Form.LEVEL, Form.SCORE})
    calibrated: ClassVar[bool] = True
    format: ClassVar[int] = 3

    def __init__(self, settings: Settings) -> None:
        _options.checked(self.name, settings, self.takes, ())
        self._every = settings.every
        least = _options.shift(self.name, settings.smallest)
        self._least = 0.0 if np.isnan(least) else least
        self._sign = {Direction.RISES: 1.0, Direction.FALLS: -1.0}.get(settings.direction, 0.0)
        self._shifts = shift.sizes(self._sign)

    @property
    def fields(self) -> Mapping[str, Field]:
        """Return the looks' clock, location and spread with the day's profile, usual events, and what the three parts learn."""
        return {
            "clock": Field("f8", (3,)),
            **residual.FIELDS,
            **volume.FIELDS,
            **outlier.FIELDS,
            **shift.fields(len(self._shifts)),
            **novelty.FIELDS,
        }

    @property
    def windows(self) -> Sequence[float]:
        """Return one look's length."""
        return (self._every,)

    def step(self, state: State, rows: Ints, observation: Observation, now: float, learn: Bools) -> Scores:
        """Hold one look's level against what was expected, then learn from it."""
        seconds = float(observation.seconds[0])
        clock = state["clock"][rows]
        passed = _clock.passed(clock, now, seconds, self._every)
        n = np.where(np.isfinite(observation.n[:, 0]), observation.n[:, 0], 0.0)
        seen = np.isfinite(observation.x[:, 0]) & (n > 0.0) & (passed.elapsed > 0.0)
        x, at = np.where(seen, observation.x[:, 0], 0.0), now - seconds / 2
        hour = int(at // 3_600.0) % 24
        part, looks = residual.take(state, rows, x, at, near=passed.near), residual.looks(state, rows)
        noise = volume.noise(state, rows, n, looks)
        off, known = (part.off_flat, part.off_day), (looks, residual.size(state, rows), noise)
        look = outlier.take(state, rows, off, known, passed.near, self._sign)
        novel = novelty.take(state, rows, x, look.part.rest)
        least = self._least * np.abs(part.usual)
        matters = seen & (np.abs(part.rest) >= least)
        out = outlier.judge(state, rows, np.where(matters, look.surprise, 0.0), hour, seen)
        out = np.maximum(out, np.where(matters & (look.up > 0.0), novelty.told(novel, looks, noise), -np.inf))
        logs = shift.logs(state, rows, self._shifts, _clipped(part.units / noise, self._sign), least * part.lasting)
        logs = np.where((seen & (looks >= _SETTLED))[:, None], logs, 0.0)
        found = shift.judge(state, rows, logs, np.where(seen, passed.looks, 0.0), now - seconds)
        moved = clock.copy()
        _clock.move(moved, passed, now, seconds, self._every)
        clock = np.where(seen[:, None], moved, clock)
        state["clock"][rows] = clock
        learns = seen & learn
        novelty.follow(state, rows[seen], only(novel, seen))
        if learns.any():
            novelty.learn(state, rows[learns], only(novel, learns))
            outlier.learn(state, rows, look, looks, hour, learns)
            volume.learn(state, rows[learns], n[learns], looks[learns], self._every)
            self._learn(state, rows, part, x, at, learns)
            shift.settle(state, rows[learns], found.score[learns])
        out = np.where(seen, out + np.log(np.maximum(passed.gap / self._every, 1.0)), -np.inf)
        stands = out >= found.score
        since = np.where(stands, now - seconds, found.since)
        fresh = seen & (stands | found.fresh)
        return Scores(np.maximum(out, found.score), fresh, since, self._left(state, rows, clock, now))

    def expect(self, state: State, rows: Ints, observation: Observation, now: float) -> Expectation:
        """Return the level expected, and between which values 95 % of such windows lie; longer ones stray less."""
        seconds = float(observation.seconds[0])
        gap = np.maximum(state["clock"][rows, _clock.GAP], self._every)
        usual, spread = residual.usual(state, rows, now - seconds / 2, looks=np.maximum(seconds / gap, 1.0))
        reach = 1.96 * spread
        return Expectation(usual, usual - reach, usual + reach)

    def _learn(self, state: State, rows: Ints, part: residual.Part, x: Floats, at: float, learns: Bools) -> None:
        part, x, rows = only(part, learns), x[learns], rows[learns]
        settled = residual.looks(state, rows) >= _SETTLED
        if settled.any():
            shift.learn(state, rows[settled], self._shifts, _clipped(part.units[settled], self._sign))
        residual.learn(state, rows, part, x, at)

    def _left(self, state: State, rows: Ints, clock: Floats, now: float) -> Floats:
        looks = residual.looks(state, rows)
        pace = np.maximum(now - clock[:, _clock.BEGAN], self._every) / np.maximum(looks, 1.0)
        pace = np.where(looks > 0.0, pace, self._every)
        return np.maximum(_FEW - looks, 0.0) * pace


def _clipped(units: Floats, sign: float) -> Floats:
    return np.clip(units * (sign or 1.0), -shift.CLIP, shift.CLIP)
