"""A new series is judged by what was usual of its nearest sibling."""

from __future__ import annotations

import math

import numpy as np

from andon.model import Kind, Projection, Tier
from tests.bank.world import GRIPES, World, rule, states, trial

BY_VERSION = Projection(Kind.CRASH, by=("platform", "version"))
OLD = {"platform": "ios", "version": "7.3"}
NEW = {"platform": "ios", "version": "7.4"}
WEB = {"platform": "web", "version": "7.3"}


def released(rate: float) -> World:
    """A world in which ios 7.3 crashes at 1 % and web at 4 %, and ios 7.4 comes out, crashing at `rate`."""
    world = World(rule(trial("shift"), projection=BY_VERSION))
    for _ in range(60):
        world.minute((OLD, 10.0, 1000.0), (WEB, 80.0, 2000.0))
    for _ in range(5):
        world.minute((OLD, 10.0, 1000.0), (WEB, 80.0, 2000.0), (NEW, rate * 500, 500.0))
    return world


def test_a_release_that_crashes_more_than_the_version_before_is_called_at_once() -> None:
    world = released(0.04)
    assert [(one.segment, one.tier) for one in world.findings] == [(NEW, Tier.YELLOW)]


def test_a_release_like_the_version_before_is_not_called() -> None:
    assert released(0.01).findings == []


def test_the_elders_evidence_is_not_taken_over() -> None:
    world = released(0.01)
    table = world.bank.judges[0].probes[0].table
    assert table.arrays["looks"][2] == 65
    assert table.arrays["log_r"][2] < math.log(10)


def test_a_sibling_that_is_firing_is_no_elder() -> None:
    world = World(rule(trial("shift"), projection=BY_VERSION))
    for _ in range(60):
        world.minute((OLD, 10.0, 1000.0))
    for _ in range(5):
        world.minute((OLD, 100.0, 1000.0))
    world.minute((OLD, 100.0, 1000.0), (NEW, 5.0, 500.0))
    assert world.bank.judges[0].probes[0].table.arrays["looks"][1] == 1


def test_a_sibling_that_still_learns_is_no_elder() -> None:
    world = World(rule(trial("shift", options={"warm": 1000.0}), projection=BY_VERSION))
    for _ in range(60):
        world.minute((OLD, 10.0, 1000.0))
    world.minute((OLD, 10.0, 1000.0), (NEW, 5.0, 500.0))
    assert world.bank.judges[0].probes[0].table.arrays["looks"][1] == 1


def test_a_stranger_is_no_elder() -> None:
    world = World(rule(trial("shift"), projection=BY_VERSION))
    for _ in range(60):
        world.minute((OLD, 10.0, 1000.0))
    world.minute((OLD, 10.0, 1000.0), ({"platform": "web", "version": "1"}, 5.0, 500.0))
    assert world.bank.judges[0].probes[0].table.arrays["looks"][1] == 1


def test_counts_are_not_taken_over() -> None:
    gripes = rule(trial("shift"), projection=Projection(Kind.COMPLAINT, by=("platform", "version")), metric=GRIPES)
    world = World(gripes)
    for _ in range(60):
        world.minute((OLD, math.nan, 1.0), kind=Kind.COMPLAINT)
    world.minute((NEW, math.nan, 1.0), kind=Kind.COMPLAINT)
    assert world.bank.judges[0].probes[0].table.arrays["looks"][1] == 1


def test_the_elder_with_most_signals_is_taken() -> None:
    world = World(rule(trial("shift"), projection=BY_VERSION))
    busy = {"platform": "ios", "version": "7.2"}
    for _ in range(60):
        world.minute((OLD, 10.0, 1000.0), (busy, 90.0, 3000.0))
    world.minute((OLD, 10.0, 1000.0), (busy, 90.0, 3000.0), (NEW, 5.0, 500.0))
    arrays = world.bank.judges[0].probes[0].table.arrays
    assert np.isclose(arrays["n"][2], 60 * 3000 + 500)
    assert states(world.findings) == []
