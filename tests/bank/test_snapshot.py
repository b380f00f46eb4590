"""What outlives a restart, and an edit of the rulebook."""

from __future__ import annotations

import msgspec
import pytest

from andon.errors import ConfigError
from andon.model import AlertState, Direction, Kind, Projection, Tier
from andon.rulebook.model import Bound, Each, FalseAlarms, Rule
from andon.streams.limits import Limits
from tests.bank.world import DAY, Shift, World, batch, each, rule, states, trial, where

IOS = {"app": "ios"}


def lit(world: World) -> list[tuple[str, AlertState, float]]:
    return [(light.rule, light.state, light.expected) for light in world.bank.lights()]


def test_after_a_restart_it_goes_on_as_if_nothing_had_been() -> None:
    straight, restarted = (World(rule(trial("shift"), trial("line", options={"above": 0.3}))) for _ in range(2))
    for rate, minutes in ((0.01, 50), (0.05, 3), (0.01, 15), (0.05, 1), (0.01, 40)):
        straight.crashing(rate, minutes)
        restarted.crashing(rate, minutes)
        restarted.restart()
    assert restarted.findings == straight.findings
    assert len(straight.findings) >= 3
    assert lit(restarted) == lit(straight)


def test_a_look_that_was_judged_before_a_restart_is_not_judged_again() -> None:
    world = World(rule(trial("line")))
    world.crashing(0.1)
    world.restart()
    assert world.bank.judge(world.now, world.now) == []


def test_a_snapshot_is_the_same_bytes_for_the_same_history() -> None:
    one, other = World(rule(trial("shift"))), World(rule(trial("shift")))
    for world in (one, other):
        world.crashing(0.01, 10)
    assert one.bank.save() == other.bank.save()


def test_saving_changes_nothing() -> None:
    world = World(rule(trial("shift")), limits=Limits(idle=3600.0))
    world.crashing(0.01, 10)
    assert world.bank.save() == world.bank.save()


def test_a_format_of_another_version_is_refused_with_what_to_do() -> None:
    world = World(rule(trial("line")))
    saved = msgspec.msgpack.decode(world.bank.save())
    saved["format"] = 99
    with pytest.raises(ConfigError, match="format 99; this version reads up to 2"):
        world.bank.load(msgspec.msgpack.encode(saved))


def test_an_edit_of_one_rule_leaves_the_others_as_they_were() -> None:
    old = [rule(trial("shift"), id="a"), rule(trial("line"), id="b")]
    world = World(*old)
    world.crashing(0.01, 60)
    world.crashing(0.1, 3)
    world.restart([old[0], rule(trial("line", options={"above": 0.01}), id="b")])
    assert lit(world)[0][:2] == ("a", AlertState.FIRING)
    assert states(world.crashing(0.1, 5)) == ["firing"]


def test_a_new_promise_keeps_what_was_learnt() -> None:
    world = World(rule(trial("shift")))
    world.crashing(0.01, 60)
    edited = rule(trial("shift", promise=FalseAlarms(1.0, 90 * DAY), min_n=10.0), tier=Tier.RED, clear_after=60.0)
    world.restart([edited])
    assert world.bank.lights()[0].learning_left == 0
    assert [one.tier for one in world.crashing(0.1, 3)] == [Tier.RED]


@pytest.mark.parametrize(
    "edited",
    [
        rule(trial("shift", direction=Direction.FALLS)),
        rule(trial("shift", options={"warm": 7.0})),
        rule(trial("shift", smallest=0.2)),
        rule(trial("shift"), every=120.0),
        rule(
            trial("shift"),
            projection=Projection(Kind.CRASH, by=("app",), where=(where("app", "ios"),)),
        ),
    ],
)
def test_a_test_that_is_edited_begins_anew(edited: Rule) -> None:
    world = World(rule(trial("shift")))
    world.crashing(0.01, 60)
    world.restart([edited])
    assert world.bank.judges[0].probes[0].table.arrays["looks"].sum() == 0


