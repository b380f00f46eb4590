"""Whether it is good again: told as stories of one app's crash rate, of complaints, of a gauge."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from andon.model import Direction, Kind, Labels, Projection
from tests.bank.world import BY_APP, GRIPES, HEAT, World, rule, states, trial

APP = {"app": "ios"}


def broken(minutes: int = 10, **kwargs: Any) -> World:
    """A world whose app crashes beyond a fixed line of 5 %."""
    world = World(rule(trial("line"), **kwargs))
    world.crashing(0.01, 5)
    assert states(world.crashing(0.10, minutes)) == ["firing"]
    return world


def test_it_is_not_good_before_a_whole_clear_after_has_gone_by_since_it_fired() -> None:
    world = broken(minutes=1)
    assert world.crashing(0.0, 9) == []
    assert states(world.crashing(0.0)) == ["recovering"]


def test_what_was_bad_is_still_in_the_window_for_a_while() -> None:
    world = broken(minutes=30)
    assert world.crashing(0.0, 5) == []
    assert states(world.crashing(0.0, 5)) == ["recovering"]


def test_between_the_line_and_its_hysteresis_nothing_is_good() -> None:
    world = broken()
    assert world.crashing(0.048, 60) == []
    assert states(world.crashing(0.04, 60)) == ["recovering", "ok"]


def test_no_data_is_never_good() -> None:
    world = broken()
    assert world.quiet(200) == []
    assert states(world.crashing(0.01, 30)) == ["recovering", "ok"]


def test_no_data_while_recovering_verifies_nothing() -> None:
    world = broken()
    world.crashing(0.01, 12)
    assert world.findings[-1].state.value == "recovering"
    assert world.quiet(200) == []
    assert states(world.crashing(0.01, 2)) == ["ok"]


def test_a_rule_may_say_that_no_data_is_all_right() -> None:
    world = broken(no_data="ok")
    assert states(world.quiet(60)) == ["recovering", "ok"]


def test_a_rule_may_call_for_no_data() -> None:
    world = broken(no_data="call")
    world.crashing(0.01, 40)
    assert states(world.findings) == ["firing", "recovering", "ok"]
    assert states(world.quiet(60)) == ["no_data"]
    assert states(world.crashing(0.01, 40)) == ["recovering", "ok"]


def test_the_minimum_n_makes_the_window_as_long_as_it_needs() -> None:
    world = World(rule(trial("line", min_n=100.0, options={"above": 0.05, "over": 1200.0})))
    assert states(world.crashing(0.10, 20, sessions=10)) == ["firing"]
    assert world.crashing(0.0, 10, sessions=1) == []
    assert states(world.crashing(0.0, 200, sessions=1)) == ["recovering", "ok"]
    recovered = world.findings[1].window - 20 * 60
    assert recovered >= 60 * 60


def test_a_trickle_is_not_called_good_when_the_same_trickle_was_enough_to_fire() -> None:
    """4 complaints an hour became 12: ten minutes with one of them, or none, prove nothing."""
    gripes = rule(trial("shift"), projection=Projection(Kind.COMPLAINT), metric=GRIPES, every=300.0)
    world = World(gripes)

    def hours(count: int, each: int) -> list[str]:
        found = []
        for look in range(count * 12):
            came = look % (12 // each) == 0
            rows: list[tuple[Labels, float, float]] = [({}, math.nan, 1.0)] if came else []
            found += world.minute(*rows, kind=Kind.COMPLAINT, seconds=300.0)
        return states(found)

    assert hours(48, 4) == []
    assert hours(6, 12) == ["firing"]
    fired = world.findings[-1]
    assert hours(6, 12) == []
    assert hours(12, 4) == ["recovering", "ok"]
    assert world.findings[1].window - fired.window > 6 * 3600


def test_for_a_count_an_absent_frame_of_a_living_feed_is_zero() -> None:
    gripes = rule(
        trial("line", options={"above": 5 / 60.0}), projection=Projection(Kind.COMPLAINT, by=("app",)), metric=GRIPES
    )
    world = World(gripes)
    rows = [(APP, math.nan, 1.0)] * 10
    assert states(world.minute(*rows, kind=Kind.COMPLAINT)) == ["firing"]
    found = [one for _ in range(30) for one in world.minute(({"app": "web"}, math.nan, 1.0), kind=Kind.COMPLAINT)]
    assert states(found) == ["recovering", "ok"]


def test_for_a_count_a_dead_feed_is_not_zero() -> None:
    gripes = rule(trial("line", options={"above": 5 / 60.0}), projection=Projection(Kind.COMPLAINT), metric=GRIPES)
    world = World(gripes)
    for _ in range(3):
        world.minute(*[({}, math.nan, 1.0)] * 10, kind=Kind.COMPLAINT)
    assert states(world.findings) == ["firing"]
    for _ in range(200):
        world.now += 60.0
        world.bank.judge(world.now, world.now)
    assert states(world.findings) == ["firing"]


def test_a_level_recovers_below_its_line() -> None:
    heat = rule(trial("line", options={"above": 30.0}), projection=Projection(Kind.GAUGE, "heat"), metric=HEAT)
    world = World(heat)
    found = []
    for value in [20.0] * 5 + [40.0] * 5 + [20.0] * 40:
        found += world.minute(({}, value, 1.0), kind=Kind.GAUGE, name="heat")
    assert states(found) == ["firing", "recovering", "ok"]


def test_better_than_usual_is_good_for_a_rule_that_watches_for_rises() -> None:
    world = World(rule(trial("shift")))
    world.crashing(0.05, 60)
    assert states(world.crashing(0.20, 5)) == ["firing"]
    assert states(world.crashing(0.0, 40)) == ["recovering", "ok"]


def test_a_fall_recovers_when_it_rises_again() -> None:
    world = World(rule(trial("shift", direction=Direction.FALLS)))
    world.crashing(0.10, 60)
    fell = world.crashing(0.01, 5)
    assert states(fell) == ["firing"]
    assert fell[0].direction is Direction.FALLS
    found = world.crashing(0.12, 40)
    assert states(found) == ["recovering", "ok"]
    assert {one.direction for one in found} == {Direction.FALLS}


def test_of_any_every_test_that_fired_must_be_good_again() -> None:
    low, high = trial("line"), trial("line", options={"above": 0.08})
    world = World(rule(low, high))
    world.crashing(0.10, 5)
    assert world.crashing(0.06, 60) == []
    assert states(world.crashing(0.01, 60)) == ["recovering", "ok"]


def test_of_all_one_test_that_is_good_is_enough() -> None:
    low, high = trial("line"), trial("line", options={"above": 0.08})
    world = World(rule(low, high, op="all"))
    assert states(world.crashing(0.06, 5)) == []
    assert states(world.crashing(0.10, 5)) == ["firing"]
    assert states(world.crashing(0.06, 60)) == ["recovering", "ok"]


def test_a_lasting_rise_is_not_learnt_and_goes_on_firing() -> None:
    world = World(rule(trial("shift")))
    world.crashing(0.01, 60)
    world.crashing(0.05, 500)
    assert states(world.findings) == ["firing"]
    assert world.bank.lights()[0].expected < 0.012


def test_after_ok_the_evidence_is_nought_and_the_baseline_is_kept() -> None:
    world = World(rule(trial("shift")))
    world.crashing(0.01, 60)
    world.crashing(0.05, 5)
    world.crashing(0.01, 40)
    assert states(world.findings) == ["firing", "recovering", "ok"]
    table = world.bank.judges[0].probes[0].table
    assert table.arrays["log_r"][0] < 3.0
    assert states(world.crashing(0.05, 5)) == ["firing"]


def test_two_apps_are_judged_each_by_its_own() -> None:
    world = World(rule(trial("line"), projection=BY_APP))
    for minute in range(60):
        world.minute((APP, 100.0 if minute < 20 else 0.0, 1000.0), ({"app": "web"}, 100.0, 1000.0))
    told = [(one.segment["app"], one.state.value) for one in world.findings]
    assert told == [("ios", "firing"), ("web", "firing"), ("ios", "recovering"), ("ios", "ok")]


def test_a_lucky_short_window_of_a_release_that_still_crashes_is_not_good() -> None:
    """0.2 % became 1.6 % of 40 sessions a minute: ten minutes bring six crashes or so, and now and then but two."""
    world = World(rule(trial("shift")))
    random = np.random.default_rng(5)
    for _ in range(300):
        world.minute((APP, float(random.binomial(40, 0.002)), 40.0))
    for _ in range(600):
        world.minute((APP, float(random.binomial(40, 0.016)), 40.0))
    assert states(world.findings) == ["firing"]
    for _ in range(120):
        world.minute((APP, float(random.binomial(40, 0.002)), 40.0))
    assert states(world.findings) == ["firing", "recovering", "ok"]
