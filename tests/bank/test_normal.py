from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest

from andon.bank.relearn import MOST, pieces
from andon.detector import Scores, State
from andon.model import AlertState, Bools, Finding, Ints, Kind, Note, Observation, Tier
from andon.rulebook.model import Event
from andon.streams.split import pick
from tests.bank.world import DAY, DETECTORS, Shift, World, batch, rule, states, trial

IOS = {"app": "ios"}


def accepted(world: World, by: str = "li.na", rule_id: str = "crashes", app: str = "ios") -> list[Finding]:
    """A person accepts, half a minute after the last look."""
    said = batch(Kind.ACCEPT, [(world.now, {"app": app}, np.nan, 1.0)], rule_id, {0: Note(by=by, text="a new release")})
    return world.bank.each(said, world.now + 45.0)


def firing(*tests: Any, rate: float = 0.05, minutes: int = 60, **kwargs: Any) -> World:
    """A world that was calm for an hour at 1 %, and has fired since."""
    world = World(rule(*(tests or (trial("shift"),)), **kwargs))
    world.crashing(0.01, 60)
    assert states(world.crashing(rate, minutes))[:1] == ["firing"]
    return world


def usual(world: World) -> float:
    [light] = world.bank.lights()
    return light.expected


def test_what_is_accepted_is_usual_and_the_alert_is_over() -> None:
    world = firing()
    assert usual(world) == pytest.approx(0.01, rel=0.1)
    [finding] = accepted(world)
    assert (finding.state, finding.accepted, finding.by, finding.text) == (
        AlertState.OK,
        True,
        "li.na",
        "a new release",
    )
    assert usual(world) == pytest.approx(0.05, rel=0.1)
    assert world.crashing(0.05, 120) == []


def test_what_is_accepted_is_watched_again_from_its_new_level() -> None:
    world = firing()
    accepted(world)
    world.crashing(0.05, 30)
    found = world.crashing(0.12, 10)
    assert [(one.state, one.tier) for one in found] == [(AlertState.FIRING, Tier.YELLOW)]


def test_a_short_stretch_that_is_accepted_only_shows_until_enough_is_learnt() -> None:
    world = firing(minutes=5)
    accepted(world)
    found = world.crashing(0.2, 5)
    assert [(one.state, one.tier) for one in found] == [(AlertState.FIRING, Tier.WATCH)]


def test_what_does_not_fire_is_not_accepted() -> None:
    world = World(rule(trial("shift")))
    world.crashing(0.01, 60)
    before = usual(world)
    assert accepted(world) == []
    assert usual(world) == before


@pytest.mark.parametrize("said", [{"rule_id": "no such rule"}, {"app": "android"}])
def test_an_acceptance_of_what_is_not_there_is_passed_over(said: dict[str, str]) -> None:
    assert accepted(firing(), **said) == []


def test_a_finding_of_the_same_look_is_no_older_than_the_acceptance() -> None:
    world = firing()
    last = world.findings[-1].window
    [finding] = accepted(world)
    assert last < finding.window
    assert world.now < finding.window < world.now + 60.0


def test_one_segment_is_accepted_and_the_others_are_left_alone() -> None:
    world = World(rule(trial("shift")))
    for rate in [0.01] * 60 + [0.05] * 60:
        world.minute(*(({"app": app}, rate * 1000, 1000.0) for app in ("ios", "android")))
    accepted(world)
    assert [round(light.expected, 2) for light in world.bank.lights()] == [0.01, 0.05]
    assert list(world.bank.judges[0].called.values()) == [{"app": "android"}]


def test_a_restart_after_it_goes_on_from_the_new_level() -> None:
    world = firing()
    accepted(world)
    world.restart()
    assert usual(world) == pytest.approx(0.05, rel=0.1)
    assert world.crashing(0.05, 60) == []


def test_a_fixed_line_stays_where_it_is() -> None:
    world = firing(trial("shift"), trial("line", options={"above": 0.03}), op="any")
    accepted(world)
    assert states(world.crashing(0.05, 2)) == ["firing"]


def test_what_is_accepted_on_a_known_day_is_learnt_from_that_very_day() -> None:
    sale = Event(name="sale", start=3_600.0, end=DAY)
    world = World(rule(trial("shift")), events=[sale])
    world.crashing(0.01, 60)
    assert states(world.crashing(0.05, 60)) == ["firing"]
    accepted(world)
    assert usual(world) == pytest.approx(0.05, rel=0.1)
    assert world.crashing(0.05, 60) == []


def test_word_that_comes_late_accepts_nothing_that_fired_since_it_was_said() -> None:
    world = firing(minutes=5)
    said = batch(Kind.ACCEPT, [(world.now, {"app": "ios"}, np.nan, 1.0)], "crashes")
    assert states(world.crashing(0.01, 30))[-1] == "ok"
    assert states(world.crashing(0.2, 10)) == ["firing"]
    assert world.bank.each(said, world.now) == []
    assert usual(world) < 0.02


