"""After a new normal was accepted: how long until the next false alarm."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from andon.detector import Accepts, Detector
from andon.model import Floats, Form
from detectors.count import Count
from detectors.proportion import Proportion
from tests.detectors.making import Draw, Trial, seen, settings

ROWS = 200
HOUR = 3_600.0
SINCE = 30
"""Looks from the change point to the acceptance."""
LEAST = 0.63
"""Of the mean time that was asked: 0.84 less three standard errors, as some 140 rows ring; half of it would fail nearly always."""


def shares(share: float, trials: int) -> Callable[[np.random.Generator], Draw]:
    """So many of a look's trials."""

    def drawn(rng: np.random.Generator) -> Draw:
        def draw(now: float, seconds: float) -> tuple[Floats, Floats]:
            del now, seconds
            return rng.binomial(trials, share, ROWS).astype(np.float64), np.full(ROWS, float(trials))

        return draw

    return drawn


def counts(hourly: float) -> Callable[[np.random.Generator], Draw]:
    """So many an hour, with a day's swing."""

    def drawn(rng: np.random.Generator) -> Draw:
        def draw(now: float, seconds: float) -> tuple[Floats, Floats]:
            mean = hourly * seconds / HOUR * (1.0 + 0.5 * np.sin(2 * np.pi * (now - seconds / 2) / (24 * HOUR)))
            return rng.poisson(mean, ROWS).astype(np.float64), np.full(ROWS, seconds)

        return draw

    return drawn


@pytest.mark.long
@pytest.mark.parametrize(
    ("detector", "before", "after", "every", "taught", "asked"),
    [
        (
            Proportion(settings(Form.PROPORTION, every=300.0)),
            shares(0.002, 1000),
            shares(0.004, 1000),
            300.0,
            288,
            1000,
        ),
        (Count(settings(Form.COUNT, every=HOUR)), counts(5.0), counts(10.0), HOUR, 28 * 24, 250),
    ],
    ids=["proportion", "count"],
)
def test_the_next_false_alarm_is_as_far_off_as_promised(
    detector: Detector,
    before: Callable[[np.random.Generator], Draw],
    after: Callable[[np.random.Generator], Draw],
    every: float,
    taught: int,
    asked: float,
) -> None:
    rng, trial = np.random.default_rng(7), Trial(detector, ROWS)
    trial.draw(before(rng), taught, every)
    (form,) = detector.takes
    looks = []
    for _ in range(SINCE):
        trial.now += every
        looks.append(after(rng)(trial.now, every))
    x, n = (np.sum(part, axis=0) for part in zip(*looks, strict=True))
    assert isinstance(detector, Accepts)
    detector.accept(trial.state, trial.rows, seen(form, x, n, SINCE * every), trial.now)
    trial.forgive()
    mean, early = trial.run_length(after(rng), round(1.5 * asked), asked, every)
    assert mean / asked >= LEAST
    assert early <= 0.095 + 3.0 * np.sqrt(0.095 * 0.905 / ROWS)


@pytest.mark.long
def test_a_seasons_table_moves_with_the_level_so_that_two_weeks_later_it_is_expected_still() -> None:
    rng, trial = np.random.default_rng(7), Trial(Count(settings(Form.COUNT, every=HOUR)), ROWS)
    trial.draw(counts(5.0)(rng), 28 * 24, HOUR)
    day = [counts(10.0)(rng)(trial.now + hour * HOUR, HOUR)[0] for hour in range(1, 25)]
    trial.now += 24 * HOUR
    shown = seen(Form.COUNT, np.sum(day, axis=0), np.full(ROWS, 24 * HOUR), 24 * HOUR)
    assert isinstance(trial.detector, Accepts)
    trial.detector.accept(trial.state, trial.rows, shown, trial.now)
    for _ in range(15):
        usual = trial.detector.expect(trial.state, trial.rows, shown, trial.now + 24 * HOUR).expected
        assert float(np.mean(usual)) * HOUR == pytest.approx(10.0, rel=0.03)
        trial.draw(counts(10.0)(rng), 24, HOUR)
