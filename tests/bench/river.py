"""What a look by one of river's models costs: through the adapter, beside the bare model in a loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import process_time
from typing import Any

import numpy as np

from andon.detector import Detector, Settings
from andon.model import Form, Observation
from andon.testing.trial import empty
from detectors._river.models import Kind, Making, score, teach
from detectors.drift import Drift
from detectors.half_space_trees import HalfSpaceTrees
from tests.bench import Row, at_most

WARM, LOOKS = 260, 120
CASES: tuple[tuple[type[Detector], Mapping[str, Any], str, Mapping[str, Any], int], ...] = (
    (HalfSpaceTrees, {"above": 0.92}, "anomaly.HalfSpaceTrees", {"height": 5}, 1_000),
    (Drift, {"delta": 0.05}, "drift.ADWIN", {"delta": 0.05, "clock": 1}, 1_000),
    (Drift, {"model": "PageHinkley", "threshold": 4.0}, "drift.PageHinkley", {"threshold": 4.0}, 1_000),
    (Drift, {"model": "KSWIN", "alpha": 0.0001}, "drift.KSWIN", {"alpha": 0.0001}, 10),
)


def bench() -> list[Row]:
    """Measure microseconds a series and look at one series and at many, and show the bytes of a series' state."""
    rows = []
    for kind, options, name, parameters, many in CASES:
        bare = _bare(Making("bench", name, parameters, 250))
        for series in (1, many):
            detector = kind(Settings(60.0, Form.LEVEL, options=options))
            size = sum(array.nbytes for array in empty(detector, 1).values())
            what = f"{name}, {series:,} series, {size:,} bytes each"
            rows.append(at_most(what, _ours(detector, series), "us a series-look", "the bare model", bare, 0))
    return rows


def _ours(detector: Detector, series: int) -> float:
    state, rows, learn = empty(detector, series), np.arange(series), np.ones(series, dtype=np.bool_)
    rng, n, seconds = np.random.default_rng(1), np.ones((series, 1)), np.array([60.0])

    def look(place: int) -> None:
        seen = Observation(Form.LEVEL, rng.normal(100.0, 10.0, (series, 1)), n, seconds)
        detector.step(state, rows, seen, 60.0 * place, learn)

    return _each(look) / series


def _bare(making: Making) -> float:
    model, rng = making(), np.random.default_rng(1)

    def look(place: int) -> None:
        del place
        value = float(rng.normal(0.5, 0.1))
        features = {"value": value, "change": 0.5}
        if making.kind is not Kind.DRIFT:
            score(model, making.kind, value, features)
        teach(model, making.kind, value, features)

    return _each(look)


def _each(look: Callable[[int], None]) -> float:
    """Return the microseconds of CPU that a look takes once the model is warm."""
    for place in range(WARM):
        look(place)
    begin = process_time()
    for place in range(WARM, WARM + LOOKS):
        look(place)
    return (process_time() - begin) / LOOKS * 1e6
