from __future__ import annotations

import numpy as np
import pytest

from andon.detector import State
from detectors._level import volume

ROW = np.arange(1)


def learnt(*counts: float, every: float = 3_600.0) -> tuple[State, np.ndarray]:
    state: State = {name: np.full((1, *what.shape), what.fill, what.dtype) for name, what in volume.FIELDS.items()}
    for looks, n in enumerate(counts):
        volume.learn(state, ROW, np.array([n]), np.array([float(looks)]), every)
    return state, np.array([float(len(counts))])


def noise(state: State, looks: np.ndarray, n: float) -> float:
    return float(volume.noise(state, ROW, np.array([n]), looks)[0])


@pytest.mark.parametrize(("n", "times"), [(100.0, 1.0), (25.0, 2.0), (1.0, 3.0), (0.0, 3.0), (400.0, 1.0)])
def test_a_mean_of_fewer_events_is_noisier_and_of_more_as_noisy_as_usual(n: float, times: float) -> None:
    assert noise(*learnt(*[100.0] * 300), n) == pytest.approx(times, rel=1e-3)


def test_before_anything_was_learnt_nothing_is_noisier() -> None:
    assert noise(*learnt(), 1.0) == 1.0


@pytest.mark.parametrize("minutes", [1, 60])
def test_quiet_hours_that_come_every_day_are_usual(minutes: int) -> None:
    looks = 60 // minutes
    day = [1_000.0] * 14 * looks + [10.0] * 10 * looks
    assert noise(*learnt(*(day * 8), *day[: 15 * looks], every=60.0 * minutes), 10.0) < 1.6


def test_fewer_events_become_usual_within_days() -> None:
    assert noise(*learnt(*[100.0] * 1_000, *[25.0] * 288), 25.0) < 1.1
