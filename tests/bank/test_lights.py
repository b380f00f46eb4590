from __future__ import annotations

import math

import pytest

from andon.model import AlertState, Kind, Projection, Tier
from tests.bank.world import GRIPES, World, rule, trial


def test_every_live_segment_has_a_light_of_each_rule_by_its_labels() -> None:
    world = World(rule(trial("line"), id="b"), rule(trial("shift"), id="a"))
    world.minute(({"app": "web"}, 1.0, 100.0), ({"app": "ios"}, 2.0, 100.0))
    assert [(one.rule, one.segment["app"], one.observed, one.n) for one in world.bank.lights()] == [
        ("a", "ios", 0.02, 100.0),
        ("a", "web", 0.01, 100.0),
        ("b", "ios", 0.02, 100.0),
        ("b", "web", 0.01, 100.0),
    ]


def test_before_the_first_look_there_are_none() -> None:
    assert World(rule(trial("line"))).bank.lights() == []


def test_a_light_tells_the_alerts_state_and_tier() -> None:
    world = World(rule(trial("line"), worsens=[(Tier.RED, trial("line", options={"above": 0.5}))]))
    world.crashing(0.0)
    assert [(one.state, one.tier) for one in world.bank.lights()] == [(AlertState.OK, Tier.YELLOW)]
    world.crashing(0.6)
    assert [(one.state, one.tier, one.at) for one in world.bank.lights()] == [(AlertState.FIRING, Tier.RED, 120.0)]


def test_a_rule_in_shadow_is_blue() -> None:
    world = World(rule(trial("line"), shadow=True))
    world.crashing(0.0)
    assert world.bank.lights()[0].tier is Tier.WATCH


def test_a_light_tells_how_long_it_still_learns() -> None:
    world = World(rule(trial("shift", options={"warm": 20.0})))
    world.crashing(0.01, 5)
    assert world.bank.lights()[0].learning_left == 15 * 60.0


def test_a_count_is_told_as_of_its_window() -> None:
    gripes = rule(
        trial("line", options={"above": 1.0, "over": 600.0}), projection=Projection(Kind.COMPLAINT), metric=GRIPES
    )
    world = World(gripes)
    for _ in range(10):
        world.minute(({}, math.nan, 1.0), kind=Kind.COMPLAINT)
    [light] = world.bank.lights()
    assert light.observed == 10.0
    assert light.expected == pytest.approx(540.0)


def test_an_empty_window_shows_no_figure() -> None:
    world = World(rule(trial("line")))
    world.crashing(0.0)
    world.quiet(5)
    [light] = world.bank.lights()
    assert math.isnan(light.observed)
    assert light.n == 0.0


def test_what_is_usual_is_asked_anew_when_series_come_and_after_a_while() -> None:
    world = World(rule(trial("shift")))
    world.crashing(0.01, 30)
    before = world.bank.lights()[0].expected
    world.crashing(0.011, 10)
    assert world.bank.lights()[0].expected == before
    world.crashing(0.011, 10)
    assert world.bank.lights()[0].expected > before
    world.minute(({"app": "web"}, 1.0, 100.0))
    assert len(world.bank.lights()) == 2
