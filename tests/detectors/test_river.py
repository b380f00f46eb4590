from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from andon.detector import Scores
from andon.errors import ConfigError
from andon.model import Direction, Floats, Form, Observation
from andon.testing.trial import copied, empty, equal
from detectors.river import River
from tests.detectors.making import T0, settings

WINDOW = 40
SAD: dict[str, Any] = {"model": "anomaly.StandardAbsoluteDeviation", "above": 4.0, "window": WINDOW}
LOF: dict[str, Any] = {"model": "anomaly.LocalOutlierFactor", "above": 3.0, "window": WINDOW}
LODA: dict[str, Any] = {"model": "anomaly.LODA", "with": {"n_random_cuts": 3}, "above": 3.0, "window": 20}
ADWIN: dict[str, Any] = {"model": "drift.ADWIN", "with": {"clock": 1, "delta": 0.05}, "window": 100}
PAGE: dict[str, Any] = {"model": "drift.PageHinkley", "with": {"threshold": 0.5}, "window": 20}
KSWIN: dict[str, Any] = {
    "model": "drift.KSWIN",
    "with": {"alpha": 0.001, "window_size": 20, "stat_size": 8},
    "window": 20,
}


class Watch:
    """A detector at work on levels, a look a minute."""

    def __init__(self, *, rows: int = 1, direction: Direction = Direction.RISES, **options: Any) -> None:
        self.detector = River(settings(Form.LEVEL, direction, **options))
        self.state, self.rows, self.now = empty(self.detector, rows), np.arange(rows), T0

    def look(self, x: float | Floats, *, learn: bool = True, seconds: float = 60.0) -> Scores:
        self.now += seconds
        wide = np.zeros((len(self.rows), 1)) + np.reshape(np.asarray(x, dtype=np.float64), (-1, 1))
        seen = Observation(Form.LEVEL, wide, np.ones(wide.shape), np.array([seconds]))
        return self.detector.step(self.state, self.rows, seen, self.now, np.full(len(self.rows), learn))

    def all(self, xs: Floats, *, learn: bool = True) -> list[Scores]:
        return [self.look(x, learn=learn) for x in xs]


def calm(looks: int, seed: int = 1, level: float = 100.0) -> Floats:
    return np.random.default_rng(seed).normal(level, 10.0, looks)


def told(options: dict[str, Any], xs: Floats, **more: Any) -> list[float]:
    return [float(scores.score[0]) for scores in Watch(**options, **more).all(xs)]


@pytest.mark.parametrize("options", [SAD, LOF])
def test_an_anomaly_model_tells_a_look_beyond_its_line(options: dict[str, Any]) -> None:
    scores = told(options, np.array([*calm(100), 190.0, 100.0]))
    assert scores[100] > 0.0 > scores[101]


def test_a_look_on_the_other_side_of_what_is_usual_is_not_what_the_rule_looks_for() -> None:
    xs = np.array([*calm(100), 10.0])
    assert told(SAD, xs)[-1] < 0.0 < told(SAD, xs, direction=Direction.FALLS)[-1]


def test_until_its_window_is_full_it_says_nothing_but_how_long_it_will_learn() -> None:
    watch = Watch(**SAD)
    first, *_, last = watch.all(calm(WINDOW))
    assert (first.score[0], first.fresh[0], first.learning_left[0]) == (-np.inf, False, (WINDOW - 1) * 60.0)
    assert (last.score[0], last.learning_left[0]) == (-np.inf, 0.0)
    assert np.isfinite(watch.look(100.0).score[0])


def test_a_run_of_abnormal_looks_began_with_its_first() -> None:
    watch = Watch(**SAD)
    watch.all(calm(100))
    began = watch.now
    assert [scores.since[0] for scores in watch.all(np.array([190.0, 195.0, 192.0]), learn=False)] == [began] * 3
    assert np.isnan(watch.look(100.0).since[0])


def test_a_drift_is_told_for_as_long_as_it_stays_and_then_the_new_level_is_usual() -> None:
    scores = told({**ADWIN, "stays": 300.0}, np.array([*calm(150), *calm(100, 2, 150.0)]))
    over = np.flatnonzero(np.array(scores) > 0.0)
    assert 150 <= over[0] <= 175
    assert over.tolist() == list(range(over[0], over[0] + 5))


