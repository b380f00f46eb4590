from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from andon.model import Floats
from detectors import _evidence

NONE = np.zeros((1, 3, 2))
WAIT = np.ones(1)


def logs(*values: float) -> Floats:
    return np.array([values])


def test_it_begins_with_none_and_no_beginning() -> None:
    assert _evidence.score(NONE, np.zeros(1))[0] == -np.inf
    assert np.isnan(_evidence.since(NONE)[0])


def test_a_step_adds_its_wait_and_multiplies_by_its_odds() -> None:
    after, raised = _evidence.advance(NONE, np.log([[2.0, 4.0]]), WAIT * 3.0, 100.0)
    assert after[0, 0].tolist() == [6.0, 12.0]
    assert raised[0]
    assert np.isclose(_evidence.score(after, np.zeros(1))[0], np.log(9.0))


def test_a_step_that_speaks_against_a_change_does_not_raise_the_sum_though_time_passes() -> None:
    assert not _evidence.advance(NONE, logs(-0.1, -0.1), WAIT, 100.0)[1][0]


def test_nothing_observed_changes_nothing() -> None:
    some, _ = _evidence.advance(NONE, logs(1.0, 2.0), WAIT, 100.0)
    after, raised = _evidence.advance(some, logs(0.0, 0.0), WAIT * 0.0, 200.0)
    assert np.array_equal(after, some)
    assert not raised[0]


def test_in_control_the_sum_less_the_time_stays_where_it_is_on_average() -> None:
    rng = np.random.default_rng(1)
    evidence = np.zeros((40_000, 3, 1))
    for _ in range(20):
        x = rng.binomial(1, 0.2, (40_000, 1))
        ratio = x * np.log(0.25 / 0.2) + (1 - x) * np.log(0.75 / 0.8)
        evidence, _raised = _evidence.advance(evidence, ratio, np.full(40_000, 1.0), 0.0)
    assert abs(evidence[:, 0, 0].mean() - 20.0) < 0.5


def test_since_is_where_the_leading_run_of_evidence_began() -> None:
    evidence = NONE
    for start, log in [(0.0, 1.0), (60.0, -5.0), (120.0, 1.0), (180.0, -0.5), (240.0, 2.0)]:
        evidence, _ = _evidence.advance(evidence, logs(log, -1.0), WAIT, start)
    assert _evidence.since(evidence)[0] == 120.0


@given(st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 2), min_size=1, max_size=30))
def test_whatever_comes_it_stays_finite_and_never_negative(many: list[tuple[float, float]]) -> None:
    evidence = NONE
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for row in many:
            evidence, _ = _evidence.advance(evidence, logs(*row), WAIT, 1.0)
    assert np.isfinite(evidence).all()
    assert (evidence >= 0.0).all()


def test_a_large_step_overshoots_more_and_never_beyond_its_bound() -> None:
    variances = np.array([0.1, 1.0, 10.0, 1e9])
    lower = _evidence.overshoot(np.log([1.3, 2.0]), variances, np.ones(4))
    assert (np.diff(lower) < 0).all()
    assert -5.0 <= lower.min() < lower.max() < 0.0
