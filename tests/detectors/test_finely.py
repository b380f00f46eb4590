from __future__ import annotations

import numpy as np
import pytest

from andon.model import Floats
from detectors import _finely, _ladder, _negbin


def learnt(factor: float, rows: int = 8) -> Floats:
    """Return the records (rows, rungs) after 800 blocks of 40, of `factor` times Poisson's variance."""
    rng, record, mean = np.random.default_rng(1), np.zeros((rows, 2 * _ladder.RUNGS)), np.full((rows, 1), 40.0)
    for _ in range(800):
        x = rng.negative_binomial(40.0 / (factor - 1.0), 1.0 / factor, (rows, 1)).astype(np.float64)

        def mass(excess: Floats, wander: Floats, x: Floats = x) -> Floats:
            relative = np.concatenate([excess / mean, np.broadcast_to(wander, (rows, _ladder.RUNGS))], axis=1)
            return _negbin.log_mass(x, mean, 1.0 / relative)

        record = _ladder.learn(record, mass)
    return record


@pytest.mark.parametrize("factor", [2.0, 2.8, 4.0])
def test_a_variance_between_two_rungs_is_read_between_them(factor: float) -> None:
    excess, wander = _finely.weigh(learnt(factor))
    assert float(np.median(1.0 + excess + 40.0 * wander)) == pytest.approx(factor, rel=0.05)


def test_before_anything_is_learnt_it_expects_about_what_the_ladder_does() -> None:
    nothing = np.zeros((1, 2 * _ladder.RUNGS))
    for fine, coarse in zip(_finely.weigh(nothing), _ladder.weigh(nothing), strict=True):
        assert fine[0] == pytest.approx(coarse[0], rel=0.35)


def test_a_record_that_is_sure_of_one_rung_reads_that_rung() -> None:
    record = np.full((1, 2 * _ladder.RUNGS), -1e4)
    record[0, 6] = 0.0
    excess, wander = _finely.weigh(record)
    assert excess[0] == pytest.approx(_ladder.EXCESS[6], rel=0.05)
    assert wander[0] < 1e-12
