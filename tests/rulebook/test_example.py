"""The whole grammar in one file, as the rest of the house reads it."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import pytest

from andon.model import Direction, Form, Tier
from andon.rulebook.check import Level, World
from andon.rulebook.checks import notices
from andon.rulebook.load import load
from andon.rulebook.model import Rulebook

EXAMPLE = Path(__file__).parent / "example.yml"


@pytest.fixture(scope="module")
def found() -> Rulebook:
    return load(EXAMPLE, {"MEI_DING": "mei-in-dingtalk"})


def test_it_has_every_rule_the_implicit_one_and_the_slow_companion(found: Rulebook) -> None:
    assert list(found.rules) == [
        "pull", "cold", "ordering is slow", "ordering is slow~slow", "orders", "oven", "late orders", "a guest is furious", "no ratings",
    ]  # fmt: skip


def test_exactly_one_of_when_and_each_is_set(found: Rulebook) -> None:
    assert all((rule.when is None) != (rule.each is None) for rule in found.rules.values())


def test_every_reference_of_a_rule_leads_somewhere(found: Rulebook) -> None:
    for rule in found.rules.values():
        assert rule.owner in found.owners
        assert rule.policy in found.policies
        assert rule.stop in {"", *found.stops}


def test_a_declared_scale_is_watched(found: Rulebook) -> None:
    assert found.rules["cold"].metric.form is Form.PROPORTION
    assert found.rules["cold"].projection.name == "taste"
    assert found.rules["cold"].tier is Tier.YELLOW


def test_changes_both_ways_are_two_tests(found: Rulebook) -> None:
    when = found.rules["orders"].when
    assert when is not None
    assert {test.direction for test in when.tests} == {Direction.RISES, Direction.FALLS}


def test_its_defaults_hold(found: Rulebook) -> None:
    assert (found.lateness, found.rules["oven"].every, found.rules["oven"].hold) == (45, 120, 30)


def test_what_is_named_and_not_there_is_a_finding_and_no_error(found: Rulebook) -> None:
    detectors = {point.name: point.load() for point in entry_points(group="andon.detectors")}
    said = notices(found, World(detectors, {"console", "slack"}))
    assert {one.code for one in said if one.level is Level.WARNING} >= {
        "unknown-channel",
        "stop-not-carried-out",
        "env-missing",
    }
    assert [one for one in said if one.level is Level.ERROR] == []
