from __future__ import annotations

import math
from pathlib import Path

import pytest

from andon.model import Direction
from andon.rulebook.model import FalseAlarms
from tests.rulebook.books import only, refusal, rule, when

P = "false_alarms: 1 per 30d"


@pytest.mark.parametrize(
    ("watch", "detector"),
    [
        ("csat", "proportion"),
        ("nps", "score"),
        ("mean:stars", "score"),
        ("complaints", "count"),
        ("p95", "level"),
        ("gauge:cpu", "level"),
        ("sessions", "count"),
    ],
)
def test_the_metrics_form_chooses_the_detector(tmp_path: Path, watch: str, detector: str) -> None:
    assert only(tmp_path, f"{{rises: true, {P}}}", watch).detector == detector


def test_using_chooses_a_detector_by_name_with_its_options(tmp_path: Path) -> None:
    found = only(tmp_path, "{rises: true, using: mine, options: {depth: 3}}")
    assert (found.detector, found.options, found.promise) == ("mine", {"depth": 3}, None)


def test_durations_and_shares_in_options_are_numbers_to_the_detector(tmp_path: Path) -> None:
    found = only(tmp_path, "{falls: true, using: drift, options: {delta: 5%, stays: 15m}}")
    assert found.options == {"delta": 0.05, "stays": 900.0}


def test_a_promise_is_kept_as_it_is_stated(tmp_path: Path) -> None:
    assert only(tmp_path, "{rises: true, false_alarms: 2 per 60d in all}").promise == FalseAlarms(
        2, 5184000, in_all=True
    )


def test_a_promise_may_be_stated_once_for_all_rules(tmp_path: Path) -> None:
    found = rule(tmp_path, "watch: csat, when: {falls: true}", "defaults: {false_alarms: 1 per 90d in all}").when
    assert found is not None
    assert found.tests[0].promise == FalseAlarms(1, 7776000, in_all=True)


def test_the_default_promise_is_not_asked_of_a_detector_that_is_chosen(tmp_path: Path) -> None:
    found = rule(tmp_path, "watch: csat, when: {falls: true, using: mine}", "defaults: {false_alarms: 1 per 90d}").when
    assert found is not None
    assert found.tests[0].promise is None


def test_changes_are_rises_or_falls_each_with_the_promise_that_the_bank_divides(tmp_path: Path) -> None:
    found = when(tmp_path, f"{{changes: true, {P}, smallest: 20%}}")
    assert found.op == "any"
    assert [test.direction for test in found.tests] == [Direction.RISES, Direction.FALLS]
    assert {test.promise for test in found.tests} == {FalseAlarms(1, 2592000)}
    assert {test.smallest for test in found.tests} == {0.2}


@pytest.mark.parametrize(
    ("change", "watch", "value", "relative"),
    [("5pp", "csat", 0.05, False), ("20%", "csat", 0.2, True), ("0.1", "csat", 0.1, False), ("200ms", "p95", 200, False),
     ("200", "p95", 200, False), ("20%", "p95", 0.2, True), ("36", "complaints", 0.01, False)],
)  # fmt: skip
def test_at_least_is_in_the_metrics_natural_value(
    tmp_path: Path, change: str, watch: str, value: float, relative: bool
) -> None:
    found = only(tmp_path, f"{{rises: true, {P}, at_least: {{n: 30, change: {change}}}}}", watch)
    assert (found.min_n, found.relative) == (30, relative)
    assert found.min_change == pytest.approx(value)


def test_without_at_least_anything_is_enough(tmp_path: Path) -> None:
    found = only(tmp_path, f"{{falls: true, {P}}}")
    assert (found.min_n, found.min_change) == (0, 0)
    assert math.isnan(found.smallest)


@pytest.mark.parametrize(
    ("text", "watch", "options"),
    [
        ("{above: 2%, over: 10m}", "crash_rate", {"above": 0.02, "over": 600}),
        ("{above: 2%, over: 10m, clear: 1%}", "crash_rate", {"above": 0.02, "over": 600, "clear": 0.01}),
        ("{below: 0.9, over: 1h}", "csat", {"below": 0.9, "over": 3600}),
        ("{above: 1.5s, over: 5m}", "p95", {"above": 1500, "over": 300}),
        ("{above: 40, over: 1h}", "complaints", {"above": 40, "over": 3600}),
        ("{below: -3, over: 1h}", "gauge:profit", {"below": -3, "over": 3600}),
    ],
)
def test_a_line_is_in_the_detectors_units(tmp_path: Path, text: str, watch: str, options: dict[str, float]) -> None:
    found = only(tmp_path, text, watch)
    assert (found.detector, found.options, found.promise) == ("threshold", options, None)
    assert found.direction is (Direction.RISES if "above" in text else Direction.FALLS)


def test_clear_of_a_lower_line_lies_above_it(tmp_path: Path) -> None:
    assert only(tmp_path, "{below: 90%, over: 1h, clear: 95%}").options["clear"] == 0.95
    assert "lies on the bad side of below" in refusal(
        tmp_path, "rules: [{name: r, watch: csat, when: {below: 90%, over: 1h, clear: 80%}}]"
    )


def test_silence_is_against_the_usual_unless_told_otherwise(tmp_path: Path) -> None:
    assert only(tmp_path, "{silent: 15m}", "ratings").options == {"silent": 900, "expected": "usual"}
    assert only(tmp_path, "{silent: 15m, expected: 120}", "ratings").options == {"silent": 900, "expected": 120}
    assert only(tmp_path, "{silent: 15m}", "ratings").detector == "silence"


def test_a_budget_of_bad_events_burns_as_they_rise(tmp_path: Path) -> None:
    found = only(tmp_path, "{burns: {budget: 1%, of: 30d}, at_least: {n: 100}}", "crash_rate")
    assert (found.detector, found.direction, found.min_n) == ("burn_rate", Direction.RISES, 100)
    assert found.options == {"budget": 0.01, "of": 2592000, "windows": "fast"}


@pytest.mark.parametrize("watch", ["csat", "crash_free", "good_share:nps"])
def test_a_budget_of_a_good_share_burns_as_it_falls(tmp_path: Path, watch: str) -> None:
    assert only(tmp_path, "{burns: {budget: 1%, of: 30d}}", watch).direction is Direction.FALLS


def test_any_joins_conditions(tmp_path: Path) -> None:
    found = when(tmp_path, f"{{any: [{{changes: true, {P}}}, {{below: 50%, over: 1h}}]}}")
    assert found.op == "any"
    assert [test.detector for test in found.tests] == ["proportion", "proportion", "threshold"]


def test_all_joins_conditions(tmp_path: Path) -> None:
    found = when(tmp_path, f"{{all: [{{falls: true, {P}}}, {{below: 50%, over: 1h}}]}}")
    assert found.op == "all"
    assert [test.detector for test in found.tests] == ["proportion", "threshold"]