@pytest.mark.parametrize("options", [ADWIN, KSWIN])
def test_a_drift_began_where_the_mean_changed(options: dict[str, Any]) -> None:
    watch = Watch(**options)
    watch.all(calm(150))
    began = watch.now
    since = [scores.since[0] for scores in watch.all(calm(30, 2, 150.0)) if scores.score[0] > 0.0]
    assert abs(since[-1] - began) <= 120.0


def test_a_drift_is_told_wherever_in_a_block_it_comes() -> None:
    watch = Watch(rows=40, **ADWIN)
    watch.all(np.random.default_rng(1).normal(100.0, 10.0, (300, 40)))
    told = [scores.score > 0.0 for scores in watch.all(np.random.default_rng(2).normal(150.0, 10.0, (40, 40)))]
    assert np.all(np.any(told, axis=0))


def test_a_drift_to_the_other_side_is_not_what_the_rule_looks_for() -> None:
    xs = np.array([*calm(150), *calm(60, 2, 50.0)])
    assert max(told(ADWIN, xs)) == -1.0
    assert max(told(ADWIN, xs, direction=Direction.FALLS)) == 1.0


def test_a_drift_is_seen_in_looks_that_are_not_to_be_learnt_and_none_of_them_is() -> None:
    watch = Watch(**ADWIN)
    watch.all(calm(150))
    before = watch.state["values"].copy()
    assert max(scores.score[0] for scores in watch.all(calm(40, 2, 150.0), learn=False)) == 1.0
    assert np.array_equal(before, watch.state["values"])


def test_without_a_drift_many_looks_in_passing_change_nothing() -> None:
    watch = Watch(**ADWIN)
    watch.all(calm(150))
    assert max(scores.score[0] for scores in watch.all(calm(200, 2), learn=False)) == -1.0


@pytest.mark.parametrize(
    "options", [SAD, ADWIN, PAGE, {**LODA, "features": ["value", "hour"]}, pytest.param(KSWIN, marks=pytest.mark.long)]
)
def test_with_no_model_kept_it_says_the_same(options: dict[str, Any]) -> None:
    kept, forgetful = Watch(rows=3, **options), Watch(rows=3, **options)
    rng = np.random.default_rng(3)
    for place in range(200 if options is ADWIN else 80):
        x, learn = rng.normal(100.0 + 60.0 * (place % 50 > 40), 10.0, 3), place % 7 != 3
        forgetful.detector = River(settings(Form.LEVEL, **options))
        assert equal(kept.look(x, learn=learn), forgetful.look(x, learn=learn)), place
    assert all(np.array_equal(kept.state[name], forgetful.state[name]) for name in kept.state)


def test_a_model_kept_for_a_row_is_not_taken_for_another_state_of_that_row() -> None:
    watch, other = Watch(**SAD), Watch(**SAD)
    watch.all(calm(100))
    other.all(calm(100, 2, 500.0))
    watch.state = copied(other.state)
    assert equal(watch.look(520.0), other.look(520.0))


def test_where_there_is_room_for_few_models_the_others_are_made_anew_with_the_same_result() -> None:
    wide, narrow = Watch(rows=20, **SAD), Watch(rows=20, **SAD)
    narrow.detector._way.shelf.most = 3
    xs = np.random.default_rng(4).normal(100.0, 10.0, (2 * WINDOW, 20))
    assert all(equal(wide.look(x), narrow.look(x)) for x in xs)
    assert len(narrow.detector._way.shelf._held) == 3


def test_models_are_not_all_made_anew_at_the_same_look() -> None:
    watch = Watch(rows=50, **SAD)
    for x in np.random.default_rng(5).normal(100.0, 10.0, (3, 50)):
        watch.look(x)
    assert len(np.unique(watch.state["count"][:, 2])) > 20


def test_a_model_that_raises_says_nothing_until_it_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    from river import anomaly

    learn: Any = anomaly.StandardAbsoluteDeviation.learn_one

    def sometimes(model: Any, x: object, y: float) -> None:
        if y < 0.0:
            raise ZeroDivisionError
        learn(model, x, y)

    monkeypatch.setattr(anomaly.StandardAbsoluteDeviation, "learn_one", sometimes)
    watch = Watch(**SAD)
    watch.all(calm(WINDOW))
    watch.look(10.0)
    assert [scores.score[0] for scores in watch.all(calm(5))] == [-np.inf] * 5
    assert np.isfinite(watch.all(calm(3 * WINDOW, 2))[-1].score[0])


