from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.model import Floats
from detectors import _negbin
from detectors._numbers import interval, log_rising


def one(value: float) -> Floats:
    return np.array([value])


@given(z=st.floats(1e-6, 1e5), k=st.integers(0, 10**6))
def test_a_rising_factorial_is_the_gamma_functions_ratio(z: float, k: int) -> None:
    exact = math.lgamma(z + k) - math.lgamma(z)
    ours = float(log_rising(np.array([z]), np.array([float(k)]))[0])
    assert ours == pytest.approx(exact, rel=1e-6, abs=2e-6)


def test_it_keeps_its_digits_where_the_gamma_function_itself_loses_them() -> None:
    ours = float(log_rising(np.array([1e12]), np.array([3.0]))[0])
    assert ours == pytest.approx(3 * math.log(1e12), abs=1e-9)


def test_no_step_is_no_change() -> None:
    assert float(log_rising(np.array([0.3]), np.array([0.0]))[0]) == pytest.approx(0.0, abs=1e-12)


def bell(mean: float, sd: float) -> tuple[float, float]:
    low, high = interval(lambda k, _part: -0.5 * ((k - mean) / sd) ** 2, one(mean), one(sd), math.inf)
    return float(low[0]), float(high[0])


def test_an_interval_holds_ninety_five_per_cent() -> None:
    assert bell(5_000.0, 100.0) == pytest.approx((4_804.0, 5_196.0), abs=3.0)


def test_an_interval_of_millions_is_found_on_a_coarser_grid() -> None:
    assert bell(5e7, 1e6) == pytest.approx((5e7 - 1.96e6, 5e7 + 1.96e6), abs=5e4)


def test_an_interval_never_leaves_what_is_possible() -> None:
    low, high = interval(lambda k, _part: 0.0 * k, one(0.5), one(1.0), 1.0)
    assert (low[0], high[0]) == (0.0, 1.0)


def test_many_intervals_at_once_are_what_they_are_one_by_one() -> None:
    rng = np.random.default_rng(1)
    mean, size = np.exp(rng.uniform(-3.0, 12.0, 300)), np.exp(rng.uniform(-2.0, 9.0, 300))
    low, high = _negbin.interval(mean, size)
    for i in range(0, 300, 7):
        alone = _negbin.interval(mean[i : i + 1], size[i : i + 1])
        assert (low[i], high[i]) == (alone[0][0], alone[1][0])


def test_where_mass_piles_up_at_nothing_a_wide_interval_is_still_right() -> None:
    _, high = _negbin.interval(one(100_000.0), one(0.1))
    assert high[0] == pytest.approx(977_900.0, rel=0.03)  # the Gamma's, by its series