class Keeps(Shift):
    """Keeps what it knows, and takes up the rate of what is accepted."""

    told: ClassVar[list[float]] = []

    def accept(self, state: State, rows: Ints, observation: Observation, now: float) -> None:
        del now
        self.told.append(float(observation.seconds[0]))
        state["x"][rows] = state["n"][rows] * observation.x[:, 0] / observation.n[:, 0]


def test_a_detector_that_can_accept_is_told_all_since_the_change_point(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DETECTORS, "shift", Keeps)
    world = firing()
    begun = world.findings[0].since
    accepted(world)
    assert Keeps.told == [world.now - begun]
    assert usual(world) == pytest.approx(0.05, rel=0.1)
    assert world.bank.judges[0].probes[0].table.arrays["looks"][0] > 60


def test_what_lasts_as_long_as_the_rule_says_is_accepted_by_itself() -> None:
    world = firing(minutes=5, accept_after=3600.0)
    begun = world.findings[0].window
    found = world.crashing(0.05, 70)
    assert [(one.state, one.accepted, one.by, one.at - begun) for one in found] == [
        (AlertState.OK, True, "andon", 3600.0 + 30.0)
    ]
    assert world.crashing(0.05, 60) == []


def test_a_break_begins_the_time_anew() -> None:
    world = firing(minutes=30, accept_after=3600.0)
    assert states(world.crashing(0.01, 15)) == ["recovering"]
    assert states(world.crashing(0.05, 50)) == ["firing"]
    assert [one.accepted for one in world.crashing(0.05, 30)] == [True]


def test_what_a_fixed_line_called_for_is_not_accepted_by_itself_only_to_be_called_for_again() -> None:
    world = World(rule(trial("shift"), trial("line", options={"above": 0.04}), accept_after=1800.0))
    world.crashing(0.01, 30)
    assert states(world.crashing(0.05, 70)) == ["firing"]


def test_what_is_over_a_fixed_line_and_unusual_both_is_accepted_as_usual() -> None:
    world = World(rule(trial("shift"), trial("line", options={"above": 0.04}), op="all", accept_after=1800.0))
    world.crashing(0.01, 30)
    assert states(world.crashing(0.05, 70)) == ["firing", "ok"]


def test_the_time_counts_from_when_the_rule_says_one_again() -> None:
    lasts, calls = rule(trial("shift"), accept_after=3600.0), rule(trial("shift"))
    world = World(lasts)
    world.crashing(0.01, 30)
    world.crashing(0.05, 5)
    world.restart([calls])
    assert states(world.crashing(0.01, 60)) == ["recovering", "ok"]
    assert states(world.crashing(0.05, 5)) == ["firing"]
    world.restart([lasts])
    assert world.crashing(0.05, 50) == []


def test_without_a_time_nothing_is_accepted_by_itself() -> None:
    world = firing(minutes=5)
    assert world.crashing(0.05, 500) == []


def test_the_stretch_is_learnt_in_whole_looks_and_not_too_many() -> None:
    spans = np.array([30.0, 60.0, 3_600.0, DAY, 14 * DAY])
    for every in (60.0, 300.0, 3_600.0):
        seconds, counts = pieces(spans, every)
        assert counts.max() <= MOST
        assert np.all(seconds % every == 0)
        assert np.all(counts == np.maximum(spans // seconds, 1))
        assert list(seconds) == [pieces(spans[[place]], every)[0][0] for place in range(len(spans))]


class Counts(Shift):
    """Counts how often it is stepped."""

    steps: ClassVar[int] = 0

    def step(self, state: State, rows: Ints, observation: Observation, now: float, learn: Bools) -> Scores:
        Counts.steps += 1
        return super().step(state, rows, observation, now, learn)


def many(together: bool) -> tuple[State, int]:
    """Accept what two apps tell of, at one go or each by itself; return what is learnt, and in how many steps."""
    world, rates = World(rule(trial("shift"))), {"ios": 10.0, "web": 10.0}
    for app, minutes in (("", 20), ("ios", 15), ("web", 10)):
        rates.update({app: 50.0} if app else {})
        for _ in range(minutes):
            world.minute(*(({"app": name}, bad, 1000.0) for name, bad in rates.items()))
    said = batch(Kind.ACCEPT, [(world.now, {"app": app}, np.nan, 1.0) for app in rates], "crashes")
    Counts.steps = 0
    for some in [said] if together else [pick(said, np.array([place])) for place in range(2)]:
        assert len(world.bank.each(some, world.now + 45.0)) == len(some)
    return world.bank.judges[0].probes[0].table.arrays, Counts.steps


def test_alerts_accepted_together_learn_in_the_same_steps_what_each_would_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(DETECTORS, "shift", Counts)
    (kept, steps), (apart, more) = many(together=True), many(together=False)
    assert all(np.array_equal(kept[name], apart[name], equal_nan=True) for name in kept)
    assert kept["looks"][:2].tolist() == [25.0, 10.0]
    assert (steps, more) == (25, 35)
