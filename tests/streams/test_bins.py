from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.streams import bins
from andon.streams.frames import Frames

MS = st.floats(min_value=0.11, max_value=3e6)


def _quantile(values: list[float], part: float) -> float:
    merged = Frames(bins.COUNT).merged(bins.bins(np.array(values)), np.ones(len(values)))
    found, _ = bins.quantile(np.zeros(len(merged.keys), np.int64), merged.keys, merged.values, 1, part)
    return float(found[0])


@given(MS)
def test_a_value_lies_inside_its_bin(value: float) -> None:
    low, high = bins.edges(bins.bins(np.array([value])))
    assert low[0] * (1 - 1e-9) <= value <= high[0] * (1 + 1e-9)


@given(MS)
def test_a_bin_is_two_percent_wide(value: float) -> None:
    low, high = bins.edges(bins.bins(np.array([value])))
    assert high[0] / low[0] == pytest.approx(1.02)


@given(st.lists(MS, min_size=1, max_size=200), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_a_quantile_is_within_two_percent_of_the_exact_one(values: list[float], part: float) -> None:
    exact = float(np.quantile(values, part, method="inverted_cdf"))
    assert _quantile(values, part) == pytest.approx(exact, rel=0.0201)


def test_quantiles_of_several_rows_do_not_mix() -> None:
    rows = np.array([0, 0, 2])
    index = bins.bins(np.array([10.0, 1000.0, 50.0]))
    found, weight = bins.quantile(rows, index, np.array([99.0, 1.0, 5.0]), 3, 0.5)
    assert found[0] == pytest.approx(10, rel=0.02)
    assert np.isnan(found[1])
    assert found[2] == pytest.approx(50, rel=0.02)
    assert weight.tolist() == [100, 0, 5]


def test_a_row_without_weight_has_no_quantile() -> None:
    found, _ = bins.quantile(np.array([0]), np.array([5]), np.array([0.0]), 1, 0.5)
    assert np.isnan(found[0])


@pytest.mark.parametrize("value", [0.0, 0.05, 1e9, 1e300])
def test_values_off_the_range_go_to_the_outermost_bins(value: float) -> None:
    assert bins.bins(np.array([value]))[0] in {0, bins.COUNT - 1}


def test_the_part_beyond_a_target_falls_from_one_to_zero() -> None:
    part = bins.beyond(800.0)
    assert part[0] == 0
    assert part[-1] == 1
    assert (np.diff(part) >= 0).all()
    assert np.count_nonzero((part > 0) & (part < 1)) <= 1
