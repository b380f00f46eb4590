from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from andon.errors import ConfigError
from andon.model import Direction, Floats, Form
from detectors._level import residual
from detectors.level import Level
from tests.detectors.making import T0, Draw, Trial, seen, settings

DAY, LINE = 86_400.0, float(np.log(43_200.0))


def of(direction: Direction = Direction.RISES, *, rows: int = 1, every: float = 60.0) -> Trial:
    return Trial(Level(settings(Form.LEVEL, direction, every=every)), rows)


def levels(make: Callable[[np.random.Generator, int, float], Floats], *, rows: int = 1, seed: int = 1) -> Draw:
    rng = np.random.default_rng(seed)

    def draw(now: float, _seconds: float) -> tuple[Floats, Floats]:
        return make(rng, rows, now), np.full(rows, 50.0)

    return draw


def normal(mean: float = 250.0, sd: float = 10.0, *, rows: int = 1, seed: int = 1) -> Draw:
    return levels(lambda rng, m, _now: rng.normal(mean, sd, m), rows=rows, seed=seed)


def daily(rng: np.random.Generator, rows: int, now: float) -> Floats:
    return rng.normal(250.0 + 100.0 * np.sin(2 * np.pi * now / DAY), 10.0, rows)


def heavy(rng: np.random.Generator, rows: int, _now: float) -> Floats:
    return np.asarray(100.0 + 10.0 * rng.standard_t(3, rows))


def rare(rng: np.random.Generator, rows: int, _now: float) -> Floats:
    return rng.poisson(0.3, rows).astype(np.float64)


class Wandering:
    """A baseline that wanders over some fifty looks, under noise: no neighbour tells of the other."""

    def __init__(self) -> None:
        self.state: Floats = np.zeros(1)

    def __call__(self, rng: np.random.Generator, rows: int, _now: float) -> Floats:
        self.state = 0.98 * self.state + 0.14 * rng.standard_normal(rows)
        return np.asarray(100.0 + 10.0 * (self.state + rng.standard_normal(rows)))


class Persistent:
    def __init__(self) -> None:
        self.state: Floats = np.zeros(1)

    def __call__(self, rng: np.random.Generator, rows: int, _now: float) -> Floats:
        self.state = 0.8 * self.state + 0.6 * rng.standard_normal(rows)
        return 100.0 + 10.0 * self.state


def trained(trial: Trial, draw: Draw, looks: int = 600, seconds: float = 60.0) -> Trial:
    trial.draw(draw, looks, seconds)
    trial.forgive()
    return trial


def test_a_point_far_out_is_found_at_once_and_began_with_its_look() -> None:
    trial = trained(of(), normal(), 2_000)
    scores = trial.step(450.0, 50.0)
    assert scores.score[0] > LINE
    assert scores.since[0] == trial.now - 60.0
    assert scores.fresh[0]


def test_a_moderate_shift_that_lasts_is_found_by_its_lasting() -> None:
    trial = trained(of(), normal())
    found = [float(scores.score[0]) for scores in trial.draw(normal(262.0, seed=2), 60, learn=False)]
    assert found[0] < LINE < found[-1]


def test_the_beginning_of_a_shift_is_told() -> None:
    trial = trained(of(), normal())
    began = trial.now
    assert abs(trial.draw(normal(265.0, seed=2), 40, learn=False)[-1].since[0] - began) <= 300.0


def test_a_fall_is_no_rise() -> None:
    trial = trained(of(), normal())
    assert trial.copy().step(50.0, 50.0).score[0] < 0.0
    falls = trained(of(Direction.FALLS), normal())
    assert falls.step(50.0, 50.0).score[0] > LINE


@pytest.mark.parametrize("x", [50.0, 450.0])
def test_without_a_direction_it_finds_both(x: float) -> None:
    assert trained(of(Direction.NONE), normal(), 2_000).step(x, 50.0).score[0] > LINE


