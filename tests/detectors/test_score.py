from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pytest

from andon.bank.probe import NEAR
from andon.detector import Expectation, Scores
from andon.errors import ConfigError
from andon.model import Direction, Floats, Form, Observation
from andon.testing.series import scored
from andon.testing.trial import empty
from detectors._bets import Usual, log_pay, overshoot, stakes, sums, usual
from detectors.score import Score
from tests.detectors.making import T0, settings

HOUR, DAY = 3_600.0, 86_400.0
STARS: Floats = np.arange(1.0, 6.0)
USUAL: Floats = np.array([0.05, 0.05, 0.1, 0.25, 0.55])
"""Mean 4.2."""
WORSE: Floats = np.array([0.0866, 0.0758, 0.1326, 0.29, 0.415])
POLAR: Floats = np.array([0.2, 0.0, 0.0, 0.0, 0.8])
"""Of the usual mean, and as wide as can be."""
Draw: TypeAlias = Callable[[int], Floats]
"""rows -> their histograms of one look."""


def looks(shares: Floats, n: int = 1, alike: float = 0.0, seed: int = 1) -> Draw:
    """Draw n ratings a look; `alike`: the correlation of a look's ratings."""
    rng = np.random.default_rng(seed)

    def draw(rows: int) -> Floats:
        if alike == 0.0:
            return rng.multinomial(n, shares, rows).astype(np.float64)
        chances = rng.standard_gamma(shares * (1.0 / alike - 1.0), (rows, len(shares)))
        return rng.multinomial(n, chances / chances.sum(axis=1, keepdims=True)).astype(np.float64)

    return draw


class Rated:
    """A detector of scores stepped over `rows` series."""

    def __init__(
        self, rows: int = 1, direction: Direction = Direction.FALLS, values: Floats = STARS, smallest: float = np.nan
    ) -> None:
        self.detector = Score(settings(Form.SCORE, direction, smallest=smallest))
        self.values, self.rows, self.now = values, np.arange(rows), T0
        self.state = empty(self.detector, rows)

    def step(self, hist: Floats, seconds: float = 60.0, *, learn: bool = True) -> Scores:
        self.now += seconds
        seen = scored(np.atleast_2d(hist)[:, None, :], self.values, np.array([seconds]))
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            return self.detector.step(self.state, self.rows, seen, self.now, np.full(len(self.rows), learn))

    def take(self, draw: Draw, times: int, seconds: float = 60.0, *, learn: bool = True) -> list[Scores]:
        return [self.step(draw(len(self.rows)), seconds, learn=learn) for _ in range(times)]

    def taught(self, draw: Draw, times: int, seconds: float = 60.0) -> Rated:
        self.take(draw, times, seconds)
        for name, what in self.detector.fields.items():
            if what.evidence:
                self.state[name][:] = what.fill
        return self

    def expect(self, n: float, seconds: float = 60.0) -> Expectation:
        x = np.full((len(self.rows), 1), np.nan)
        hist = np.zeros((len(self.rows), 1, len(self.values)))
        window = Observation(Form.SCORE, x, np.full(x.shape, n), np.array([seconds]), hist, self.values)
        return self.detector.expect(self.state, self.rows, window, self.now)

    def lengths(self, draw: Draw, times: int, asked: float) -> tuple[float, float]:
        """Return looks at risk over alarms, over what was asked, and the share that rang in its first tenth."""
        live, risk, early = np.ones(len(self.rows), np.bool_), 0.0, 0.0
        learn = live.copy()
        for place in range(1, times + 1):
            self.now += 60.0
            seen = scored(draw(len(self.rows))[:, None, :], self.values, np.array([60.0]))
            scores = self.detector.step(self.state, self.rows, seen, self.now, learn)
            risk += float(live.sum())
            live &= ~(scores.fresh & (scores.score >= np.log(asked)))
            learn = live & (scores.score <= np.log(asked) - NEAR)
            if place == round(asked / 10):
                early = float(1.0 - live.mean())
        return risk / max(float((~live).sum()), 0.5) / asked, early


