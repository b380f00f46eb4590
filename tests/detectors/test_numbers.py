from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors._numbers import interval, log_rising


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


def test_an_interval_holds_ninety_five_per_cent() -> None:
    ends = interval(lambda k: -0.5 * ((k - 5_000.0) / 100.0) ** 2, 5_000.0, 100.0, math.inf)
    assert ends == pytest.approx((4_804.0, 5_196.0), abs=3.0)


def test_an_interval_of_millions_is_found_on_a_coarser_grid() -> None:
    ends = interval(lambda k: -0.5 * ((k - 5e7) / 1e6) ** 2, 5e7, 1e6, math.inf)
    assert ends == pytest.approx((5e7 - 1.96e6, 5e7 + 1.96e6), abs=5e4)


def test_an_interval_never_leaves_what_is_possible() -> None:
    assert interval(lambda k: 0.0 * k, 0.5, 1.0, 1.0) == (0.0, 1.0)