@pytest.mark.parametrize(("x", "n"), [(np.nan, 0.0), (np.nan, 50.0), (9_999.0, 0.0), (np.inf, 50.0)])
def test_what_is_no_data_says_nothing_and_teaches_nothing(x: float, n: float) -> None:
    trial = trained(of(), normal())
    before = trial.state["base"].copy()
    scores = trial.step(x, n)
    assert not scores.fresh[0]
    assert scores.score[0] < LINE
    assert np.array_equal(before, trial.state["base"])


def test_one_wild_point_does_not_teach_it_that_wild_is_usual() -> None:
    trial = trained(of(), normal())
    trial.step(1e9, 50.0)
    usual = trial.detector.expect(trial.state, trial.rows, seen(Form.LEVEL, [250.0], [50.0]), trial.now)
    assert usual.expected[0] == pytest.approx(250.0, abs=3.0)
    assert usual.high[0] < 300.0


def test_a_daily_swing_is_expected_once_it_was_seen_for_days() -> None:
    trial = trained(of(every=300.0), levels(daily), 14 * 288, 300.0)
    at = trial.now + DAY / 4
    usual = trial.detector.expect(trial.state, trial.rows, seen(Form.LEVEL, [0.0], [50.0], 300.0), at)
    assert usual.expected[0] == pytest.approx(350.0, abs=15.0)
    assert usual.high[0] < 400.0


def test_where_there_is_no_daily_swing_none_is_used() -> None:
    trial = trained(of(every=300.0), normal(), 7 * 288, 300.0)
    spots = [T0 + 8 * DAY + hour * 3_600.0 for hour in range(24)]
    usual = {float(residual.usual(trial.state, trial.rows, at, np.ones(1))[0][0]) for at in spots}
    assert len(usual) == 1


def test_a_longer_window_is_expected_to_stray_less() -> None:
    trial = trained(of(), normal())
    wide, narrow = (
        trial.detector.expect(trial.state, trial.rows, seen(Form.LEVEL, [250.0], [50.0], seconds), trial.now)
        for seconds in (60.0, 600.0)
    )
    assert narrow.high[0] - narrow.low[0] < 0.6 * (wide.high[0] - wide.low[0])


def test_before_anything_was_seen_nothing_is_expected() -> None:
    trial = of()
    usual = trial.detector.expect(trial.state, trial.rows, seen(Form.LEVEL, [1.0], [1.0]), trial.now)
    assert np.isnan([usual.expected[0], usual.low[0], usual.high[0]]).all()


def test_a_gauge_that_never_moved_does_not_ring_while_it_stands() -> None:
    trial = of()
    found = [trial.step(5.0, 1.0).score[0] for _ in range(400)]
    assert max(found) < LINE
    assert trial.step(50.0, 1.0).score[0] > LINE


def test_it_learns_for_two_hundred_looks_with_data() -> None:
    trial = of()
    left = [float(scores.learning_left[0]) for scores in trial.draw(normal(), 202)]
    assert left[99] == pytest.approx(100 * 60.0)
    assert left[198] > 0.0 == left[200]


def test_what_comes_once_an_hour_is_judged_by_the_hour() -> None:
    hourly, by_look = of(), of()
    draw = normal()
    for _ in range(400):
        hourly.now += 3_540.0
        x, n = draw(0.0, 0.0)
        hourly.step(x, n)
        by_look.step(x, n)
    hourly.now += 3_540.0
    gain = hourly.step(285.0, 50.0).score[0] - by_look.step(285.0, 50.0).score[0]
    assert gain == pytest.approx(np.log(60.0), abs=0.3)


@pytest.mark.parametrize("make", [heavy, rare, daily], ids=lambda make: make.__name__)
def test_the_promise_is_kept(make: Callable[[np.random.Generator, int, float], Floats]) -> None:
    draw = levels(make, rows=120, seed=4)
    trial = trained(of(rows=120, every=300.0), draw, 1_000, 300.0)
    assert trial.run_length(draw, 1_000, 500.0, 300.0)[0] > 0.8 * 500.0


