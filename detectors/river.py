"""Any of river's anomaly and drift models, by its name."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from andon.detector import Expectation, Field, Scores, Settings, State
from andon.errors import ConfigError
from andon.model import Bools, Floats, Form, Ints, Observation
from detectors._options import checked, number
from detectors._river.anomaly import Line, Unusual
from detectors._river.drift import Drifted
from detectors._river.models import Kind, Making
from detectors._river.replay import LARGEST, Ring
from detectors._river.thinning import thinned

_FAR = float(np.finfo(np.float64).max)
_COUNTED = 1e15
_LONGER = 0.7
"""A look of which a usual one is a smaller part than this is a longer one."""
FEATURES = ("value", "change", "hour")
WINDOW = 250


class River:
    """Watch a metric by any of river's anomaly and drift models: a library of online learning, series by series.

    An anomaly model gives each look a score by what the last `window` to 2 `window` learnt looks were like; beyond the line
    `above`, on the side that the rule looks at, it is abnormal. Here the score is 0 on that line and grows by 1 with each
    further `|above|`. A model that takes features sees `value`, its `change` since the last usual look and, if asked,
    the `hour` of the day, which needs a window longer than a day; a model of one target sees the value. Values are scaled so
    that those usual in a block of `window` looks lie from 0.25 to 0.75; for a drift model from 0 to 1, and no further.

    A drift model has a line of its own, in `with`. The score is 1 from the look at which it saw the stream drift towards the
    side that the rule looks at, for as long as that `stays`, else -1; the drift began where the mean most likely changed.
    The model begins anew after it: the new level is the usual one. A rule's `for` must be shorter than `stays`.

    It is learning until it has seen `window` looks. A longer look, as history comes in, counts as one look of usual length
    whose events are drawn from its own (seeded); a level is taken as it is. Whatever a model raises, it then says
    nothing. It works series by series, at the model's own cost, and is no match for `level` or `count` in speed.

    Options:
        model: such as anomaly.LocalOutlierFactor, drift.KSWIN; a wrong one is answered by all that there are.
        with: the model's parameters, such as {n_neighbors: 20}; a seed is 1 unless given.
        above: the line, in the model's own score; required for an anomaly model.
        window: looks, 20 to 250; by default 250.
        features: of value, change, hour; by default value and change.
        stays: seconds that a drift is told for; by default ten looks.

    Source: Montiel et al., River: machine learning for streaming data in Python (JMLR 22, 2021).

    >>> import numpy as np
    >>> from andon.detector import Settings
    >>> from andon.model import Form, Observation
    >>> told = {"model": "anomaly.StandardAbsoluteDeviation", "above": 6.0, "window": 50}
    >>> usual = River(Settings(every=60.0, form=Form.LEVEL, options=told))
    >>> state = {k: np.full((1, *f.shape), f.fill, f.dtype) for k, f in usual.fields.items()}
    >>> rng, one = np.random.default_rng(1), np.ones((1, 1))
    >>> for x in [*rng.normal(100.0, 10.0, 60), 190.0]:
    ...     look = Observation(Form.LEVEL, one * x, one, np.array([60.0]))
    ...     scores = usual.step(state, np.arange(1), look, 60.0, np.ones(1, bool))
    >>> round(float(scores.score[0]), 2)
    0.71
    """

    name: ClassVar[str] = "river"
    takes: ClassVar[frozenset[Form]] = frozenset(Form)
    calibrated: ClassVar[bool] = False
    format: ClassVar[int] = 1

    def __init__(self, settings: Settings) -> None:
        known = ("model", "with", "above", "window", "features", "stays")
        options = checked(self.name, settings, self.takes, known)
        if "model" not in options:
            raise ConfigError(
                f"{self.name} needs a model of river's, e.g. {{model: anomaly.HalfSpaceTrees, above: 0.92}}."
            )
        self._every, self._form = settings.every, settings.form
        self._ring = Ring(_window(self.name, options))
        making = Making(self.name, str(options["model"]), parameters(self.name, options), self._ring.window)
        self._way: Unusual | Drifted = self._chosen(settings, options, making)

    @property
    def fields(self) -> Mapping[str, Field]:
        """Return the ring of learnt looks, and what is known of the present abnormal run."""
        return self._way.fields

    @property
    def windows(self) -> Sequence[float]:
        """Return one look's length."""
        return (self._every,)

    def step(self, state: State, rows: Ints, observation: Observation, now: float, learn: Bools) -> Scores:
        """Judge each row's look by its model, and let the model learn it where told; `since` is the abnormal run's beginning."""
        seconds = float(observation.seconds[0])
        score, since = np.full(len(rows), -np.inf), np.full(len(rows), np.nan)
        values = self._values(state, rows, observation)
        fresh = np.isfinite(values)
        self._way.shelf.turn += 1
        for place, (row, value) in enumerate(zip(rows.tolist(), values.tolist(), strict=True)):
            if fresh[place]:
                told = self._way.judge(state, row, value, now, seconds, learn=bool(learn[place]))
            else:
                told = self._way.idle(state, row, now) or (-math.inf, math.nan)
            score[place], since[place] = told
        missing = np.maximum(self._ring.window - state["count"][rows, 0], 0)
        return Scores(score, fresh & (score > -np.inf), since, missing * seconds)

    def expect(self, state: State, rows: Ints, observation: Observation, now: float) -> Expectation:
        """Return the median of the learnt looks; any value is good again once the model finds it so."""
        del observation, now
        middle = np.array([self._ring.median(state, row) for row in rows.tolist()], dtype=np.float64)
        low = np.full(len(rows), -_FAR if self._form is Form.LEVEL else 0.0)
        return Expectation(middle, low, np.full(len(rows), 1.0 if self._form is Form.PROPORTION else _FAR))

    def accept(self, state: State, rows: Ints, observation: Observation, now: float) -> None:
        """Move the learnt looks of each row to where one window, from the change point to `now`, lies; drift begins anew."""
        del now
        x, n = observation.x[:, 0], observation.n[:, 0]
        for row, k, of in zip(rows.tolist(), x.tolist(), n.tolist(), strict=True):
            if of > 0 and math.isfinite(k) and math.isfinite(of):
                level = self._form in {Form.LEVEL, Form.SCORE}
                self._ring.move(state, row, min(max(k if level else k / of, -LARGEST), LARGEST))

    def _chosen(self, settings: Settings, options: Mapping[str, Any], making: Making) -> Unusual | Drifted:
        if making.kind is Kind.DRIFT:
            _only(self.name, making, options, ("above", "features"))
            stays = number(self.name, options, "stays", 10.0 * settings.every)
            return Drifted(making, self._ring, settings.direction, stays)
        _only(self.name, making, options, ("stays",))
        return Unusual(making, self._ring, _line(self.name, settings, making), _features(self.name, options))

    def _values(self, state: State, rows: Ints, observation: Observation) -> Floats:
        """Return what each look showed, (m,), as the ring will hold it: NaN where nothing was seen."""
        x, n = observation.x[:, 0], observation.n[:, 0]
        known = np.isfinite(x) & np.isfinite(n) & (n > 0)
        x, n = np.where(known, x, 0.0), np.where(known, n, 1.0)
        value = x if self._form in {Form.LEVEL, Form.SCORE} else x / n
        part = self._every / float(observation.seconds[0])
        if part < _LONGER and self._form is not Form.LEVEL:
            value = value.copy()
            for place in np.flatnonzero(known).tolist():
                seed = int(state["count"][rows[place], 0]), int(min(n[place], _COUNTED))
                hist = None if observation.hist is None else observation.hist[place, 0]
                look = thinned(self._form, (float(x[place]), float(n[place]), hist), observation.values, part, seed)
                value[place] = value[place] if look is None else look
        return np.where(known, np.clip(value, -LARGEST, LARGEST).astype(np.float32), np.nan)