def test_a_rule_that_is_gone_retires_its_alerts_once() -> None:
    world = World(rule(trial("line"), id="a"), rule(trial("line", options={"above": 0.5}), id="b"))
    world.crashing(0.1, 3)
    world.restart([world.rules[1]])
    [retired] = world.bank.retire(500.0)
    assert (retired.rule, retired.segment, retired.state) == ("a", IOS, AlertState.RETIRED)
    assert (retired.tier, retired.direction, retired.at) == (Tier.YELLOW, Direction.RISES, 500.0)
    assert world.bank.retire(500.0) == []


def test_an_alert_whose_tests_were_edited_is_retired() -> None:
    world = World(rule(trial("line")))
    world.crashing(0.1, 3)
    world.restart([rule(trial("line", options={"above": 0.09}))])
    assert states(world.bank.retire(500.0)) == ["retired"]
    assert states(world.crashing(0.1, 1)) == ["firing"]


def test_an_alert_whose_series_were_edited_is_retired() -> None:
    world = World(rule(trial("line")))
    world.crashing(0.1, 3)
    world.restart([rule(trial("line"), projection=Projection(Kind.CRASH, by=("platform",)))])
    assert states(world.bank.retire(500.0)) == ["retired"]


def test_what_was_not_retired_yet_survives_another_restart() -> None:
    world = World(rule(trial("line")))
    world.crashing(0.1, 3)
    world.restart([])
    world.restart([])
    assert states(world.bank.retire(500.0)) == ["retired"]


def test_an_alert_that_is_kept_is_not_retired() -> None:
    world = World(rule(trial("line")))
    world.crashing(0.1, 3)
    world.restart()
    assert world.bank.retire(500.0) == []
    assert states(world.crashing(0.0, 40)) == ["recovering", "ok"]


def test_a_series_forgotten_just_before_a_restart_still_retires_its_alert() -> None:
    straight, restarted = (World(rule(trial("line")), limits=Limits(idle=3600.0)) for _ in range(2))
    for world in (straight, restarted):
        world.crashing(0.1, 2)
        for _ in range(80):
            world.minute(({"app": "web"}, 0.0, 100.0))
            if world is restarted:
                world.restart()
    assert states(straight.findings) == ["firing", "retired"]
    assert restarted.findings == straight.findings


def test_single_signals_counted_before_a_restart_are_told_after_it() -> None:
    world = World(each(Each(Bound(below=2.0))))
    world.bank.each(batch(Kind.RATING, [(1.0, {}, 1.0, 1.0), (2.0, {}, 1.0, 1.0)], "stars"), 9.0)
    world.restart()
    [finding] = world.bank.judge(60.0, 90.0)
    assert finding.evidence is not None
    assert finding.evidence.n == 2.0


def test_a_full_set_of_series_is_told_once_through_restarts() -> None:
    world = World(rule(trial("line")), limits=Limits(series=2))
    for app in ("a", "b", "c", "d"):
        world.minute(({"app": app}, 0.0, 10.0))
        world.restart()
    [finding] = world.findings
    assert (finding.rule, finding.tier, finding.state) == ("series-overflow", Tier.WATCH, AlertState.FIRING)
    assert finding.segment == {"kind": "crash", "by": "app", "dimension": "app"}
    assert finding.text.startswith("app has more values")


def test_what_was_kept_in_an_older_layout_is_learnt_again_from_the_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(rule(trial("shift")))
    world.crashing(0.01, 40)
    monkeypatch.setattr(Shift, "format", 2)
    world.restart()
    [light] = world.bank.lights()
    assert light.learning_left == 0
    assert light.expected == pytest.approx(0.01, rel=0.01)
    assert states(world.crashing(0.05, 3)) == ["firing"]


def test_an_alert_goes_on_in_a_newer_layout_with_what_was_usual_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(rule(trial("shift")))
    world.crashing(0.01, 40)
    assert states(world.crashing(0.05, 3)) == ["firing"]
    monkeypatch.setattr(Shift, "format", 2)
    world.restart()
    [light] = world.bank.lights()
    assert light.state is AlertState.FIRING
    assert light.expected == pytest.approx(0.01, rel=0.01)
    assert states(world.crashing(0.01, 40)) == ["recovering", "ok"]
