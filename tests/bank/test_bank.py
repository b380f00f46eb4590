"""The bank as a whole: signals in, findings out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.bank.bank import Bank
from andon.model import Kind, Observation, Projection, Tier
from andon.rulebook.model import Event, FalseAlarms
from tests.bank.world import DETECTORS, GRIPES, HEAT, World, rule, states, trial

RULES = (
    rule(trial("shift"), trial("line", options={"above": 0.4}), id="a", no_data="call"),
    rule(trial("shift", promise=FalseAlarms(1.0, 3600.0, in_all=True)), id="b", hold=60.0, clear_after=120.0),
    rule(
        trial("line", min_n=300.0),
        id="c",
        clear_after=60.0,
        worsens=[(Tier.RED, trial("line", options={"above": 0.5}))],
    ),
)
APPS = ("ios", "web", "tv")
Minute = dict[str, tuple[float, float]]


def play(world: World, minutes: Sequence[Minute], reverse: bool = False) -> None:
    """Let each minute's apps crash as told, told in one order or the other."""
    for minute in minutes:
        rows = [({"app": app}, rate * sessions, sessions) for app, (rate, sessions) in minute.items()]
        world.minute(*(reversed(rows) if reverse else rows))


@st.composite
def histories(draw: st.DrawFn) -> list[Minute]:
    """An hour or so of up to three apps that are sometimes bad, sometimes silent."""
    found: list[Minute] = []
    for _ in range(draw(st.integers(1, 4))):
        rates = draw(st.fixed_dictionaries({app: st.sampled_from([None, 0.0, 0.02, 0.3, 0.6]) for app in APPS}))
        sessions = draw(st.sampled_from([10.0, 500.0]))
        minute = {app: (rate, sessions) for app, rate in rates.items() if rate is not None}
        found += [minute] * draw(st.integers(1, 12))
    return found


def test_a_rise_beyond_the_promise_is_called_and_verified_well() -> None:
    world = World(rule(trial("shift")))
    assert world.crashing(0.01, 60) == []
    fired = world.crashing(0.05, 3)
    assert states(fired) == ["firing"]
    assert fired[0].tier is Tier.YELLOW
    assert fired[0].segment == {"app": "ios"}
    assert states(world.crashing(0.01, 30)) == ["recovering", "ok"]


def test_findings_of_a_look_come_by_rule_then_labels() -> None:
    world = World(rule(trial("line"), id="b"), rule(trial("line"), id="a"))
    found = world.minute(({"app": "web"}, 50.0, 100.0), ({"app": "ios"}, 50.0, 100.0))
    assert [(one.rule, one.segment["app"]) for one in found] == [("a", "ios"), ("a", "web"), ("b", "ios"), ("b", "web")]


def test_the_tick_is_the_greatest_common_divisor_of_the_rules_looks() -> None:
    assert World(rule(trial("line"), every=90.0), rule(trial("line"), id="b", every=60.0)).bank.tick == 30.0
    assert World().bank.tick == 60.0


def test_without_rules_or_signals_nothing_is_found() -> None:
    assert World().quiet(3) == []
    world = World(rule(trial("shift")))
    assert world.quiet(3) == []
    assert world.bank.facts()["rows"] == 0.0


def test_facts_add_up_rows_and_promises() -> None:
    world = World(rule(trial("shift", options={"warm": 5.0})), rule(trial("line"), id="b"))
    world.minute(({"app": "web"}, 0.0, 100.0), ({"app": "ios"}, 60.0, 100.0))
    facts = world.bank.facts()
    assert (facts["detectors"], facts["rows"], facts["rows_learning"], facts["called"]) == (2.0, 4.0, 2.0, 1.0)
    assert facts["false_pages_promised"] == pytest.approx(2.0)
    assert world.bank.promised("crashes") == pytest.approx(2.0)
    assert world.bank.promised("b") == 0.0
    assert world.bank.promised("nosuch") == 0.0


def test_what_a_known_event_brings_is_expected() -> None:
    gripes = rule(trial("shift"), projection=Projection(Kind.COMPLAINT), metric=GRIPES)
    for factor, expected in ((4.0, []), (1.0, ["firing"])):
        world = World(gripes)
        fair = Event("fair", 3600.0, 7200.0, {"volume": factor})
        world.bank = Bank([gripes], world.streams, DETECTORS, [fair])
        for minute in range(120):
            world.minute(*[({}, math.nan, 1.0)] * (20 if minute >= 60 else 5), kind=Kind.COMPLAINT)
        assert states(world.findings) == expected


def test_rules_on_the_same_series_observe_them_once(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(rule(trial("line"), id="a"), rule(trial("line"), id="b"))
    asked = []
    real = world.streams.observe

    def counting(*args: Any) -> Observation:
        asked.append(args)
        return real(*args)

    monkeypatch.setattr(world.streams, "observe", counting)
    world.crashing(0.0)
    assert len(asked) == 1


@pytest.mark.parametrize("value", [math.nan, math.inf, -1e300, 1e300])
def test_rubbish_that_came_through_breaks_nothing(value: float) -> None:
    heat = rule(trial("line", options={"above": 30.0}), projection=Projection(Kind.GAUGE, "heat"), metric=HEAT)
    world = World(heat)
    with np.errstate(all="ignore"):
        for _ in range(5):
            world.minute(({}, value, 1.0), kind=Kind.GAUGE, name="heat")
            world.bank.lights()
    assert len(world.findings) <= 1


@settings(max_examples=6, deadline=None)
@given(histories(), st.integers(0, 60))
def test_a_restart_in_the_middle_changes_nothing(history: list[Minute], at: int) -> None:
    straight, restarted = World(*RULES), World(*RULES)
    play(straight, history)
    play(restarted, history[:at])
    restarted.restart()
    play(restarted, history[at:])
    assert repr(restarted.findings) == repr(straight.findings)
    assert restarted.bank.save() == straight.bank.save()


@settings(max_examples=6, deadline=None)
@given(histories())
def test_the_order_of_the_series_changes_nothing(history: list[Minute]) -> None:
    one, other = World(*RULES), World(*RULES)
    play(one, history)
    play(other, history, reverse=True)
    assert repr(other.findings) == repr(one.findings)


@settings(max_examples=6, deadline=None)
@given(histories())
def test_no_window_is_judged_twice(history: list[Minute]) -> None:
    world = World(*RULES)
    play(world, history)
    saved = world.bank.save()
    for end in (world.now, world.now - 60.0, 0.0):
        assert world.bank.judge(end, world.now) == []
        world.bank.learn(end, 60.0)
    assert world.bank.save() == saved


@settings(max_examples=10, deadline=None)
@given(histories())
def test_an_alert_never_goes_ok_without_good_data(history: list[Minute]) -> None:
    world = World(*RULES)
    play(world, history)
    for one in world.findings:
        if one.rule == "c" and one.state.value == "ok":
            rate, _ = history[round(one.window / 60.0) - 1][one.segment["app"]]
            assert rate <= 0.05


@settings(max_examples=10, deadline=None)
@given(histories())
def test_states_are_told_in_an_order_that_makes_sense(history: list[Minute]) -> None:
    world = World(*RULES)
    play(world, history)
    allowed = {
        "ok": {"firing", "no_data"},
        "firing": {"firing", "recovering", "no_data"},
        "recovering": {"firing", "ok", "no_data"},
        "no_data": {"recovering", "firing"},
    }
    for name in RULES:
        for app in APPS:
            was = "ok"
            for one in world.findings:
                if (one.rule, one.segment) == (name.id, {"app": app}):
                    assert one.state.value in allowed[was]
                    was = one.state.value
