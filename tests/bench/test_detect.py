from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest
from scipy import stats

from andon.detector import Expectation, Field, Scores, Settings, State
from andon.model import Bools, Floats, Form, Ints, Observation
from andon.plugins import detector
from andon.testing.series import START
from tests.bench import _detect_hard, _detect_known, _detect_run, _detect_speed, _detect_table, detect
from tests.bench._detect_laws import Counts, Law, Levels, Stars, Trials
from tests.bench._detect_run import Course, Length, counted, length
from tests.bench._detect_weather import DAY, HOUR, Holiday, Weather

SETTINGS = Settings(60.0, Form.LEVEL)


class Exact:
    """Knows that levels are normal, 0 +- 1: rings exactly once in as many looks as were asked; tells who may learn."""

    name: ClassVar[str] = "exact"
    takes: ClassVar[frozenset[Form]] = frozenset({Form.LEVEL})
    calibrated: ClassVar[bool] = True
    format: ClassVar[int] = 1
    fields: Mapping[str, Field] = {"seen": Field()}
    windows: Sequence[float] = (60.0,)
    learnt: ClassVar[list[float]] = []
    young = 0

    def __init__(self, settings: Settings) -> None:
        self.every = settings.every
        self.learnt.clear()

    def step(self, state: State, rows: Ints, observation: Observation, now: float, learn: Bools) -> Scores:
        assert (now - START) % self.every == 0.0
        state["seen"][rows] += 1.0
        self.learnt.append(float(learn.mean()))
        left = np.where(state["seen"][rows] <= self.young, 60.0, 0.0)
        score = -stats.norm.logsf(observation.x[:, 0])
        return Scores(score, np.ones(len(rows), dtype=np.bool_), np.full(len(rows), np.nan), left)

    def expect(self, state: State, rows: Ints, observation: Observation, now: float) -> Expectation:
        raise NotImplementedError


@pytest.fixture(autouse=True)
def exact(monkeypatch: pytest.MonkeyPatch) -> type[Exact]:
    monkeypatch.setattr("tests.bench._detect_run.detector", lambda name: Exact if name == "exact" else detector(name))
    return Exact


def course(asked: float = 20.0, history: int = 0, known: tuple[float, float] = (0.0, 0.0)) -> Course:
    return Course("exact", SETTINGS, asked, history, known=known)


def test_a_detector_that_keeps_its_promise_exactly_is_found_to() -> None:
    ran = length(course(), Levels(0.0, 1.0), 800, 40)
    assert ran.mean == pytest.approx(20.0, abs=3 * ran.se)
    assert ran.se == pytest.approx(20.0 / np.sqrt(ran.alarms), rel=0.15)
    assert ran.early == pytest.approx(1 - 0.95**2, abs=0.03)


def test_a_late_change_takes_a_detector_without_memory_one_over_its_chance() -> None:
    took, error = _detect_run.delay(course(), Levels(0.0, 1.0), Levels(1.0, 1.0), 800)
    assert took == pytest.approx(1.0 / stats.norm.sf(stats.norm.isf(1 / 20) - 1.0), abs=4 * error)


def test_while_it_learns_nothing_was_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Exact, "young", 10)
    ran = length(course(), Levels(0.0, 1.0), 100, 20)
    assert 0.5 < ran.learning < 0.9
    assert ran.risk < 100 * 10
    monkeypatch.setattr(Exact, "young", 100)
    assert _detect_hard.row("x", length(course(), Levels(0.0, 1.0), 10, 20), 20.0).goal == "none: learning"


def test_who_comes_near_its_threshold_does_not_learn_and_nobody_does_while_a_known_event_goes_on() -> None:
    length(course(known=(START + 120.0, START + 240.0)), Levels(0.0, 1.0), 200, 5)
    first, second, third, fourth, fifth = Exact.learnt
    assert first == 1.0
    assert 0.8 < second < 1.0
    assert third == fourth == 0.0
    assert fifth > 0.8


def test_runs_that_never_end_are_counted_at_half_an_alarm() -> None:
    ran = counted(np.full(4, 10.0), np.zeros(4), 0.0, 0.0)
    assert ran.mean == 80.0
    assert ran.alarms == 0


@pytest.mark.parametrize("law", [Trials(1, 0.3), Trials(20, 0.3), Trials(20, 0.3, 2.0), Counts(4.0), Counts(4.0, 3.0)])
def test_a_law_draws_by_the_mass_that_it_tells(law: Law) -> None:
    seen = law.open(np.random.default_rng(1), 4_000)(START, 60.0)
    values, times = np.unique(seen.x[:, 0], return_counts=True)
    told = np.exp(law.log_mass(Observation(seen.form, values[:, None], values[:, None], seen.seconds)))
    assert times / 4_000 == pytest.approx(told, abs=0.03)


