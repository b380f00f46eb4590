from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from andon.errors import ConfigError
from andon.model import Form
from andon.testing.trial import empty
from detectors.drift import Drift
from tests.detectors.making import T0, seen, settings


def drifts(xs: list[float], **options: Any) -> list[int]:
    """Return the looks at which a drift was first told."""
    drift = Drift(settings(Form.LEVEL, stays=60.0, **options))
    state, said = empty(drift, 1), []
    for minute, x in enumerate(xs):
        look = seen(Form.LEVEL, [x], [1.0])
        said.append(drift.step(state, np.arange(1), look, T0 + 60.0 * minute, np.ones(1, dtype=np.bool_)).score[0])
    return np.flatnonzero(np.array(said) > 0.0).tolist()


@pytest.mark.parametrize(
    ("options", "most"),
    [
        ({"delta": 0.05}, 30),
        ({"model": "PageHinkley", "threshold": 4.0}, 15),
        pytest.param({"model": "KSWIN", "alpha": 0.0001}, 30, marks=pytest.mark.long),
    ],
)
def test_a_step_of_two_deviations_is_told_once(options: dict[str, Any], most: int) -> None:
    rng = np.random.default_rng(1)
    told = drifts([*rng.normal(100.0, 10.0, 300), *rng.normal(120.0, 10.0, 60)], **options)
    assert len(told) == 1
    assert 300 < told[0] <= 300 + most


def test_a_stream_that_stays_where_it_is_has_no_drift() -> None:
    assert not drifts(np.random.default_rng(2).normal(100.0, 10.0, 1_000).tolist(), delta=0.05)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "ADWIN needs its own line, delta, and found none"),
        ({"model": "KSWIN", "delta": 0.05}, "KSWIN needs its own line, alpha, and found delta"),
        ({"delta": 0.05, "alpha": 0.05}, "found delta and alpha"),
        ({"model": "DDM", "delta": 0.05}, "one of: ADWIN, KSWIN, PageHinkley"),
        ({"model": ["ADWIN"], "delta": 0.05}, "one of: ADWIN, KSWIN, PageHinkley"),
        ({"delta": 0}, "delta is 0; it must be a number above 0"),
        ({"delta": 0.05, "stays": -1}, "stays is -1"),
        ({"delta": 0.05, "with": 3}, "with is 3; it must be a mapping"),
        ({"delta": 0.05, "with": {"delta": 0.5}}, "say delta once"),
        ({"delta": 0.05, "above": 1}, "has no option 'above'"),
    ],
)
def test_a_drift_it_cannot_mean_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=f"drift.*{said}"):
        Drift(settings(Form.LEVEL, **options))
