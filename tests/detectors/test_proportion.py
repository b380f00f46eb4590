from __future__ import annotations

import numpy as np
import pytest

from andon.errors import ConfigError
from andon.model import Direction, Floats, Form
from detectors._base import _K, _N
from detectors.proportion import Proportion
from tests.detectors.making import T0, Draw, Trial, seen, settings

DAY = 86_400.0


def of(direction: Direction = Direction.RISES, rows: int = 1, every: float = 60.0) -> Trial:
    return Trial(Proportion(settings(Form.PROPORTION, direction, every=every)), rows)


def shares(share: float, n: float, *, rows: int = 1, swing: float = 0.0, factor: float = 1.0, seed: int = 1) -> Draw:
    """Draw k of about n a look of 60 s, the volume swinging over the day, the variance `factor` times the binomial's."""
    rng = np.random.default_rng(seed)

    def draw(now: float, seconds: float) -> tuple[Floats, Floats]:
        trials = np.maximum(rng.poisson(n * seconds / 60.0 * np.exp(swing * np.sin(2 * np.pi * now / DAY)), rows), 1)
        chance = np.full(rows, share)
        if factor > 1.0:
            size = np.maximum(trials - 1, 1) / (factor - 1.0) - 1.0
            chance = rng.beta(share * size, (1.0 - share) * size)
        return rng.binomial(trials, chance).astype(np.float64), trials.astype(np.float64)

    return draw


def trained(trial: Trial, draw: Draw, looks: int, seconds: float = 60.0) -> Trial:
    trial.draw(draw, looks, seconds)
    trial.forgive()
    return trial


def test_single_ratings_are_weighed_exactly() -> None:
    trial = trained(of(), lambda _now, _s: (np.zeros(1), np.ones(1)), 999)
    trial.state["base"][:, [_K, _N]] = [150.0, 999.0]
    trial.step(1.0, 1.0, learn=False)
    odds = 150.5 / 849.5 * np.array([1.6, 2.2, 3.5])
    ratio = odds / (1 + odds) / 0.1505
    assert trial.state["evidence"][0, 0] == pytest.approx(ratio, rel=1e-3)


def test_what_speaks_for_a_fall_speaks_against_a_rise() -> None:
    draw = shares(0.2, 100.0)
    rises, falls = trained(of(), draw, 300), trained(of(Direction.FALLS), draw, 300)
    assert rises.step(5.0, 100.0).score[0] < falls.step(5.0, 100.0).score[0]


@pytest.mark.parametrize(("direction", "k"), [(Direction.NONE, 45.0), (Direction.NONE, 3.0)])
def test_without_a_direction_it_finds_both(direction: Direction, k: float) -> None:
    trial = trained(of(direction), shares(0.2, 100.0), 300)
    for _ in range(3):
        scores = trial.step(k, 100.0, learn=False)
    assert scores.score[0] > np.log(43_200.0)


@pytest.mark.parametrize("share", [0.002, 0.05, 0.5, 0.95])
def test_a_doubling_of_the_odds_is_found_at_any_base_rate(share: float) -> None:
    trial = trained(of(), shares(share, 2_000.0), 400)
    odds = 2 * share / (1 - share)
    found = trial.draw(shares(odds / (1 + odds), 2_000.0, seed=2), 30, learn=False)
    assert found[-1].score[0] > np.log(43_200.0)
    assert abs(found[-1].since[0] - (T0 + 400 * 60.0)) <= 180.0


def test_a_share_that_was_never_above_nothing_stays_sane_and_finds_the_first_crashes() -> None:
    trial = trained(of(), lambda _now, _s: (np.zeros(1), np.array([1_000.0])), 300)
    assert trial.step(0.0, 1_000.0).score[0] < 1.0
    for _ in range(3):
        scores = trial.step(20.0, 1_000.0, learn=False)
    assert scores.score[0] > np.log(43_200.0)


def test_a_million_a_look_neither_overflows_nor_cries() -> None:
    draw = shares(0.002, 1e6)
    trial = trained(of(), draw, 300)
    assert max(float(scores.score[0]) for scores in trial.draw(draw, 200)) < np.log(1_000.0)
    assert trial.step(4_000.0, 1e6).score[0] > np.log(43_200.0)


