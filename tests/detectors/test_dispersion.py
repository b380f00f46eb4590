from __future__ import annotations

import numpy as np
import pytest

from andon.model import Floats
from detectors import _dispersion, _negbin


def learnt(means: Floats, draw: Floats) -> tuple[float, float]:
    record = np.zeros((1, 2 * _dispersion.RUNGS))
    for mean, x in zip(means, draw, strict=True):

        def mass(excess: Floats, wander: Floats, mean: float = mean, x: float = x) -> Floats:
            relative = np.concatenate([excess / mean, wander])[None]
            return _negbin.log_mass(np.array([[x]]), np.array([[mean]]), 1.0 / relative)

        record = _dispersion.learn(record, mass)
    excess, wander = _dispersion.weigh(record)
    return float(excess[0]), float(wander[0])


def test_before_anything_is_learnt_it_expects_a_good_deal_of_both() -> None:
    excess, wander = _dispersion.weigh(np.zeros((1, 2 * _dispersion.RUNGS)))
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


def records(factor: float, rows: int = 8) -> Floats:
    """Return the records (rows, rungs) after 800 blocks of 40, of `factor` times Poisson's variance."""
    rng, record, mean = np.random.default_rng(1), np.zeros((rows, 2 * _dispersion.RUNGS)), np.full((rows, 1), 40.0)
    for _ in range(800):
        x = rng.negative_binomial(40.0 / (factor - 1.0), 1.0 / factor, (rows, 1)).astype(np.float64)

        def mass(excess: Floats, wander: Floats, x: Floats = x) -> Floats:
            relative = np.concatenate([excess / mean, np.broadcast_to(wander, (rows, _dispersion.RUNGS))], axis=1)
            return _negbin.log_mass(x, mean, 1.0 / relative)

        record = _dispersion.learn(record, mass)
    return record


@pytest.mark.parametrize("factor", [2.0, 2.8, 4.0])
def test_a_variance_between_two_rungs_is_read_between_them(factor: float) -> None:
    excess, wander = _dispersion.weigh_finely(records(factor))
    assert float(np.median(1.0 + excess + 40.0 * wander)) == pytest.approx(factor, rel=0.05)


def test_before_anything_is_learnt_it_expects_about_what_the_dispersion_does() -> None:
    nothing = np.zeros((1, 2 * _dispersion.RUNGS))
    for fine, coarse in zip(_dispersion.weigh_finely(nothing), _dispersion.weigh(nothing), strict=True):
        assert fine[0] == pytest.approx(coarse[0], rel=0.35)


def test_a_record_that_is_sure_of_one_rung_reads_that_rung() -> None:
    record = np.full((1, 2 * _dispersion.RUNGS), -1e4)
    record[0, 6] = 0.0
    excess, wander = _dispersion.weigh_finely(record)
    assert excess[0] == pytest.approx(_dispersion.EXCESS[6], rel=0.05)
    assert wander[0] < 1e-12