def test_a_bet_pays_one_on_average_whatever_the_shape_if_the_mean_is_as_told() -> None:
    places = (STARS - 1.0) / 4.0
    for shares in (USUAL, POLAR, np.array([0.0, 0.0, 0.0, 0.8, 0.2])):
        of = Usual(np.array([200.0]), np.array([0.8]), np.array([0.08]), np.array([-0.02]))
        pays = np.exp(log_pay(np.eye(5), places, of, np.full((5, 3), [-3.0, -0.5, 0.9])))
        assert shares @ pays == pytest.approx(1.0)


@pytest.mark.parametrize("direction", list(Direction))
def test_its_state_takes_at_most_512_bytes_a_row(direction: Direction) -> None:
    assert sum(array[0].nbytes for array in Rated(direction=direction).state.values()) <= 512


def test_a_bet_never_loses_all_and_is_bounded_on_both_sides() -> None:
    of = Usual(*(np.array([value]) for value in (200.0, 0.8, 0.08, -0.02)))
    stake = stakes(of, np.array([[-0.7, -0.01, 0.01, 0.2]]))
    pays = 1.0 + stake * (np.array([[0.0], [1.0]]) - 0.8)
    assert pays.min() >= 0.25 - 1e-12
    assert np.array_equal(np.sign(stake[0]), [-1.0, -1.0, 1.0, 1.0])


def test_moments_are_those_of_the_ratings_and_one_that_may_lie_anywhere() -> None:
    of = usual(sums(np.array([[0.0, 0.0, 0.0, 0.0, 0.0], [1e9, 0.0, 0.0, 0.0, 1e9]]), (STARS - 1.0) / 4.0))
    assert of.mean == pytest.approx([0.5, 0.5])
    assert of.variance == pytest.approx([1.0 / 12.0, 0.25])
    assert of.third == pytest.approx([0.0, 0.0], abs=1e-9)


def test_the_line_is_lowered_more_for_looks_that_leap() -> None:
    of = usual(sums(200.0 * USUAL[None], (STARS - 1.0) / 4.0))
    stake, one = np.full((1, 3), -1.0), np.ones(1)
    assert overshoot(stake, 20.0 * one, of, one) < overshoot(stake, one, of, one) < 0.0


def test_what_speaks_for_a_fall_speaks_against_a_rise() -> None:
    hist = np.array([5.0, 5.0, 5.0, 3.0, 2.0])
    falls, rises = (Rated(direction=one).taught(looks(USUAL, 20), 200) for one in (Direction.FALLS, Direction.RISES))
    assert falls.step(hist).score[0] > rises.step(hist).score[0]


@pytest.mark.parametrize("hist", [[9.0, 7.0, 4.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 20.0]])
def test_without_a_direction_it_finds_both(hist: list[float]) -> None:
    trial = Rated(direction=Direction.NONE).taught(looks(np.full(5, 0.2), 20), 300)
    found = [trial.step(np.array(hist), learn=False) for _ in range(4)]
    assert found[-1].score[0] > np.log(43_200.0)


def test_nps_is_found_by_its_classes_in_its_own_points() -> None:
    trial = Rated(values=np.array([-100.0, 0.0, 100.0])).taught(looks(np.array([0.2, 0.3, 0.5]), 50), 300)
    assert trial.expect(50.0).expected[0] == pytest.approx(30.0, abs=3.0)
    found = trial.take(looks(np.array([0.35, 0.3, 0.35]), 50, seed=2), 15, learn=False)
    assert found[-1].score[0] > np.log(43_200.0)
    assert abs(found[-1].since[0] - (T0 + 300 * 60.0)) <= 180.0


def test_a_change_of_shape_that_leaves_the_mean_is_no_news() -> None:
    trial = Rated(60).taught(looks(USUAL, 5), 150)
    most = max(float(scores.score.max()) for scores in trial.take(looks(POLAR, 5, seed=2), 60))
    assert most < np.log(60 * 60 * 4)


def test_a_scale_on_which_all_rate_best_stays_sane_and_finds_the_first_bad_ones() -> None:
    trial = Rated().taught(looks(np.eye(5)[4], 20), 300)
    assert trial.step(np.array([0.0, 0.0, 0.0, 0.0, 20.0])).score[0] < 2.0
    found = [trial.step(np.array([4.0, 4.0, 2.0, 0.0, 10.0]), learn=False) for _ in range(3)]
    assert found[-1].score[0] > np.log(43_200.0)


