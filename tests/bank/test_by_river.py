"""Rules by river's models through the whole bank: they fire, they recover, what they tell of can be accepted."""

from __future__ import annotations

import numpy as np
import pytest

from andon.model import Finding, Kind, Note
from andon.rulebook.model import Rule
from detectors.drift import Drift
from detectors.half_space_trees import HalfSpaceTrees
from tests.bank.world import DETECTORS, World, batch, rule, states, trial

WINDOW = 100
TREES = {"above": 0.9, "window": WINDOW}
DRIFT = {"model": "PageHinkley", "threshold": 3.0, "window": WINDOW}


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DETECTORS, "half_space_trees", HalfSpaceTrees)
    monkeypatch.setitem(DETECTORS, "drift", Drift)


def trees(accept_after: float = np.inf) -> Rule:
    return rule(trial("half_space_trees", options=TREES, promise=None), hold=120.0, accept_after=accept_after)


def drift() -> Rule:
    return rule(trial("drift", options=DRIFT, promise=None))


def crashing(world: World, rate: float, minutes: int, rng: np.random.Generator) -> list[Finding]:
    found: list[Finding] = []
    for _ in range(minutes):
        found += world.minute(({"app": "ios"}, float(rng.binomial(1_000, rate)), 1_000.0))
    return found


def test_half_space_trees_fire_and_recover() -> None:
    rng, world = np.random.default_rng(1), World(trees())
    assert crashing(world, 0.05, 160, rng) == []
    assert states(crashing(world, 0.15, 10, rng)) == ["firing"]
    assert states(crashing(world, 0.05, 60, rng))[-2:] == ["recovering", "ok"]


def test_what_half_space_trees_tell_of_can_be_accepted() -> None:
    rng, world = np.random.default_rng(2), World(trees())
    crashing(world, 0.05, 160, rng)
    crashing(world, 0.10, 30, rng)
    said = batch(
        Kind.ACCEPT, [(world.now, {"app": "ios"}, np.nan, 1.0)], "crashes", {0: Note(by="li.na", text="so it is")}
    )
    assert states(world.bank.each(said, world.now + 45.0)) == ["ok"]
    assert crashing(world, 0.10, 60, rng) == []


def test_what_half_space_trees_tell_of_is_usual_once_it_has_lasted_as_long_as_the_rule_says() -> None:
    rng, world = np.random.default_rng(3), World(trees(accept_after=3_600.0))
    crashing(world, 0.05, 160, rng)
    assert states(crashing(world, 0.15, 120, rng)) == ["firing", "ok"]


def test_a_drift_fires_once_and_recovers_by_itself_at_its_new_level() -> None:
    rng, world = np.random.default_rng(4), World(drift())
    assert crashing(world, 0.05, 160, rng) == []
    found = crashing(world, 0.10, 60, rng)
    assert states(found) == ["firing", "recovering", "ok"]
    assert found[0].evidence is not None
    assert found[0].evidence.expected == pytest.approx(0.05, rel=0.1)


def test_a_bank_that_was_saved_goes_on_as_one_that_was_not() -> None:
    worlds = World(trees()), World(trees())
    for world, rng in zip(worlds, (np.random.default_rng(5), np.random.default_rng(5)), strict=True):
        crashing(world, 0.05, 160, rng)
        if world is worlds[1]:
            world.restart()
        crashing(world, 0.15, 10, rng)
    assert [one.score for one in worlds[0].findings] == [one.score for one in worlds[1].findings] != []
