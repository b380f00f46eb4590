from __future__ import annotations

from itertools import pairwise

import pytest

from andon.bundled import bundled
from andon.demo.company import World
from andon.demo.faults import CHANGES, FAULTS, HOUR, PULL, Fault
from andon.rulebook.load import load

BREAKING = [fault for fault in FAULTS if fault.breaks]


def test_faults_lie_apart_and_within_the_day() -> None:
    for before, after in pairwise(FAULTS):
        assert 0 < before.start < before.end <= after.start < after.end <= 24 * HOUR


def test_each_fault_has_a_rule_of_its_own_as_shipped_and_its_owner() -> None:
    book = load(bundled("rules"), {})
    owners = {key: rule.owner for key, rule in book.rules.items()}
    assert len({fault.rule for fault in FAULTS}) == len(FAULTS) == 5
    assert {fault.rule: fault.owner for fault in BREAKING}.items() <= owners.items()
    assert {fault.owner for fault in FAULTS} <= set(book.owners)


@pytest.mark.parametrize("fault", BREAKING, ids=lambda fault: fault.rule)
def test_a_fault_breaks_the_world_and_its_mending_makes_it_as_it_was(fault: Fault) -> None:
    world = World()
    assert fault.breaks
    assert fault.mends
    fault.breaks(world)
    assert world != World()
    fault.mends(world)
    assert world == World()


def test_each_fault_touches_something_of_its_own() -> None:
    touched = []
    for fault in BREAKING:
        world, usual = World(), World()
        assert fault.breaks
        fault.breaks(world)
        touched += [name for name in vars(world) if vars(world)[name] != vars(usual)[name]]
    assert len(set(touched)) == len(touched)


def test_only_the_pull_breaks_nothing_and_it_goes_to_its_owner() -> None:
    (pull,) = [fault for fault in FAULTS if fault.breaks is None]
    assert (pull.rule, pull.owner, pull.mends) == ("pull", PULL["owner"], None)


def test_the_release_tool_reports_the_release() -> None:
    assert set(CHANGES) == {FAULTS[0].name}
    world = World()
    assert FAULTS[0].breaks
    FAULTS[0].breaks(world)
    _, segment = CHANGES[FAULTS[0].name]
    assert (segment["platform"], segment["app_version"]) in world.crash