def test_a_million_ratings_a_look_neither_overflow_nor_cry() -> None:
    trial = Rated().taught(looks(USUAL, 10**6), 300)
    assert max(float(scores.score[0]) for scores in trial.take(looks(USUAL, 10**6, seed=2), 100)) < np.log(1_000.0)
    assert trial.step(1e6 * WORSE).score[0] > np.log(43_200.0)


def test_after_a_night_without_ratings_the_first_one_does_not_stand_for_the_whole_night() -> None:
    trial = Rated().taught(looks(USUAL, 5), 300)
    trial.now += 10 * HOUR
    trial.step(5.0 * np.eye(5)[3], learn=False)
    assert trial.state["evidence"][0, 0].max() < 10.0


def test_an_empty_look_changes_nothing_and_is_not_fresh() -> None:
    trial = Rated().taught(looks(USUAL, 20), 200)
    score = trial.step(20.0 * np.eye(5)[0]).score[0]
    before = {name: array.copy() for name, array in trial.state.items()}
    said = trial.step(np.zeros(5))
    assert not said.fresh[0]
    assert said.score[0] == score
    assert all(np.array_equal(before[name], array) for name, array in trial.state.items())


def test_twenty_ratings_a_day_are_learnt_in_six_days_and_it_says_so() -> None:
    trial = Rated()
    left = []
    for _ in range(7):
        for _ in range(20):
            trial.now += 36 * 60.0 - 60.0
            left.append(trial.step(np.eye(5)[3]).learning_left[0])
        trial.now += 12 * HOUR
    assert left[19] == pytest.approx(2.5 * DAY, rel=0.1)  # a night has not been seen yet
    assert left[39] == pytest.approx(3.2 * DAY, rel=0.1)
    assert left[117] > 0.0 == left[119]


def test_history_in_coarse_pieces_teaches_the_same_as_looks_do() -> None:
    fine, draw = Rated(20).taught(looks(USUAL, 10, 0.1), 500), looks(USUAL, 10, 0.1, seed=2)
    coarse = Rated(20).taught(lambda rows: np.sum([draw(rows) for _ in range(5)], axis=0), 100, 300.0)
    one, other = fine.expect(100.0, 600.0), coarse.expect(100.0, 600.0)
    assert one.expected.mean() == pytest.approx(other.expected.mean(), abs=0.03)
    assert one.low.mean() == pytest.approx(other.low.mean(), abs=0.1)


def test_ratings_of_a_look_that_are_alike_widen_what_is_expected_of_it() -> None:
    apart, alike = (Rated().taught(looks(USUAL, 20, rho), 300) for rho in (0.0, 0.3))
    widths = [float(trial.expect(20.0).high[0] - trial.expect(20.0).low[0]) for trial in (apart, alike)]
    sd = np.sqrt(USUAL @ STARS**2 - 4.2**2)
    assert widths[0] == pytest.approx(3.92 * sd / np.sqrt(20.0), rel=0.1)
    assert widths[1] == pytest.approx(3.92 * sd * np.sqrt((1.0 + 19 * 0.3) / 20.0), rel=0.2)


def test_of_single_ratings_nothing_is_assumed_however_alike_looks_are() -> None:
    trial = Rated().taught(looks(USUAL), 300)
    of = usual(trial.state["base"][:, :4])
    trial.step(np.eye(5)[0], learn=False)
    pays = trial.state["evidence"][0, 0]
    assert pays[0] == pytest.approx(1.0 + float(stakes(of, -0.2 * np.sqrt(of.variance)[:, None])[0, 0]) * -of.mean[0])


@pytest.mark.parametrize("n", [0.0, 1.0, 30.0, 1e6])
@pytest.mark.parametrize("shares", [USUAL, POLAR, np.eye(5)[0], np.eye(5)[4]], ids=["usual", "polar", "worst", "best"])
def test_what_is_expected_lies_in_its_interval_and_on_the_scale(shares: Floats, n: float) -> None:
    told = Rated().taught(looks(shares, 20), 100).expect(n)
    assert 1.0 <= told.low[0] <= told.expected[0] <= told.high[0] <= 5.0


def test_the_interval_holds_nineteen_looks_of_twenty() -> None:
    trial = Rated(300).taught(looks(USUAL, 10), 100)
    means = looks(USUAL, 10, seed=2)(300) @ STARS / 10.0
    told = trial.expect(10.0)
    assert 0.92 < np.mean((told.low <= means) & (means <= told.high)) < 0.99


