from __future__ import annotations

from pathlib import Path

import pytest

from andon.web.costs import costs
from tests.rulebook.books import book
from tests.web.stage import light

EACH = "{name: crashing, id: each, watch: crash_rate, by: [platform], tier: red, when: {rises: true, false_alarms: 1 per 60d}}"
IN_ALL = "{name: slow, id: whole, watch: p95, by: [platform], tier: red, when: {rises: true, false_alarms: 1 per 30d in all}}"
SHADOW = "{name: shy, id: shy, watch: p95, tier: red, shadow: true, when: {rises: true, false_alarms: 1 per 30d}}"


def test_promises_add_up_over_live_segments(tmp_path: Path) -> None:
    rules = book(tmp_path, f"rules: [{EACH}, {IN_ALL}, {SHADOW}]")
    lights = [light(rule, {"platform": name}) for rule in ("each", "whole", "shy") for name in ("ios", "web", "tv")]
    found = {one["rule"]: (one["live"], one["promised"]) for one in costs(lights, rules)}
    assert found["each"] == (3, pytest.approx(1.5))
    assert found["whole"] == (3, pytest.approx(1.0))
    assert found["shy"] == (3, 0.0), "a rule in shadow pages nobody"
    assert [one["rule"] for one in costs(lights, rules) if one["nobody"]] == ["shy"]


def test_a_rule_that_nothing_lives_of_is_told_with_none(tmp_path: Path) -> None:
    (found,) = costs([light("gone", {})], book(tmp_path, f"rules: [{EACH}]"))
    assert (found["rule"], found["live"], found["promised"]) == ("each", 0, 0.0)
