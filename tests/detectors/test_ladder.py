from __future__ import annotations

import numpy as np
import pytest

from andon.model import Floats
from detectors import _ladder, _negbin


def learnt(means: Floats, draw: Floats) -> tuple[float, float]:
    record = np.zeros((1, 2 * _ladder.RUNGS))
    for mean, x in zip(means, draw, strict=True):

        def mass(excess: Floats, wander: Floats, mean: float = mean, x: float = x) -> Floats:
            relative = np.concatenate([excess / mean, wander])[None]
            return _negbin.log_mass(np.array([[x]]), np.array([[mean]]), 1.0 / relative)

        record = _ladder.learn(record, mass)
    excess, wander = _ladder.weigh(record)
    return float(excess[0]), float(wander[0])


def test_before_anything_is_learnt_it_expects_a_good_deal_of_both() -> None:
    excess, wander = _ladder.weigh(np.zeros((1, 2 * _ladder.RUNGS)))
    assert excess[0] > 0.5
    assert wander[0] > 0.005


def test_of_poissons_it_learns_that_there_is_next_to_none() -> None:
    rng = np.random.default_rng(1)
    means = np.full(600, 20.0)
    excess, wander = learnt(means, rng.poisson(means).astype(np.float64))
    assert excess + wander * 20.0 < 0.15


@pytest.mark.parametrize("factor", [2.0, 10.0, 60.0])
def test_it_learns_a_variance_many_times_poissons(factor: float) -> None:
    rng = np.random.default_rng(2)
    means = np.full(600, 40.0)
    size = means / (factor - 1.0)
    excess, wander = learnt(means, rng.poisson(rng.gamma(size, means / size)).astype(np.float64))
    assert 0.7 * (factor - 1.0) < excess + wander * 40.0 < 1.6 * (factor - 1.0)


def test_where_the_volume_varies_it_tells_a_wandering_rate_from_clusters() -> None:
    rng = np.random.default_rng(3)
    means = np.tile([10.0, 1_000.0], 400)
    wandering = rng.poisson(rng.gamma(25.0, means / 25.0)).astype(np.float64)
    excess, wander = learnt(means, wandering)
    assert 0.02 < wander < 0.07
    assert excess < 1.0
    clusters = rng.poisson(means / 5.0).astype(np.float64) * 5.0
    excess, wander = learnt(means, np.asarray(clusters))
    assert 2.5 < excess < 8.0
    assert wander < 0.005
