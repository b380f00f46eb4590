from __future__ import annotations

import math
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.bank.thresholds import allot, promised, sharing
from andon.errors import ConfigError
from andon.model import Tier
from andon.rulebook.model import FalseAlarms, When
from tests.bank.world import DAY, MONTHLY, World, rule, trial

TWICE = FalseAlarms(2.0, 30 * DAY)
IN_ALL = FalseAlarms(1.0, 30 * DAY, in_all=True)


def lines(*args: Any, **kwargs: Any) -> list[float]:
    world = World(rule(*args, **kwargs))
    return [probe.line for probe in world.bank.judges[0].probes]


def test_one_false_alarm_in_n_looks_is_the_threshold_ln_n() -> None:
    assert lines(trial("shift")) == [pytest.approx(math.log(30 * 1440))]
    assert lines(trial("shift"), every=3600.0) == [pytest.approx(math.log(30 * 24))]
    assert lines(trial("shift", promise=TWICE)) == [pytest.approx(math.log(15 * 1440))]


def test_tests_of_which_any_may_fire_share_the_promise() -> None:
    two = lines(trial("shift"), trial("shift"))
    assert two == [pytest.approx(math.log(2 * 30 * 1440))] * 2


def test_a_line_of_its_own_takes_no_share_of_the_promise() -> None:
    assert lines(trial("shift"), trial("line")) == [pytest.approx(math.log(30 * 1440)), 0.0]


def test_tests_that_must_all_agree_need_not_divide_the_promise() -> None:
    assert lines(trial("shift"), trial("shift"), op="all") == [pytest.approx(math.log(30 * 1440))] * 2
    assert sharing(When("any", ()), 0) == 1


def test_a_calibrated_detector_without_a_promise_is_refused_with_its_place() -> None:
    with pytest.raises(ConfigError, match=r"rules.yml:1: rule 'crashes'.*'shift'.*false_alarms"):
        lines(trial("shift", promise=None))


def test_a_promise_of_more_than_one_a_look_is_a_threshold_of_nought() -> None:
    assert lines(trial("shift", promise=FalseAlarms(100.0, 60.0))) == [0.0]


@given(st.lists(st.floats(0, 1e12), max_size=50))
def test_shares_never_add_up_to_more_than_the_promise(volume: list[float]) -> None:
    assert math.fsum(allot(np.array(volume)).tolist()) <= 1.0 + 1e-12


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=50))
def test_no_series_is_starved(volume: list[float]) -> None:
    assert np.all(allot(np.array(volume)) >= 0.5 / len(volume) * (1 - 1e-12))


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_the_series_changes_no_share(volume: list[float], random: Random) -> None:
    order = list(range(len(volume)))
    random.shuffle(order)
    whole = allot(np.array(volume))
    assert allot(np.array(volume)[order]).tolist() == whole[order].tolist()


def test_more_volume_gets_a_larger_share() -> None:
    small, large = allot(np.array([1.0, 3.0])).tolist()
    assert (small, large) == (0.375, 0.625)


@pytest.mark.parametrize("volume", [[0.0, 0.0], [math.nan, math.nan], [-1.0, -1.0]])
def test_rubbish_volume_is_divided_evenly(volume: list[float]) -> None:
    assert allot(np.array(volume)).tolist() == [0.5, 0.5]


def test_nobody_gets_nothing() -> None:
    assert len(allot(np.empty(0))) == 0


def test_each_alerts_own_promise_adds_up_over_the_live_segments() -> None:
    assert promised(rule(trial("shift")), 7) == pytest.approx(7.0)


def test_a_promise_in_all_does_not_grow_with_the_segments() -> None:
    assert promised(rule(trial("shift", promise=IN_ALL)), 7) == pytest.approx(1.0)


def test_two_directions_promise_once() -> None:
    assert promised(rule(trial("shift"), trial("shift")), 1) == pytest.approx(1.0)


def test_what_pages_nobody_promises_nothing() -> None:
    assert promised(rule(trial("shift"), shadow=True), 7) == 0.0
    assert promised(rule(trial("shift"), tier=Tier.WATCH), 7) == 0.0
    assert promised(rule(trial("line")), 7) == 0.0
    assert promised(rule(), 7) == 0.0


def test_a_promise_in_all_is_divided_by_the_last_days_volume_and_anew_when_series_come() -> None:
    world = World(rule(trial("shift", promise=IN_ALL)))
    world.minute(({"app": "ios"}, 0.0, 10.0), ({"app": "web"}, 0.0, 30.0))
    share = world.bank.judges[0].alerts.arrays["share"]
    assert share[:2].tolist() == [0.375, 0.625]
    world.minute(({"app": "tv"}, 0.0, 40.0))
    share = world.bank.judges[0].alerts.arrays["share"]
    assert share[:3].tolist() == pytest.approx([0.5 / 3 + 0.0625, 0.5 / 3 + 0.1875, 0.5 / 3 + 0.25])


def test_between_the_hours_the_division_stands() -> None:
    world = World(rule(trial("shift", promise=IN_ALL)), start=3600.0)
    world.minute(({"app": "ios"}, 0.0, 10.0), ({"app": "web"}, 0.0, 10.0))
    for minutes, expected in ((58, 0.5), (1, 0.5 * 0.5 + 0.5 * 600 / 610)):
        for _ in range(minutes):
            world.minute(({"app": "ios"}, 0.0, 10.0))
        share = world.bank.judges[0].alerts.arrays["share"][0]
        assert share == pytest.approx(expected, abs=0.01)


def test_an_allotted_share_raises_the_threshold_by_its_log() -> None:
    world = World(rule(trial("shift", promise=IN_ALL)), rule(trial("shift", promise=MONTHLY), id="own"))
    world.minute(({"app": "ios"}, 0.0, 10.0), ({"app": "web"}, 0.0, 10.0))
    own, shared = (judge.alerts.arrays["share"][0] for judge in (world.bank.judges[1], world.bank.judges[0]))
    assert (own, shared) == (1.0, 0.5)