def test_after_a_night_without_ratings_the_first_one_does_not_stand_for_the_whole_night() -> None:
    trial = trained(of(), shares(0.2, 5.0), 300)
    trial.now += 10 * 3_600.0
    trial.step(1.0, 5.0, learn=False)
    assert trial.state["evidence"][0, 0].max() < 10.0


def test_an_empty_look_changes_no_evidence_and_is_not_fresh() -> None:
    trial = trained(of(), shares(0.2, 100.0), 200)
    trial.step(60.0, 100.0)
    before = trial.state["evidence"].copy()
    assert not trial.step(0.0, 0.0).fresh[0]
    assert np.array_equal(before, trial.state["evidence"])


def test_more_bad_than_there_were_counts_as_all_bad() -> None:
    trial = trained(of(), shares(0.2, 100.0), 200)
    one, other = trial, trial.copy()
    assert one.step(500.0, 100.0).score[0] == other.step(100.0, 100.0).score[0]


def test_it_is_fresh_only_where_the_look_itself_speaks_for_a_change() -> None:
    trial = trained(of(), shares(0.2, 100.0), 200)
    assert trial.step(40.0, 100.0).fresh[0]
    assert not trial.step(10.0, 100.0).fresh[0]


def test_it_learns_until_looks_trials_and_the_rare_kind_suffice() -> None:
    trial = of()
    left = [scores.learning_left[0] for scores in trial.draw(shares(0.2, 10.0), 150)]
    assert left[0] > 3_600.0
    assert left[50] == pytest.approx(49 * 60.0, rel=0.1)
    assert left[120] == 0.0


def test_a_busy_series_of_rare_crashes_is_learnt_by_ten_thousand_sessions() -> None:
    trial = of()
    left = [scores.learning_left[0] for scores in trial.draw(shares(0.0, 100.0), 150)]
    assert left[98] > 0.0 == left[120]


def test_variance_that_is_four_times_the_binomials_is_learnt() -> None:
    trial = trained(of(every=300.0), shares(0.02, 200.0, factor=4.0), 600, 300.0)
    usual = trial.detector.expect(trial.state, trial.rows, seen(Form.PROPORTION, [20.0], [1_000.0], 300.0), trial.now)
    width = (usual.high[0] - usual.low[0]) / 3.92
    assert width == pytest.approx(2.0 * np.sqrt(0.02 * 0.98 / 1_000.0), rel=0.25)


@pytest.mark.parametrize("n", [0.0, 1.0, 30.0, 1e6])
@pytest.mark.parametrize("share", [0.0, 0.002, 0.5, 1.0])
def test_what_is_expected_lies_in_its_interval_and_within_zero_and_one(share: float, n: float) -> None:
    trial = trained(of(), shares(share, 100.0), 100)
    usual = trial.detector.expect(trial.state, trial.rows, seen(Form.PROPORTION, [0.0], [n]), trial.now)
    assert 0.0 <= usual.low[0] <= usual.expected[0] <= usual.high[0] <= 1.0


def test_history_in_coarse_pieces_teaches_the_same_as_looks_do() -> None:
    fine, coarse = trained(of(), shares(0.1, 100.0), 1_500), trained(of(), shares(0.1, 100.0, seed=2), 300, 300.0)
    expected = [
        trial.detector.expect(trial.state, trial.rows, seen(Form.PROPORTION, [0.0], [100.0]), trial.now)
        for trial in (fine, coarse)
    ]
    assert expected[0].expected[0] == pytest.approx(expected[1].expected[0], rel=0.05)
    assert expected[0].high[0] == pytest.approx(expected[1].high[0], abs=0.015)


def test_smallest_looks_for_shifts_as_small_as_asked() -> None:
    usual, small = of(), Trial(Proportion(settings(Form.PROPORTION, smallest=0.1)))
    for trial in (usual, small):
        trained(trial, shares(0.2, 2_000.0), 400)
    draw = shares(0.225, 2_000.0, seed=2)
    found = [trial.draw(draw, 60, learn=False)[-1].score[0] for trial in (usual, small)]
    assert found[1] > found[0] + 5.0