def test_what_a_model_cannot_say_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from river import anomaly

    monkeypatch.setattr(anomaly.StandardAbsoluteDeviation, "score_one", lambda *_: float("nan"))
    said = Watch(**SAD).all(calm(WINDOW + 1))[-1]
    assert (said.score[0], said.fresh[0]) == (-np.inf, False)


def test_the_new_normal_that_somebody_accepts_is_what_is_usual_at_once() -> None:
    watch = Watch(**SAD)
    watch.all(calm(100))
    assert watch.look(200.0, learn=False).score[0] > 0.0
    seen = Observation(Form.LEVEL, np.array([[200.0]]), np.ones((1, 1)), np.array([600.0]))
    watch.detector.accept(watch.state, watch.rows, seen, watch.now)
    assert watch.look(205.0, learn=False).score[0] < 0.0 < watch.look(400.0, learn=False).score[0]
    assert watch.detector.expect(watch.state, watch.rows, seen, watch.now).expected[0] == pytest.approx(200.0)


@pytest.mark.parametrize(
    ("form", "x", "n", "sd"),
    [
        (Form.COUNT, 1_200.0, 3_600.0, 20.0**0.5 / 60.0),
        (Form.PROPORTION, 120.0, 12_000.0, (0.01 * 0.99 / 200.0) ** 0.5),
    ],
)
def test_history_in_long_pieces_teaches_the_spread_of_usual_looks(form: Form, x: float, n: float, sd: float) -> None:
    detector = River(settings(form, **{**SAD, "window": 250}))
    state, wide = empty(detector, 1), np.ones((1, 1))
    for hour in range(250):
        seen = Observation(form, wide * x, wide * n, np.array([3_600.0]))
        detector.step(state, np.arange(1), seen, T0 + 3_600.0 * hour, np.ones(1, dtype=np.bool_))
    learnt = state["values"][0, :250]
    assert learnt.mean() == pytest.approx(x / n, rel=0.1)
    assert learnt.std() == pytest.approx(sd, rel=0.2)


def test_river_is_imported_only_when_such_a_detector_is_made() -> None:
    code = "import sys; from andon.plugins import detectors; detectors(); print('river' in sys.modules, 'scipy' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)
    assert said.stdout.split() == [b"False", b"False"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "needs a model of river's"),
        ({"model": "anomaly.LOF", "above": 1}, "must be one of: anomaly.GaussianScorer, .*drift.PageHinkley"),
        ({"model": "anomaly.QuantileFilter", "above": 1}, "must be one of"),
        ({"model": "drift.NoDrift"}, "must be one of"),
        ({"model": "anomaly.LODA"}, "promises nothing by itself: say beyond which score"),
        ({"model": "anomaly.GaussianScorer", "above": 1.0}, "never scores above 1"),
        ({"model": "anomaly.LODA", "above": "high"}, "above is 'high'"),
        ({"model": "anomaly.LODA", "above": 1, "with": 3}, "must be a mapping"),
        ({"model": "anomaly.LODA", "above": 1, "with": {"bins": 3}}, "it knows: n_bins, n_random_cuts, seed"),
        ({"model": "anomaly.LODA", "above": 1, "with": {"n_bins": "many"}}, "does not work with"),
        ({"model": "anomaly.LODA", "above": 1, "with": {"n_random_cuts": 10**9}}, "at most 200"),
        ({"model": "anomaly.LODA", "above": 1, "window": 5}, "20 to 250"),
        ({"model": "anomaly.LODA", "above": 1, "features": ["minute"]}, "a list of: value, change, hour"),
        ({"model": "anomaly.LODA", "above": 1, "stays": 60}, "stays does not go with anomaly.LODA"),
        ({"model": "drift.ADWIN", "above": 1}, "above does not go with drift.ADWIN"),
        ({"model": "drift.ADWIN", "with": {"clock": 0}}, "clock is 0; it must be a number above 0"),
        ({"model": "drift.KSWIN", "with": {"window_size": 300}}, "at most 250, the rule's `window`"),
        ({"model": "drift.KSWIN", "with": {"alpha": 2}}, "Alpha must be between 0 and 1"),
    ],
)
def test_what_it_cannot_mean_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        River(settings(Form.LEVEL, **options))
