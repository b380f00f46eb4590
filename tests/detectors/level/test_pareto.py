from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from andon.model import Floats
from detectors._level import pareto

PRIOR = pareto.Prior(looks=40.0, share=0.05, over=30.0, excess=0.4, shape=0.15, trust=10.0, most=0.5)
MARK = 3.0


def fit(excesses: Floats, seen: float) -> tuple[Floats, Floats, Floats]:
    over = np.array([float(len(excesses))])
    mean = pareto.mean(PRIOR, over, excesses.sum()[None])
    shape = pareto.shape(PRIOR, over, mean, np.square(excesses).sum()[None])
    return pareto.share(PRIOR, np.array([seen]), over), mean * (1.0 - shape), shape


def test_before_anything_was_seen_the_prior_is_believed() -> None:
    share, scale, shape = fit(np.zeros(0), 0.0)
    assert share[0] == pytest.approx(PRIOR.share)
    assert shape[0] == pytest.approx(PRIOR.shape)
    assert scale[0] == pytest.approx(PRIOR.excess * (1.0 - PRIOR.shape))


@pytest.mark.parametrize("true", [0.1, 0.25])
def test_of_many_excesses_it_learns_scale_and_shape(true: float) -> None:
    drawn = stats.genpareto.rvs(true, scale=2.0, size=20_000, random_state=np.random.default_rng(1))
    share, scale, shape = fit(np.asarray(drawn), 400_000.0)
    assert share[0] == pytest.approx(0.05, rel=0.01)
    assert shape[0] == pytest.approx(true, abs=0.04)
    assert scale[0] == pytest.approx(2.0, rel=0.06)


def test_beyond_the_mark_surprise_is_the_tails_own() -> None:
    told = pareto.surprise((np.array([0.02]), np.array([2.0]), np.array([0.2])), np.array([9.0]), MARK)
    assert told[0] == pytest.approx(-np.log(0.02) - stats.genpareto.logsf(6.0, 0.2, scale=2.0))


def test_at_the_mark_it_is_the_share_beyond_it_and_below_nothing_none() -> None:
    fitted = np.full(2, 0.02), np.full(2, 2.0), np.full(2, 0.2)
    assert pareto.surprise(fitted, np.array([MARK, -1.0]), MARK) == pytest.approx([-np.log(0.02), 0.0])