def test_smallest_looks_for_shifts_as_small_as_asked() -> None:
    found = []
    for smallest in (np.nan, 0.1):
        trial = Rated(smallest=smallest).taught(looks(USUAL, 500), 150)
        shares = USUAL * 0.96 ** np.arange(5.0)
        found.append(trial.take(looks(shares / shares.sum(), 500, seed=2), 60, learn=False)[-1].score[0])
    assert found[1] > found[0] + 3.0


@pytest.mark.parametrize("smallest", [0.0, -0.1, 100.0])
def test_a_smallest_shift_it_cannot_mean_is_refused(smallest: float) -> None:
    with pytest.raises(ConfigError, match="smallest"):
        Rated(smallest=smallest)


def test_what_was_accepted_is_usual_from_then_on_and_known_less_surely() -> None:
    trial = Rated().taught(looks(USUAL, 20), 300)
    window = scored(2_000.0 * WORSE[None, None], STARS, np.array([HOUR]))
    trial.detector.accept(trial.state, trial.rows, window, trial.now)
    assert trial.expect(100.0).expected[0] == pytest.approx(WORSE @ STARS, abs=0.01)
    assert trial.state["base"][0, 0] == pytest.approx(500.0)


@pytest.mark.long
def test_a_mean_that_goes_by_the_hour_rings_no_more_than_promised() -> None:
    trial, rng, rang = Rated(40), np.random.default_rng(6), np.zeros(40, np.bool_)
    for look in range(24 * 28 + 96 * 7):
        at, n, seconds = (look, 80, HOUR) if look < 24 * 28 else ((look - 24 * 28) / 4.0, 20, 900.0)
        shares = USUAL * np.exp(0.1 * np.sin(at / 24.0 * 2.0 * np.pi) * (2.0 - np.arange(5.0)))
        scores = trial.step(rng.multinomial(n, shares / shares.sum(), 40).astype(np.float64), seconds)
        rang |= (look >= 24 * 28) & scores.fresh & (scores.score >= np.log(2_880.0))
    assert rang.mean() < 0.3


def test_the_promise_is_kept() -> None:
    ratio, early = Rated(150).taught(looks(USUAL), 200).lengths(looks(USUAL, seed=2), 400, 200.0)
    assert ratio > 0.8
    assert early < 0.2


@pytest.mark.long
@pytest.mark.parametrize(
    ("shares", "values", "n", "alike", "direction"),
    [
        (USUAL, STARS, 1, 0.0, Direction.FALLS),
        (WORSE, STARS, 1, 0.0, Direction.RISES),
        (np.array([0.2, 0.3, 0.5]), np.array([-100.0, 0.0, 100.0]), 1, 0.0, Direction.FALLS),
        (USUAL, STARS, 20, 0.1, Direction.FALLS),
    ],
    ids=["falls", "rises", "nps", "alike"],
)
def test_the_promise_is_kept_over_thousands_of_looks(
    shares: Floats, values: Floats, n: int, alike: float, direction: Direction
) -> None:
    trial = Rated(250, direction, values).taught(looks(shares, n, alike, seed=5), 288)
    ratio, early = trial.lengths(looks(shares, n, alike, seed=6), 2_000, 1_000.0)
    assert ratio > 0.85
    assert early < 0.15


@pytest.mark.long
def test_the_promise_is_kept_when_the_shape_changes_and_the_mean_does_not() -> None:
    ratio, early = Rated(250).taught(looks(USUAL, seed=5), 600).lengths(looks(POLAR, seed=6), 2_000, 1_000.0)
    assert ratio > 0.85
    assert early < 0.15


@pytest.mark.long
def test_a_fall_is_found_nearly_as_soon_as_by_the_cusum_that_knows_both() -> None:
    trial = Rated(400).taught(looks(USUAL, seed=5), 600)
    found = np.zeros(400)
    for look, scores in enumerate(trial.take(looks(WORSE, seed=6), 600), 1):
        found = np.where((found == 0) & scores.fresh & (scores.score >= np.log(2_000.0)), look, found)
    assert (found > 0).mean() > 0.98
    assert found[found > 0].mean() < 1.35 * 88.0