def test_the_promise_is_kept_where_each_point_leans_on_the_one_before() -> None:
    draw = levels(Persistent(), rows=120, seed=5)
    trial = trained(of(rows=120), draw, 1_000)
    assert trial.run_length(draw, 1_000, 500.0)[0] > 0.8 * 500.0


def test_the_promise_is_kept_where_the_baseline_wanders() -> None:
    draw = levels(Wandering(), rows=100, seed=7)
    trial = trained(of(rows=100), draw, 1_200)
    length, early = trial.run_length(draw, 1_000, 500.0)
    assert length > 500.0
    assert early < 0.12


@pytest.mark.long
@pytest.mark.parametrize("make", [heavy, rare, daily], ids=lambda make: make.__name__)
def test_the_promise_is_kept_over_thousands_of_looks(make: Callable[[np.random.Generator, int, float], Floats]) -> None:
    draw = levels(make, rows=200, seed=6)
    trial = trained(of(rows=200, every=300.0), draw, 2_016, 300.0)
    length, early = trial.run_length(draw, 5_000, 2_016.0, 300.0)
    assert length > 0.88 * 2_016.0
    assert early < 0.15


@pytest.mark.parametrize(("mean", "rings"), [(260.0, False), (300.0, True)])
def test_smallest_lets_a_shift_pass_that_does_not_matter(mean: float, rings: bool) -> None:
    trial = trained(Trial(Level(settings(Form.LEVEL, smallest=0.1))), normal())
    found = trial.draw(normal(mean, seed=2), 200, learn=False)
    assert (max(float(scores.score[0]) for scores in found) > LINE) is rings


def test_smallest_lets_a_point_pass_that_is_rare_but_near() -> None:
    usual, coarse = of(), Trial(Level(settings(Form.LEVEL, smallest=0.7)))
    found = [trained(trial, normal(), 2_000).step(400.0, 50.0).score[0] for trial in (usual, coarse)]
    assert found[0] > LINE
    assert found[1] < 1.0


@pytest.mark.parametrize("smallest", [0.0, -0.1, 100.0])
def test_a_smallest_shift_it_cannot_mean_is_refused(smallest: float) -> None:
    with pytest.raises(ConfigError, match="smallest"):
        Level(settings(Form.LEVEL, smallest=smallest))


def test_it_has_no_options() -> None:
    with pytest.raises(ConfigError, match="it knows: none"):
        Level(settings(Form.LEVEL, above=1.0))


def test_a_young_series_is_never_over_the_line() -> None:
    trial = of(Direction.NONE, rows=300)
    rng = np.random.default_rng(9)
    for _ in range(30):
        scores = trial.step(rng.lognormal(3.0, 1.5, 300), 50.0)
        assert scores.score.max() < np.log(720.0)


def test_a_slow_drift_is_found() -> None:
    trial = trained(of(), normal(), 1_000)
    rng = np.random.default_rng(3)
    found = [float(trial.step(250.0 + 0.3 * place + rng.normal(0, 10), 50.0).score[0]) for place in range(200)]
    assert max(found) > LINE


def test_a_dip_is_found_where_both_ways_matter() -> None:
    trial = trained(of(Direction.NONE), normal(), 1_000)
    assert max(float(trial.step(100.0, 50.0).score[0]) for _ in range(2)) > LINE


def test_a_lasting_shift_of_one_spread_is_found_within_three_times_the_optimum() -> None:
    """Page's CUSUM that knows both means takes 14.7 looks for an ARL0 of 8,640, by Siegmund's formula."""
    trial = of(rows=60)
    rng = np.random.default_rng(2)
    for _ in range(1_500):
        trial.step(rng.normal(250.0, 10.0, 60), 50.0)
    trial.forgive()
    delay = np.full(60, 200.0)
    for place in range(1, 121):
        scores = trial.step(rng.normal(260.0, 10.0, 60), 50.0)
        hit = scores.fresh & (scores.score >= np.log(8_640.0))
        delay = np.where(hit & (delay == 200.0), place, delay)
    assert delay.mean() < 3 * 14.7