def test_stars_are_drawn_by_their_shares() -> None:
    law = Stars(20, (0.5, 0.3, 0.2))
    seen = law.open(np.random.default_rng(1), 1_000)(START, 60.0)
    assert seen.hist is not None
    assert seen.hist.mean(axis=(0, 1)) / 20 == pytest.approx([0.5, 0.3, 0.2], abs=0.01)
    assert law.log_mass(seen)[0] == pytest.approx(float(seen.hist[0, 0] @ np.log([0.5, 0.3, 0.2])))


@pytest.mark.skipif(_detect_known._exact() is None, reason="the shared Markov chain is absent")
def test_the_optimum_that_is_drawn_is_the_one_that_is_computed() -> None:
    calm, shifted = Counts(5.0), Counts(7.5)
    assert _detect_known.drawn(calm, shifted, 30.0) == pytest.approx(_detect_known.delay(calm, shifted, 30.0), rel=0.1)


def volume(weather: Weather, hour: float, day: int = 0) -> float:
    seen = weather.open(np.random.default_rng(1), 200)(START + day * DAY + hour * HOUR, weather.every)
    return float(seen.n.mean())


def test_weather_rests_at_night_and_on_a_holiday_and_swells_when_it_turns() -> None:
    weather = Weather(Form.PROPORTION, 100.0, 0.1, 300.0, opens=(9.0, 21.0), turns=START + 2 * DAY, later=10.0)
    assert volume(weather, 3.0) == 0.0
    assert volume(weather, 12.0) == pytest.approx(100.0, rel=0.05)
    assert volume(weather, 12.0, day=3) == pytest.approx(1_000.0, rel=0.05)
    rests = Weather(Form.PROPORTION, 100.0, 0.1, 300.0, holiday=Holiday(START + DAY))
    assert [volume(rests, 12.0, day) for day in (0, 1, 2)] == pytest.approx([100.0, 30.0, 100.0], rel=0.05)


def test_a_holiday_that_is_known_is_less_exposure_of_a_count() -> None:
    known, not_known = (
        Weather(Form.COUNT, 1.0, 20.0, 300.0, holiday=Holiday(START, known=known)) for known in (True, False)
    )
    assert volume(known, 12.0) == pytest.approx(90.0)
    assert volume(not_known, 12.0) == 300.0


@pytest.mark.parametrize("form", [Form.PROPORTION, Form.COUNT, Form.SCORE])
def test_weather_may_vary_more_than_chance(form: Form) -> None:
    def spread(factor: float) -> float:
        weather = Weather(form, 20.0, 1.0 if form is Form.SCORE else 0.5, 300.0, factor=factor)
        x = weather.open(np.random.default_rng(1), 2_000)(START, 300.0).x
        return float(np.nanvar(x))

    assert spread(4.0) > 2.0 * spread(1.0)


@pytest.mark.parametrize("tail", ["normal", "t3", "lognormal"])
def test_a_gauges_noise_is_as_wide_whatever_its_tail(tail: str) -> None:
    weather = Weather(Form.LEVEL, 1e6, 100.0, 60.0, tail=tail, persists=0.5)
    draw = weather.open(np.random.default_rng(1), 4_000)
    looks: list[Floats] = [draw(START, 60.0).x[:, 0] for _ in range(10)]
    assert float(np.std(looks[-1])) == pytest.approx(5.0, rel=0.25)
    assert float(np.mean(looks[-1])) == pytest.approx(100.0, abs=0.5)
    assert float(stats.spearmanr(looks[-2], looks[-1]).statistic) == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("kind", ["proportion", "count", "level", "score"])
def test_a_case_of_each_kind_runs_small(kind: str) -> None:
    case = next(case for case in _detect_table.CASES if case.course.name == kind)
    small = replace(case, course=replace(case.course, asked=10.0, history=10))
    assert [row.beside for row in _detect_table.judged(small, 4)] == [
        "asked",
        "constant hazard",
        "the optimum that knows both",
    ]
    hard = next(case for case in _detect_hard.cases() if case.course.name == kind)
    assert _detect_hard.judged(replace(hard, course=replace(hard.course, history=3), looks=5), 2)[0].theirs >= 0.0


def test_false_alarms_are_put_beside_those_promised() -> None:
    row = _detect_hard.row("x", Length(50.0, 10.0, 20, 1_000.0, 0.1, 0.0), 100.0)
    assert (row.ours, row.theirs, row.ratio, row.holds) == (20.0, 10.0, 2.0, False)
    assert "1.35 to 2.96" in row.what


def test_cases_have_names_of_their_own() -> None:
    names = [*(case.what for case in _detect_table.CASES), *(case.what for case in _detect_hard.cases())]
    assert len(set(names)) == len(names)


def test_the_speed_is_told_of_each_size_and_the_state_in_bytes() -> None:
    rows = _detect_speed.rows(["proportion"], {1: 2, 1_000: 1}, 1)
    assert [row.goal for row in rows] == ["none", ">= 20", "<= 1"]
    assert all(row.ours > 0 for row in rows)


def test_a_part_that_is_none_is_refused_with_the_choices(capsys: pytest.CaptureFixture[str]) -> None:
    assert detect.main(["[all]"]) == 2
    assert "table, hard, real, speed" in capsys.readouterr().out
