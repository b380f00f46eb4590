from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.model import Floats
from detectors import _betabin, _negbin


def one(value: float) -> Floats:
    return np.array([value])


def choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


@given(n=st.integers(1, 60), share=st.floats(0.001, 0.999), correlation=st.floats(1e-6, 0.8))
def test_a_beta_binomials_chances_add_up_to_one(n: int, share: float, correlation: float) -> None:
    k = np.arange(n + 1.0)
    log = _betabin.log_mass(k, one(n), one(share), one(correlation)) - _betabin.log_norm(one(n), one(correlation))
    total = sum(math.exp(v + choose(n, i)) for i, v in enumerate(log.tolist()))
    assert total == pytest.approx(1.0, abs=1e-4)


def test_of_a_single_event_the_correlation_does_not_matter() -> None:
    k = np.array([0.0, 1.0])
    for correlation in (1e-9, 0.01, 0.8):
        size = one(correlation)
        log = _betabin.log_mass(k, one(1.0), one(0.15), size) - _betabin.log_norm(one(1.0), size)
        assert np.exp(log) == pytest.approx([0.85, 0.15], abs=1e-5)


@given(mean=st.floats(0.01, 50), size=st.floats(0.05, 1e6))
def test_a_negative_binomials_chances_add_up_to_one(mean: float, size: float) -> None:
    most = int(mean + 40 * math.sqrt(mean + mean**2 / size) + 40)
    log = _negbin.log_mass(np.arange(float(most)), one(mean), one(size))
    total = sum(math.exp(v - math.lgamma(i + 1)) for i, v in enumerate(log.tolist()))
    assert total == pytest.approx(1.0, abs=2e-3)


@given(x=st.integers(0, 1000), mean=st.floats(0.01, 500), size=st.floats(0.1, 1e9), shift=st.floats(-1.5, 1.5))
def test_a_ratio_is_the_difference_of_two_masses(x: int, mean: float, size: float, shift: float) -> None:
    ratio = float(_negbin.log_ratio(one(x), one(mean), one(size), one(shift))[0])
    masses = [float(_negbin.log_mass(one(x), one(mean * math.exp(s)), one(size))[0]) for s in (shift, 0.0)]
    assert ratio == pytest.approx(masses[0] - masses[1], rel=1e-5, abs=1e-4)


def test_a_huge_size_is_poissons() -> None:
    ratio = float(_negbin.log_ratio(one(9.0), one(5.0), one(1e12), one(math.log(2.0)))[0])
    assert ratio == pytest.approx(9 * math.log(2) - 5.0, abs=1e-6)


def ends(pair: tuple[Floats, Floats]) -> tuple[float, float]:
    return float(pair[0][0]), float(pair[1][0])


def test_a_poisson_interval_is_the_textbooks() -> None:
    assert ends(_negbin.interval(one(5.0), one(1e9))) == (1.0, 10.0)


def test_a_binomial_interval_is_the_textbooks() -> None:
    assert ends(_betabin.interval(one(100.0), one(0.1), one(1e-9))) == (5.0, 16.0)


def test_more_correlation_means_a_wider_interval() -> None:
    low, high = _betabin.interval(np.full(2, 1_000.0), np.full(2, 0.1), np.array([1e-9, 0.01]))
    assert low[1] < low[0] < high[0] < high[1]
