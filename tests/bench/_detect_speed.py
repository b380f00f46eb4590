"""What a detector costs: series-steps a second beside the nearest of river's, one object a series, and bytes a series."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from river import anomaly

from andon.detector import Detector, Settings
from andon.model import Form, Observation
from andon.plugins import detectors
from andon.testing.series import LOOK, START, Calm
from andon.testing.trial import empty
from tests.bench import Row, at_least, at_most, seconds

GOAL = 20.0
SIZES = {1: 1_000, 1_000: 100, 100_000: 2}
"""Series, and looks that are timed in a round."""
_ROUNDS, _LEARNT = 5, 30
_SERIES = 1_000
_MOST = 4_096.0


def rows(words: Sequence[str] = (), sizes: dict[int, int] = SIZES, rounds: int = _ROUNDS) -> list[Row]:
    """Return each calibrated detector's speed at each size, and its bytes, of those whose name is among the words."""
    kinds = {
        name: kind for name, kind in detectors().items() if kind.calibrated and all(word in name for word in words)
    }
    made = {name: _made(kind) for name, kind in kinds.items()}
    ways: dict[str, Callable[[], object]] = {
        f"{name} {series}": _stepping(*one, series, looks)
        for name, one in made.items()
        for series, looks in sizes.items()
    }
    spent = seconds({**ways, "river": _river(_SERIES, looks=20)}, rounds)
    theirs = 20 * _SERIES / spent["river"]
    found = []
    for name, (detector, _) in made.items():
        for series, looks in sizes.items():
            pace = series * looks / spent[f"{name} {series}"]
            what = f"{name}: {series:,} series, {1e6 / pace:.2f} us a series and step"
            beside = f"river's StandardAbsoluteDeviation, {_SERIES:,} of them, {1e6 / theirs:.2f} us"
            found.append(at_least(what, pace, "series-steps/s", beside, theirs, GOAL if series == _SERIES else 0.0))
        found.append(at_most(f"{name}: state", float(_size(detector)), "bytes a series", "4 KiB", _MOST, 1.0))
    return found


def _made(kind: Any) -> tuple[Detector, Form]:
    form = min(kind.takes)
    return kind(Settings(LOOK, form)), form


def _size(detector: Detector) -> int:
    return sum(np.dtype(what.dtype).itemsize * int(np.prod(what.shape)) for what in detector.fields.values())


def _stepping(detector: Detector, form: Form, series: int, looks: int) -> Callable[[], object]:
    """Return a way to step so many series for so many looks, which learn as they go and have learnt for a while."""
    state, every, learn = empty(detector, series), np.arange(series), np.ones(series, dtype=np.bool_)
    calm, rng, windows = Calm(form, series), np.random.default_rng(1), tuple(float(span) for span in detector.windows)
    seen: list[Observation] = [calm.look(rng, START + place * LOOK, windows) for place in range(min(looks, _LEARNT))]
    now = START

    def step(many: int) -> None:
        nonlocal now
        for place in range(many):
            now += LOOK
            detector.step(state, every, seen[place % len(seen)], now, learn)

    step(_LEARNT)
    return lambda: step(looks)


def _river(series: int, looks: int = 1) -> Callable[[], object]:
    """Return a way to have so many of river's score a look's value and learn it."""
    models: list[Any] = [anomaly.StandardAbsoluteDeviation() for _ in range(series)]
    values = np.random.default_rng(1).normal(100.0, 10.0, (looks + 1, series)).tolist()
    for model, value in zip(models, values[-1], strict=True):
        model.learn_one({}, value)

    def step() -> None:
        for line in values[:looks]:
            for model, value in zip(models, line, strict=True):
                model.score_one({}, value)
                model.learn_one({}, value)

    return step
