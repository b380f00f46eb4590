"""How fast an error budget burns, over pairs of windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from andon.detector import Expectation, Field, Scores, Settings, State
from andon.errors import ConfigError
from andon.model import Bools, Direction, Floats, Form, Ints, Observation
from detectors._options import checked, number

_MONTH = 30 * 86_400.0
_PAIRS: Mapping[str, tuple[tuple[float, float, float], ...]] = {
    "fast": ((14.4, 3_600.0, 300.0), (6.0, 21_600.0, 1_800.0)),
    "slow": ((3.0, 86_400.0, 7_200.0), (1.0, 259_200.0, 21_600.0)),
}


class BurnRate:
    """Tell when a budget of bad events is being used up too fast.

    A burn rate is the share of bad events over the share the budget allows; at 1 the budget lasts exactly its period. A
    pair of windows burns when both its long one (it matters) and its short one (it still goes on) exceed the pair's
    rate, and the detector fires when any pair burns. The score is the log of how far the slower window of the best pair
    lies beyond its rate, hence 0 on the line. A long window with fewer than `least` events says nothing. A rule that
    watches for a fall (csat) counts what is missing from 1.

    Options:
        budget: the share of bad events allowed, 0 to 1.
        of: seconds the budget is for; by default 30 days. For other periods the rates scale with the period (1 at least).
        windows: "fast" (14.4 at 1 h and 5 min, 6 at 6 h and 30 min) or "slow" (3 at 1 d and 2 h, 1 at 3 d and 6 h).
        least: events that a long window must hold; by default 30.

    Source: The Site Reliability Workbook (Google, 2018), ch. 5, "Multiwindow, Multi-Burn-Rate Alerts".

    >>> import numpy as np
    >>> from andon.detector import Settings
    >>> from andon.model import Form, Observation
    >>> burn = BurnRate(Settings(every=60.0, form=Form.PROPORTION, options={"budget": 0.01}))
    >>> list(burn.windows)
    [300.0, 1800.0, 3600.0, 21600.0]
    >>> n = np.array([[100.0, 600.0, 1200.0, 7200.0]])
    >>> look = Observation(Form.PROPORTION, n * 0.2, n, np.array(burn.windows))
    >>> round(float(burn.step({}, np.arange(1), look, 0.0, np.ones(1, bool)).score[0]), 3)  # ln(20 / 6)
    1.204
    """

    name: ClassVar[str] = "burn_rate"
    takes: ClassVar[frozenset[Form]] = frozenset({Form.PROPORTION})
    calibrated: ClassVar[bool] = False
    format: ClassVar[int] = 1

    def __init__(self, settings: Settings) -> None:
        options = checked(self.name, settings, self.takes, ("budget", "of", "windows", "least"))
        if "budget" not in options:
            raise ConfigError("burn_rate needs a budget: the share of bad events allowed, e.g. {budget: 1%, of: 30d}.")
        self._budget = number(self.name, options, "budget", 0.01)
        if self._budget >= 1:
            raise ConfigError(f"burn_rate: budget is {self._budget:g}; it must be a share below 1 (1% is 0.01).")
        scale = number(self.name, options, "of", _MONTH) / _MONTH
        which = options.get("windows", "fast")
        if which not in _PAIRS:
            raise ConfigError(f"burn_rate: windows is {which!r}; it must be one of: {', '.join(_PAIRS)}.")
        self._least = number(self.name, options, "least", 30.0)
        self._falls = settings.direction is Direction.FALLS
        self._windows = tuple(sorted({length for _, *pair in _PAIRS[which] for length in pair}))
        self._pairs = tuple(
            (max(rate * scale, 1.0) * self._budget, self._windows.index(long), self._windows.index(short))
            for rate, long, short in _PAIRS[which]
        )
        lowest = min(line for line, _, _ in self._pairs)
        if lowest >= 1:
            raise ConfigError(
                f"burn_rate: budget is {self._budget:g}, and {lowest / self._budget:.3g} times as fast, the slowest of its "
                f"{which} windows, is more than all there is. State one below {self._budget / lowest:.2g}, or slow windows."
            )

    @property
    def fields(self) -> Mapping[str, Field]:
        """It remembers nothing."""
        return {}

    @property
    def windows(self) -> Sequence[float]:
        """Return every length the pairs need, shortest first."""
        return self._windows

    def step(self, state: State, rows: Ints, observation: Observation, now: float, learn: Bools) -> Scores:
        """Compare each pair of windows with its rate; `since` is the long window's beginning."""
        del state, learn
        share, n = self._shares(observation)
        score, since = np.full(len(rows), -np.inf), np.full(len(rows), np.nan)
        fresh = np.zeros(len(rows), bool)
        for line, long, short in self._pairs:
            known = (n[:, long] >= self._least) & (n[:, short] > 0)
            slower = np.maximum(np.minimum(share[:, long], share[:, short]), 1e-300)
            this = np.where(known, np.log(slower / line), -np.inf)
            since = np.where((this > score) & (this > 0), now - observation.seconds[long], since)
            score, fresh = np.maximum(score, this), fresh | known
        return Scores(score, fresh, since, np.zeros(len(rows)))

    def expect(self, state: State, rows: Ints, observation: Observation, now: float) -> Expectation:
        """Return the budget as what is expected; a share is good again 10 % below the lowest pair's line."""
        del state, observation, now
        expected = np.full(len(rows), self._budget)
        edge = np.full(len(rows), min(1.0, max(self._budget, 0.9 * min(line for line, _, _ in self._pairs))))
        if self._falls:
            return Expectation(1.0 - expected, 1.0 - edge, np.ones(len(rows)))
        return Expectation(expected, np.zeros(len(rows)), edge)

    def _shares(self, observation: Observation) -> tuple[Floats, Floats]:
        known = (observation.n > 0) & np.isfinite(observation.x)
        n = np.where(known, observation.n, 0.0)
        share = np.where(known, observation.x, 0.0) / np.where(known, n, 1.0)
        return (1.0 - share if self._falls else share), n
