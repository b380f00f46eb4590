"""Every registered detector that promises keeps its promise, by a check that one which keeps half of it fails.

200 like series in control learn until the detector promises, and are then watched for half of the time that was asked
between false alarms. Where that time is just kept, a series rings with a chance of 1 - e^-0.5 = 0.39, so that 79 ring; where
it is half of what was promised, with one of 1 - e^-1 = 0.63: 126. At most 102 may ring: the one fails that in 1 of 2,000
draws, the other passes it in 1 of 2,000. The draws are fixed. `python -m tests.bench detect` measures the time itself.
"""

from __future__ import annotations

from functools import cache
from math import exp, log
from typing import Any

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
ROWS = 200
FAILS = 0.0005
"""How rarely one that just keeps its promise rings more often than allowed."""
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


def watched(run: Run, part: float = WATCHED) -> Floats:
    """Return the highest score that a look raised, of each series, over a part of what was asked; driven as the bank does."""
    rows, line = np.arange(run.calm.rows), log(ASKED)
    most, learn = np.full(len(rows), -np.inf), np.ones(len(rows), dtype=np.bool_)
    for _ in range(int(part * ASKED)):
        run.now += LOOK
        seen = run.calm.look(run.rng, run.now, tuple(run.detector.windows))
        scores = run.detector.step(run.state, rows, seen, run.now, learn)
        most = np.maximum(most, np.where(scores.fresh, scores.score, -np.inf))
        learn = scores.score <= line - NEAR
    return most


@cache
def calm(name: str, form: Form) -> Floats:
    """Return the highest scores of calm series."""
    return watched(Run.new(Rig(detectors()[name], form), ROWS, seed=7).teach())


@cache
def singles() -> Floats:
    """Return the highest scores of series of single ratings."""
    run = Run.new(Rig(detectors()["proportion"], Form.PROPORTION), ROWS, seed=7)
    run.calm = Singles(Form.PROPORTION, ROWS)
    while run.look().learning_left.any():
        pass
    return watched(run.teach(), 1.0)


def rings(part: float, often: float = 1.0) -> Any:
    """Return how many series ring over a part of what was asked, if they ring `often` times as often."""
    return stats.binom(ROWS, 1.0 - exp(-part * often))


def keeps(most: Floats, line: float, part: float = WATCHED) -> bool:
    """Tell whether few enough series rang."""
    return bool(np.sum(most >= line) <= rings(part).isf(FAILS))


@pytest.mark.parametrize(("part", "allowed"), [(WATCHED, 102), (1.0, 148)])
def test_the_bound_tells_a_promise_that_is_kept_from_one_of_which_half_is_kept(part: float, allowed: int) -> None:
    assert rings(part).isf(FAILS) == allowed
    assert rings(part).sf(allowed) < 0.0006
    assert rings(part, often=2.0).cdf(allowed) < 0.0006


@each_that_promises
def test_it_keeps_its_promise(name: str, form: Form) -> None:
    assert keeps(calm(name, form), log(ASKED))


@each_that_promises
def test_it_would_fail_were_its_threshold_so_low_that_it_kept_half(name: str, form: Form) -> None:
    most = calm(name, form)
    half = float(np.quantile(most[::2], exp(-2.0 * WATCHED)))
    assert half < log(ASKED)
    assert not keeps(most, half)


@pytest.mark.long
def test_of_single_ratings_the_promise_is_kept_and_a_threshold_lower_by_a_factor_of_two_fails() -> None:
    assert keeps(singles(), log(ASKED), 1.0)
    assert not keeps(singles(), log(ASKED / 2.0), 1.0)
