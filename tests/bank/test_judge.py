"""One rule at work: learning, tiers, at_least, for, worsening, shadow, eviction."""

from __future__ import annotations

import pytest

from andon.bank.bank import Bank
from andon.errors import ConfigError
from andon.model import AlertState, Direction, Kind, Tier
from andon.rulebook.model import Event
from andon.streams.limits import Limits
from tests.bank.world import DAY, DETECTORS, HEAT, World, batch, rule, states, trial

YOUNG = {"warm": 1000.0}


def test_what_is_still_learning_only_shows() -> None:
    world = World(rule(trial("shift", options=YOUNG)))
    world.crashing(0.01, 30)
    found = world.crashing(0.05, 3)
    assert states(found) == ["firing"]
    assert found[0].tier is Tier.WATCH
    assert found[0].evidence is not None
    assert found[0].evidence.text == "learning"
    assert found[0].evidence.learning_left > 0


def test_what_fired_while_learning_goes_on_learning_until_it_is_usual() -> None:
    world = World(rule(trial("shift", options=YOUNG)))
    world.crashing(0.01, 5)
    assert states(world.crashing(0.03, 900)) == ["firing", "recovering", "ok"]


def test_a_fixed_line_is_loud_while_the_test_beside_it_learns() -> None:
    world = World(rule(trial("shift", options=YOUNG), trial("line", options={"above": 0.3})))
    world.crashing(0.01, 5)
    assert {one.tier for one in world.crashing(0.4, 2)} == {Tier.YELLOW}


def test_a_loud_call_is_not_learnt_from_by_a_young_test_beside_it() -> None:
    world = World(rule(trial("shift", options=YOUNG), trial("line", options={"above": 0.3})))
    world.crashing(0.01, 5)
    world.crashing(0.4, 100)
    assert world.bank.judges[0].probes[0].table.arrays["x"][0] < 0.02 * 1000 * 5 + 400


def test_a_rule_in_shadow_only_shows() -> None:
    world = World(rule(trial("line"), shadow=True, worsens=[(Tier.RED, trial("line", options={"above": 0.2}))]))
    found = world.crashing(0.3, 5)
    assert [(one.state, one.tier) for one in found] == [(AlertState.FIRING, Tier.WATCH)]
    assert found[0].evidence is not None
    assert found[0].evidence.text == "shadow"


def test_the_minimum_n_is_judged_on_the_data_since_the_change() -> None:
    """The fixed line sees one look of 40 at a time; the shift's change point lies further back."""
    line = World(rule(trial("line", min_n=100.0)))
    assert line.crashing(0.5, 30, sessions=40) == []
    shift = World(rule(trial("shift", min_n=100.0)))
    shift.crashing(0.05, 60, sessions=40)
    found = shift.crashing(0.5, 5, sessions=40)
    assert states(found) == ["firing"]
    assert found[0].evidence is not None
    assert found[0].evidence.n >= 100


def test_a_change_too_small_to_matter_is_not_called() -> None:
    for change, expected in ((0.01, ["firing"]), (0.06, [])):
        world = World(rule(trial("shift", min_change=change)))
        world.crashing(0.02, 60)
        assert states(world.crashing(0.05, 20)) == expected


def test_a_relative_change_is_a_share_of_what_is_usual() -> None:
    for change, expected in ((0.5, ["firing"]), (3.0, [])):
        world = World(rule(trial("shift", min_change=change, relative=True)))
        world.crashing(0.02, 60)
        assert states(world.crashing(0.05, 20)) == expected


def test_for_waits_and_only_the_board_knows() -> None:
    world = World(rule(trial("line"), hold=300.0))
    assert world.crashing(0.1, 5) == []
    assert world.bank.lights()[0].state is AlertState.PENDING
    assert states(world.crashing(0.1)) == ["firing"]


def test_a_firing_alert_rises_to_red_by_a_second_condition() -> None:
    world = World(rule(trial("line"), worsens=[(Tier.RED, trial("line", options={"above": 0.2}))]))
    found = world.crashing(0.1, 5) + world.crashing(0.3, 5) + world.crashing(0.1, 5)
    assert [(one.state, one.tier) for one in found] == [
        (AlertState.FIRING, Tier.YELLOW),
        (AlertState.FIRING, Tier.RED),
    ]
    assert found[1].evidence is not None
    assert found[1].evidence.observed == pytest.approx(0.3)
    assert {one.tier for one in world.crashing(0.0, 40)} == {Tier.RED}
    assert {one.tier for one in world.crashing(0.1, 3)} == {Tier.YELLOW}