@pytest.mark.parametrize(("odds", "least"), [(1.2, 3.0), (1.4, 3.0)])
def test_with_a_smallest_shift_those_that_are_larger_are_found_soon_too(odds: float, least: float) -> None:
    trial = trained(Trial(Proportion(settings(Form.PROPORTION, smallest=0.1))), shares(0.2, 200.0), 600)
    share = 0.2 * odds / (0.8 + 0.2 * odds)
    found = trial.draw(shares(share, 200.0, seed=2), round(6.0 / np.log(odds) ** 2 / 32.0) + 8, learn=False)
    assert found[-1].score[0] > least


def test_a_shift_that_is_being_learnt_stays_a_shift() -> None:
    detector = Proportion(settings(Form.PROPORTION))
    trial = trained(Trial(detector, 50), shares(0.1, 50.0, rows=50), 300)
    trial.draw(shares(0.2, 50.0, rows=50, seed=2), 100)
    base = trial.state["base"]
    shifted = detector._shifted(base, trial.state["tide"], trial.state["young"])[:, 1]
    assert np.median(shifted / (1.0 - shifted)) == pytest.approx(2.2 * 0.1 / 0.9, rel=0.15)
    assert np.median(base[:, _K] / base[:, _N]) > 0.115


def test_twenty_ratings_a_day_say_after_four_of_them_that_six_days_are_left() -> None:
    rng, trial = np.random.default_rng(3), of(rows=40, every=600.0)
    left: Floats = np.zeros(40)
    for look in range(4 * 144):
        opens = 9 <= look / 6 % 24 < 21
        n = rng.poisson(20.0 / 72.0 if opens else 0.0, 40).astype(np.float64)
        left = trial.step(rng.binomial(n.astype(np.int64), 0.2).astype(np.float64), n, 600.0).learning_left
    assert np.median(left) / DAY == pytest.approx(6.0, abs=1.0)


@pytest.mark.parametrize("smallest", [0.0, -0.1, 100.0])
def test_a_smallest_shift_it_cannot_mean_is_refused(smallest: float) -> None:
    with pytest.raises(ConfigError, match="smallest"):
        Proportion(settings(Form.PROPORTION, smallest=smallest))


@pytest.mark.parametrize(("share", "n", "factor"), [(0.15, 1.0, 1.0), (0.02, 200.0, 1.0), (0.02, 200.0, 3.0)])
def test_the_promise_is_kept(share: float, n: float, factor: float) -> None:
    draw = shares(share, n, rows=150, swing=1.5, factor=factor, seed=4)
    trial = trained(of(rows=150), draw, 600)
    length, early = trial.run_length(draw, 900, 500.0)
    assert length > 0.8 * 500.0
    assert early < 0.2


@pytest.mark.long
@pytest.mark.parametrize(("share", "n", "factor"), [(0.15, 1.0, 1.0), (0.002, 1_000.0, 1.0), (0.002, 1_000.0, 2.0)])
def test_the_promise_is_kept_over_thousands_of_looks(share: float, n: float, factor: float) -> None:
    draw = shares(share, n, rows=300, factor=factor, seed=5)
    trial = trained(of(rows=300), draw, 288)
    length, early = trial.run_length(draw, 6_000, 2_000.0)
    assert length > 0.88 * 2_000.0
    assert early < 0.15


@pytest.mark.long
@pytest.mark.parametrize("swings", ["day", "hour of the day"])
def test_the_promise_is_kept_where_the_base_rate_swings(swings: str) -> None:
    rng, rows, every = np.random.default_rng(6), 100, 900.0
    daily, today = np.zeros(rows), -1

    def draw(now: float, seconds: float) -> tuple[Floats, Floats]:
        nonlocal daily, today
        if int(now // DAY) != today:
            today, daily = int(now // DAY), 0.1 * rng.normal(size=rows)
        level = daily if swings == "day" else 0.3 * np.sin(2 * np.pi * now / DAY)
        n = np.full(rows, 200.0 * seconds / every)
        return rng.binomial(n.astype(np.int64), 0.05 * np.exp(level), rows).astype(np.float64), n

    trial = trained(of(rows=rows, every=every), draw, 28 * 24, 3_600.0)
    length, early = trial.run_length(draw, 3_000, 2_880.0, every)
    assert length > 0.9 * 2_880.0
    assert early < 0.15
