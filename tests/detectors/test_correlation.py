from __future__ import annotations

import numpy as np
import pytest

from detectors import _correlation, _dispersion

ONE = np.ones(1)


def test_what_wanders_counts_for_less_over_many_blocks_and_clusters_as_ever() -> None:
    short, long = (_correlation.of_look(0.0 * ONE, 0.01 * ONE, 50.0 * ONE, 1e12 * ONE, at * ONE) for at in (0.5, 16.0))
    assert short[0] / long[0] == pytest.approx(8.0)
    short, long = (_correlation.of_look(2.0 * ONE, 0.0 * ONE, 50.0 * ONE, 1e12 * ONE, at * ONE) for at in (0.5, 16.0))
    assert short[0] == long[0] == pytest.approx(2.0 / 49.0)


def test_where_hardly_anything_is_known_trials_count_as_alike() -> None:
    young, old = (_correlation.of_look(0.0 * ONE, 0.0 * ONE, 50.0 * ONE, of * ONE, ONE) for of in (2.0, 1e6))
    assert young[0] == 0.25
    assert old[0] < 1e-5


def test_a_rungs_correlation_is_that_of_a_look_with_its_dispersion() -> None:
    wander = 0.25 * _dispersion.WANDER[None]
    rungs = _correlation.of_rungs(_dispersion.EXCESS, wander, np.full((1, 1), 50.0), np.zeros((1, 1)))
    excess = _correlation.of_look(_dispersion.EXCESS[6] * ONE, 0.0 * ONE, 50.0 * ONE, 1e12 * ONE, ONE)
    wanders = _correlation.of_look(0.0 * ONE, wander[0, 6] * ONE, 50.0 * ONE, 1e12 * ONE, ONE)
    assert rungs.shape == (1, 2 * _dispersion.RUNGS)
    assert rungs[0, [6, _dispersion.RUNGS + 6]] == pytest.approx([excess[0], wanders[0]])


def test_a_block_is_an_hour_and_less_while_young_but_never_less_than_a_look() -> None:
    looks = np.array([1.0, 960.0, 1e5])
    assert _correlation.block(looks, 60.0).tolist() == [60.0, 600.0, 3_600.0]
    assert _correlation.block(looks, 7_200.0).tolist() == [7_200.0] * 3
