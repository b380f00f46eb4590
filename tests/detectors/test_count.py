from __future__ import annotations

import numpy as np
import pytest

from andon.errors import ConfigError
from andon.model import Direction, Floats, Form
from detectors.count import Count
from tests.detectors.making import T0, Draw, Trial, seen, settings

HOUR, DAY, WEEK = 3_600.0, 86_400.0, 7 * 86_400.0


def of(direction: Direction = Direction.RISES, *, rows: int = 1, every: float = 60.0, season: str = "week") -> Trial:
    return Trial(Count(settings(Form.COUNT, direction, every=every, season=season)), rows)


def counts(hourly: float, *, rows: int = 1, swing: float = 0.0, factor: float = 1.0, seed: int = 1) -> Draw:
    """Draw counts, 20-fold over the day at a swing of 1.5, with `factor` times Poisson's variance."""
    rng = np.random.default_rng(seed)

    def draw(now: float, seconds: float) -> tuple[Floats, Floats]:
        mean = np.full(rows, hourly * seconds / HOUR * np.exp(swing * np.sin(2 * np.pi * (now - seconds / 2) / DAY)))
        if factor > 1.0:
            size = mean / (factor - 1.0)
            mean = rng.gamma(size, mean / size)
        return rng.poisson(mean).astype(np.float64), np.full(rows, seconds)

    return draw


def trained(trial: Trial, draw: Draw, *, weeks: float = 4.0, piece: float = HOUR) -> Trial:
    trial.draw(draw, round(weeks * WEEK / piece), piece)
    trial.forgive()
    return trial


def test_four_weeks_in_pieces_teach_it_and_it_says_how_long_still() -> None:
    trial = of()
    assert trial.step(3.0, HOUR, HOUR).learning_left[0] == 4 * WEEK - HOUR
    trained(trial, counts(5.0))
    assert trial.step(0.0, 60.0).learning_left[0] == 0.0


def test_without_a_season_it_has_learnt_after_a_hundred_counts_and_looks() -> None:
    trial = of(every=HOUR, season="none")
    left = [scores.learning_left[0] for scores in trial.draw(counts(5.0), 120, HOUR)]
    assert left[98] > 0.0 == left[101]


def test_traffic_that_varies_twenty_fold_within_the_day_rings_nobody() -> None:
    draw = counts(600.0, swing=1.5, rows=20)
    trial = trained(of(rows=20), draw)
    assert max(float(scores.score.max()) for scores in trial.draw(draw, 24 * 60)) < np.log(43_200.0)


def test_a_shop_that_opens_at_nine_rings_nobody() -> None:
    rng = np.random.default_rng(3)

    def opens(now: float, seconds: float) -> tuple[Floats, Floats]:
        opened = 9.0 <= (now - seconds / 2) % DAY / HOUR < 21.0
        mean = (60_000.0 if opened else 30_000.0) * seconds / HOUR
        return rng.poisson(mean, 10).astype(np.float64), np.full(10, seconds)

    trial = trained(of(rows=10), opens)
    assert max(float(scores.score.max()) for scores in trial.draw(opens, 24 * 60)) < np.log(43_200.0)


@pytest.mark.parametrize(("hourly", "looks"), [(60.0, 60), (600.0, 15), (60_000.0, 3)])
def test_a_doubling_is_found_the_sooner_the_more_there_is(hourly: float, looks: int) -> None:
    trial = trained(of(), counts(hourly, swing=1.0))
    found = trial.draw(counts(2.0 * hourly, swing=1.0, seed=2), looks, learn=False)
    assert found[-1].score[0] > np.log(43_200.0)
    assert abs(found[-1].since[0] - (T0 + 4 * WEEK)) <= 600.0


def test_a_fall_is_found_by_the_one_who_looks_for_it() -> None:
    draw = counts(600.0)
    falls, rises = trained(of(Direction.FALLS), draw), trained(of(), draw)
    less = counts(200.0, seed=2)
    assert falls.draw(less, 15, learn=False)[-1].score[0] > np.log(43_200.0)
    assert rises.draw(less, 15, learn=False)[-1].score[0] < 0.0


def test_both_directions_share_one_promise() -> None:
    both, rises = trained(of(Direction.NONE), counts(600.0)), trained(of(), counts(600.0))
    for trial in (both, rises):
        trial.step(60.0, 60.0, learn=False)
    halves = both.state["evidence"][0, 0]
    assert halves[:3] == pytest.approx(rises.state["evidence"][0, 0], rel=1e-9)
    assert halves.mean() < halves[:3].mean()


def test_nothing_observed_is_not_a_count_of_nothing() -> None:
    draw = counts(600.0)
    trial = trained(of(Direction.FALLS), draw)
    before = trial.state["evidence"].copy()
    assert not trial.step(0.0, 0.0).fresh[0]
    assert np.array_equal(before, trial.state["evidence"])
    assert trial.step(0.0, 60.0).fresh[0]


def test_a_series_that_never_counted_anything_stays_sane_and_finds_a_burst() -> None:
    trial = trained(of(), lambda _now, seconds: (np.zeros(1), np.array([seconds])))
    assert trial.step(0.0, 60.0).score[0] < np.log(2.0)
    for _ in range(3):
        scores = trial.step(30.0, 60.0, learn=False)
    assert scores.score[0] > np.log(43_200.0)


