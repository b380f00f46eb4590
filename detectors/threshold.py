"""A fixed line with hysteresis."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from andon.detector import Expectation, Field, Scores, Settings, State
from andon.errors import ConfigError
from andon.model import Bools, Floats, Form, Ints, Observation
from detectors._options import checked, number

_FAR = float(np.finfo(np.float64).max)


class Threshold:
    """Tell when a value lies beyond a fixed line.

    The line is drawn across one window of `over` seconds: a share for proportions, the number in the window for counts,
    the value itself for levels. The score is 0 on the line and grows by 1 with each further `|line|` beyond it; it is
    -inf while the window is empty. Once it fired, only values beyond `clear` count as good again, so that a value
    which dances on the line does not ring twice: the hysteresis of Schmitt's trigger (J. Sci. Instrum. 15, 1938).

    Options:
        above, below: the line; exactly one of them.
        over: the window's length in seconds; by default `every`.
        clear: where good begins again; by default 10 % of the line back on the good side.

    >>> import numpy as np
    >>> from andon.detector import Settings
    >>> from andon.model import Form, Observation
    >>> line = Threshold(Settings(every=60.0, form=Form.PROPORTION, options={"above": 0.02, "over": 600.0}))
    >>> look = Observation(Form.PROPORTION, np.array([[3.0], [1.0]]), np.array([[100.0], [100.0]]), np.array([600.0]))
    >>> [round(float(s), 3) for s in line.step({}, np.arange(2), look, 600.0, np.ones(2, bool)).score]
    [0.5, -0.5]
    >>> line.expect({}, np.arange(1), look, 600.0).high.round(6).tolist()
    [0.018]
    """

    name: ClassVar[str] = "threshold"
    takes: ClassVar[frozenset[Form]] = frozenset(Form)
    calibrated: ClassVar[bool] = False
    format: ClassVar[int] = 1

    def __init__(self, settings: Settings) -> None:
        options = checked(self.name, settings, self.takes, ("above", "below", "over", "clear"))
        if ("above" in options) == ("below" in options):
            raise ConfigError("threshold needs exactly one of above and below, e.g. {above: 2%, over: 10m}.")
        side = "above" if "above" in options else "below"
        self._sign = 1.0 if side == "above" else -1.0
        self._line = number(self.name, options, side, 0.0, low=-math.inf)
        self._scale = abs(self._line) if abs(self._line) > 1e-9 else 1.0
        self._over = number(self.name, options, "over", settings.every)
        self._count = settings.form is Form.COUNT
        self._share = settings.form is Form.PROPORTION
        usual = self._line - self._sign * 0.1 * abs(self._line)
        self._clear = number(self.name, options, "clear", usual, low=-math.inf)
        if (self._clear - self._line) * self._sign > 0:
            raise ConfigError(f"threshold: clear is {self._clear:g}, beyond the line {self._line:g}; put it before it.")

    @property
    def fields(self) -> Mapping[str, Field]:
        """It remembers nothing."""
        return {}

    @property
    def windows(self) -> Sequence[float]:
        """Return the one window the line is drawn across."""
        return (self._over,)

    def step(self, state: State, rows: Ints, observation: Observation, now: float, learn: Bools) -> Scores:
        """Compare each row's window with the line; `since` is the window's beginning."""
        del state, learn
        value = self._value(observation)
        known = np.isfinite(value)
        score = np.where(known, (value - self._line) * self._sign / self._scale, -np.inf)
        since = np.where(known & (score > 0), now - observation.seconds[0], np.nan)
        return Scores(score, known, since, np.zeros(len(rows)))

    def expect(self, state: State, rows: Ints, observation: Observation, now: float) -> Expectation:
        """Return the side on which a value is good again: `expected` is where that side begins."""
        del state, observation, now
        clear = self._clear / self._over if self._count else self._clear
        floor, ceiling = (-_FAR if self._count is self._share else 0.0), (1.0 if self._share else _FAR)
        edge = np.full(len(rows), clear)
        if self._sign > 0:
            return Expectation(edge, np.full(len(rows), min(floor, clear)), edge.copy())
        return Expectation(edge, edge.copy(), np.full(len(rows), max(ceiling, clear)))

    def _value(self, observation: Observation) -> Floats:
        x, n = observation.x[:, 0], observation.n[:, 0]
        known = (n > 0) & np.isfinite(x)
        if not self._share:
            return np.where(known, x, np.nan)
        return np.where(known, x / np.where(known, n, 1.0), np.nan)
