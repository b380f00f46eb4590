"""The bank as a whole: signals in, findings out."""

from __future__ import annotations

from andon.model import Tier
from tests.bank.world import World, rule, states, trial


def test_a_rise_beyond_the_promise_is_called_and_verified_well() -> None:
    world = World(rule(trial("shift")))
    assert world.crashing(0.01, 60) == []
    fired = world.crashing(0.05, 3)
    assert states(fired) == ["firing"]
    assert fired[0].tier is Tier.YELLOW
    assert fired[0].segment == {"app": "ios"}
    assert states(world.crashing(0.01, 30)) == ["recovering", "ok"]


def test_a_fixed_line_fires_at_once_and_recovers_by_good_data() -> None:
    world = World(rule(trial()))
    assert states(world.crashing(0.04, 5)) == []
    assert states(world.crashing(0.06, 5)) == ["firing"]
    assert states(world.crashing(0.01, 40)) == ["recovering", "ok"]