def test_the_second_condition_alone_calls_nobody() -> None:
    world = World(rule(trial("line", options={"above": 0.5}), worsens=[(Tier.RED, trial("line"))]))
    assert world.crashing(0.3, 10) == []


def test_an_alert_that_is_bad_enough_from_the_start_is_told_once() -> None:
    world = World(rule(trial("line"), worsens=[(Tier.RED, trial("line", options={"above": 0.2}))]))
    found = world.crashing(0.3, 5)
    assert [(one.state, one.tier) for one in found] == [(AlertState.FIRING, Tier.RED)]


def test_changes_tells_which_way_it_went() -> None:
    both = [trial("shift", direction=one) for one in (Direction.RISES, Direction.FALLS)]
    for rate, direction in ((0.3, Direction.RISES), (0.01, Direction.FALLS)):
        world = World(rule(*both))
        world.crashing(0.1, 60)
        assert [one.direction for one in world.crashing(rate, 5)] == [direction]


def test_nothing_is_learnt_during_a_known_event() -> None:
    one = rule(trial("shift"))
    for end, learnt in ((3600.0 + 30 * 60.0, False), (3600.0, True)):
        world = World(one)
        world.bank = Bank([one], world.streams, DETECTORS, [Event("fair", 3600.0, end)])
        world.crashing(0.01, 90)
        looks = world.bank.judges[0].probes[0].table.arrays["looks"][0]
        assert looks == (90 if learnt else 60)


def test_a_rare_look_of_a_rule_is_judged_only_when_its_turn_comes() -> None:
    world = World(rule(trial("line"), every=300.0), rule(trial("line"), id="often"))
    assert world.bank.tick == 60.0
    world.crashing(0.1, 5)
    assert [(one.rule, one.window) for one in world.findings] == [("often", 60.0), ("crashes", 300.0)]


def test_a_segment_that_is_forgotten_retires_its_alert() -> None:
    world = World(rule(trial("line")), limits=Limits(idle=3600.0))
    world.crashing(0.1, 2)
    for _ in range(70):
        world.minute(({"app": "web"}, 0.0, 100.0))
    retired = world.findings[-1]
    assert (retired.state, retired.segment, retired.tier) == (AlertState.RETIRED, {"app": "ios"}, Tier.YELLOW)
    assert retired.since == world.findings[0].since


def test_a_segment_that_takes_a_forgotten_ones_row_begins_empty() -> None:
    world = World(rule(trial("shift")), limits=Limits(idle=3600.0))
    world.crashing(0.01, 30)
    for _ in range(70):
        world.minute(({"app": "web"}, 1.0, 100.0))
    world.minute(({"app": "new"}, 0.0, 100.0), ({"app": "web"}, 1.0, 100.0))
    row = next(row for row in (0, 1, 2) if world.streams.labels(rule().projection, row) == {"app": "new"})
    assert row == 0
    assert world.bank.judges[0].probes[0].table.arrays["looks"][row] == 1


def test_a_detector_that_is_not_there_is_an_error_that_names_the_known() -> None:
    with pytest.raises(ConfigError, match=r"rules.yml:1.*'nosuch'.*line, shift"):
        World(rule(trial("shift"), trial("nosuch")))


def test_a_detector_that_cannot_take_the_metric_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"'shift' cannot take a level such as 'gauge:heat'.*count, proportion"):
        World(rule(trial("shift"), metric=HEAT))


def test_more_tests_than_a_row_can_remember_are_an_error() -> None:
    with pytest.raises(ConfigError, match="33 tests; at most 32"):
        World(rule(*[trial("line")] * 33))


def test_history_is_learnt_and_nothing_is_found_in_it() -> None:
    world = World(rule(trial("shift")))
    for hour in range(1, 49):
        end = hour * 3600.0
        rate = 0.5 if hour == 20 else 0.01
        world.streams.fold(batch(Kind.CRASH, [(end - 5.0, {"app": "ios"}, 60_000 * rate, 60_000.0)]))
        world.bank.learn(end, 3600.0)
    world.now = 2 * DAY
    assert world.crashing(0.02, 3) == []
    assert world.bank.lights()[0].learning_left == 0
    assert states(world.crashing(0.1, 2)) == ["firing"]


def test_flapping_holds_the_call_and_says_so_once() -> None:
    world = World(rule(trial("line"), clear_after=120.0))
    for _ in range(8):
        world.crashing(0.1, 2)
        world.crashing(0.0, 3)
    texts = [one.evidence.text for one in world.findings if one.evidence is not None]
    assert texts.count("flapping") == 1
    assert states(world.findings) == ["firing", "recovering", "firing"]
    assert states(world.crashing(0.0, 60)) == ["recovering", "ok"]