def parameters(detector: str, options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what `with` says; ConfigError if it is no mapping."""
    told = options.get("with", {})
    if not isinstance(told, Mapping):
        raise ConfigError(f"{detector}: with is {told!r}; it must be a mapping of the model's parameters.")
    return told


def _window(detector: str, options: Mapping[str, Any]) -> int:
    window = number(detector, options, "window", WINDOW)
    if not (20 <= window <= WINDOW and window == int(window)):
        raise ConfigError(f"{detector}: window is {window:g}; it must be a whole number of looks, 20 to {WINDOW}.")
    return int(window)


def _only(detector: str, making: Making, options: Mapping[str, Any], foreign: Sequence[str]) -> None:
    for name in foreign:
        if name in options:
            raise ConfigError(f"{detector}: {name} does not go with {making.name}. Remove it.")


def _line(detector: str, settings: Settings, making: Making) -> Line:
    if "above" not in settings.options:
        raise ConfigError(
            f"{detector} promises nothing by itself: say beyond which score of {making.name}, e.g. {{above: 0.92}}."
        )
    above = number(detector, settings.options, "above", 0.0, low=-math.inf)
    if making.most is not None and above >= making.most:
        raise ConfigError(
            f"{detector}: above is {above:g}; {making.name} never scores above {making.most:g}. Say less."
        )
    return Line(above, settings.direction)


def _features(detector: str, options: Mapping[str, Any]) -> tuple[str, ...]:
    said = options.get("features", ["value", "change"])
    if not isinstance(said, list) or not said or any(one not in FEATURES for one in said):
        raise ConfigError(f"{detector}: features is {said!r}; it must be a list of: {', '.join(FEATURES)}.")
    return tuple(said)