def test_variance_three_times_poissons_is_learnt() -> None:
    trial = trained(of(every=HOUR), counts(50.0, factor=3.0))
    usual = trial.detector.expect(trial.state, trial.rows, seen(Form.COUNT, [50.0], [HOUR], HOUR), trial.now)
    assert (usual.high[0] - usual.low[0]) * HOUR / 3.92 == pytest.approx(np.sqrt(150.0), rel=0.2)


@pytest.mark.parametrize("hourly", [0.0, 0.1, 5.0, 6e6])
@pytest.mark.parametrize("seconds", [60.0, 600.0, DAY])
def test_what_is_expected_is_a_rate_within_its_interval(hourly: float, seconds: float) -> None:
    trial = trained(of(), counts(hourly), weeks=1.0)
    usual = trial.detector.expect(trial.state, trial.rows, seen(Form.COUNT, [0.0], [seconds], seconds), trial.now)
    assert 0.0 <= usual.low[0] <= usual.expected[0] <= usual.high[0]
    assert usual.expected[0] * HOUR == pytest.approx(hourly, rel=0.5, abs=0.5)


def test_a_level_that_has_grown_for_weeks_is_the_new_usual() -> None:
    trial = trained(trained(of(), counts(100.0)), counts(150.0, seed=2), weeks=2.0)
    usual = trial.detector.expect(trial.state, trial.rows, seen(Form.COUNT, [0.0], [HOUR], HOUR), trial.now)
    assert usual.expected[0] * HOUR == pytest.approx(150.0, rel=0.1)


def test_a_word_for_a_season_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match="week or none"):
        of(season="month")


def test_after_a_holiday_that_nobody_wrote_down_the_usual_rings_nobody() -> None:
    draw, rest = counts(60.0, rows=5), counts(18.0, rows=5, seed=2)
    trial = trained(of(rows=5, every=600.0), draw)
    trial.draw(rest, 144, 600.0)
    assert max(float(scores.score.max()) for scores in trial.draw(draw, 144, 600.0)) < np.log(4_320.0)


def test_a_wandering_level_widens_what_is_expected_of_a_lasting_shift_and_not_of_a_large_one() -> None:
    rng = np.random.default_rng(8)
    levels = rng.lognormal(0.0, 0.1, (200, 20))

    def wanders(now: float, seconds: float) -> tuple[Floats, Floats]:
        return rng.poisson(20.0 * levels[int((now - T0 - 1.0) // DAY)]).astype(np.float64), np.full(20, seconds)

    trial = trained(of(rows=20, every=HOUR, season="none"), wanders)
    factor = trial.state["factor"].mean(axis=0)
    assert factor[0] > 1.5 * factor[2]


@pytest.mark.parametrize("factor", [1.0, 2.0, 3.5])
def test_the_promise_is_kept(factor: float) -> None:
    draw = counts(5.0, rows=100, factor=factor, seed=4)
    trial = trained(of(rows=100, every=HOUR), draw)
    length, early = trial.run_length(draw, 600, 300.0, HOUR)
    assert length > 0.8 * 300.0
    assert early < 0.2


@pytest.mark.long
@pytest.mark.parametrize(("hourly", "swing", "factor"), [(60.0, 1.5, 1.0), (60.0, 1.5, 3.0), (3_000.0, 1.5, 1.0)])
def test_the_promise_is_kept_by_the_minute_on_history_in_pieces(hourly: float, swing: float, factor: float) -> None:
    draw = counts(hourly, rows=60, swing=swing, factor=factor, seed=5)
    trial = trained(of(rows=60), draw, piece=300.0)
    length, early = trial.run_length(draw, 10_080, 5_040.0)
    assert length > 0.85 * 5_040.0
    assert early < 0.2


@pytest.mark.long
@pytest.mark.parametrize("factor", [1.0, 2.0, 3.5])
def test_the_promise_is_kept_over_thousands_of_hours(factor: float) -> None:
    draw = counts(5.0, rows=300, factor=factor, seed=6)
    trial = trained(of(rows=300, every=HOUR), draw)
    length, early = trial.run_length(draw, 2_000, 720.0, HOUR)
    assert length > 0.9 * 720.0
    assert early < 0.15


@pytest.mark.long
@pytest.mark.parametrize("hourly", [5.0, 50.0])
def test_the_promise_is_kept_where_each_day_has_its_own_level(hourly: float) -> None:
    rng, rows = np.random.default_rng(9), 150
    levels = rng.lognormal(-0.005, 0.1, (100, rows))

    def wanders(now: float, seconds: float) -> tuple[Floats, Floats]:
        mean = hourly * seconds / HOUR * levels[int((now - T0 - 1.0) // DAY)]
        return rng.poisson(mean).astype(np.float64), np.full(rows, seconds)

    trial = trained(of(rows=rows, every=HOUR, season="none"), wanders)
    length, early = trial.run_length(wanders, 1_440, 720.0, HOUR)
    assert length > 0.8 * 720.0
    assert early < 0.2


@pytest.mark.long
@pytest.mark.parametrize("hourly", [1.0, 20.0, 200.0])
def test_the_promise_is_kept_of_falls(hourly: float) -> None:
    draw = counts(hourly, rows=250, seed=7)
    trial = trained(of(Direction.FALLS, rows=250, every=HOUR, season="none"), draw, weeks=1.0)
    assert trial.run_length(draw, 1_440, 720.0, HOUR)[0] > 0.9 * 720.0
