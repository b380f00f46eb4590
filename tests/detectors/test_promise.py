"""Every registered detector that promises keeps its promise, by a check that one which keeps half of it fails.

100 like series in control learn until the detector promises, and are then watched for half of the time that was asked
between false alarms. Where that time is just kept, a series rings with a chance of 1 - e^-0.5 = 0.39, so that 39 ring; where
it is half of what was promised, with one of 1 - e^-1 = 0.63: 63. At most 51 may ring: the one fails that in 7 of 1,000
draws, the other passes it in 8 of 1,000. The draws are fixed. `python -m tests.bench detect` measures the time itself.
"""

from __future__ import annotations

from functools import cache
from math import exp, log

import numpy as np
import pytest
from scipy import stats

from andon.bank.probe import NEAR
from andon.model import Floats, Form, Observation
from andon.plugins import detectors
from andon.testing.detectors import Rig
from andon.testing.series import LOOK, Calm
from andon.testing.trial import Run

ASKED, WATCHED = 400.0, 0.5
ROWS, MOST = 100, 51
LONG = {("count", Form.COUNT), ("level", Form.SCORE)}
each_that_promises = pytest.mark.parametrize(
    ("name", "form"),
    [
        pytest.param(name, form, marks=[pytest.mark.long] if (name, form) in LONG else [])
        for name, kind in detectors().items()
        for form in sorted(kind.takes)
        if kind.calibrated
    ],
)


class Singles(Calm):
    """One rating a look of each series, 3 in 20 of them bad: where the odds are exact and no margin is left."""

    def look(self, rng: np.random.Generator, now: float, windows: tuple[float, ...], fault: str = "") -> Observation:
        del now, fault
        bad = rng.binomial(1, 0.15, (self.rows, 1)).astype(np.float64)
        return Observation(self.form, bad, np.ones((self.rows, 1)), np.array(windows))


def watched(run: Run) -> Floats:
    """Return the highest score that a look raised, of each series, from when the detector promises; like the bank's."""
    rows, line = np.arange(run.calm.rows), log(ASKED)
    most, learn = np.full(len(rows), -np.inf), np.ones(len(rows), dtype=np.bool_)
    for _ in range(int(WATCHED * ASKED)):
        run.now += LOOK
        seen = run.calm.look(run.rng, run.now, tuple(run.detector.windows))
        scores = run.detector.step(run.state, rows, seen, run.now, learn)
        most = np.maximum(most, np.where(scores.fresh, scores.score, -np.inf))
        learn = scores.score <= line - NEAR
    return most


@cache
def calm(name: str, form: Form) -> tuple[Floats, Floats]:
    """Return the highest scores of calm series: of those that are counted, and of twice as many."""
    most = watched(Run.new(Rig(detectors()[name], form), 2 * ROWS, seed=7).teach())
    return most[:ROWS], most


@cache
def singles() -> Floats:
    """Return the highest scores of series of single ratings."""
    run = Run.new(Rig(detectors()["proportion"], Form.PROPORTION), ROWS, seed=7)
    run.calm = Singles(Form.PROPORTION, ROWS)
    while run.look().learning_left.any():
        pass
    return watched(run.teach())


def keeps(most: Floats, line: float) -> bool:
    """Tell whether few enough series rang."""
    return bool(np.sum(most >= line) <= MOST)


def test_the_bound_tells_a_promise_that_is_kept_from_one_of_which_half_is_kept() -> None:
    kept, half = (stats.binom(ROWS, 1.0 - exp(-WATCHED * often)) for often in (1.0, 2.0))
    assert kept.sf(MOST) < 0.01
    assert half.cdf(MOST) < 0.01


@each_that_promises
def test_it_keeps_its_promise(name: str, form: Form) -> None:
    assert keeps(calm(name, form)[0], log(ASKED))


@each_that_promises
def test_it_would_fail_were_its_threshold_so_low_that_it_kept_half(name: str, form: Form) -> None:
    counted, twice = calm(name, form)
    half = float(np.quantile(twice, exp(-2.0 * WATCHED)))
    assert half < log(ASKED)
    assert not keeps(counted, half)


def test_of_single_ratings_the_promise_is_kept_and_a_threshold_lower_by_a_factor_of_two_fails() -> None:
    assert keeps(singles(), log(ASKED))
    assert not keeps(singles(), log(ASKED / 2.0))
