"""What a person is shown."""

from __future__ import annotations

import math

import pytest

from andon.bank.evidence import span
from andon.model import Change, Evidence, Kind, Projection
from tests.bank.world import GRIPES, World, batch, rule, trial

APP = {"app": "ios"}


def shown(world: World) -> Evidence:
    evidence = next(one.evidence for one in world.findings if one.state.value == "firing")
    assert evidence is not None
    return evidence


def test_a_share_is_told_with_what_was_expected_and_since_when() -> None:
    world = World(rule(trial("shift")))
    world.crashing(0.01, 60)
    world.crashing(0.05, 5)
    evidence = shown(world)
    assert (evidence.metric, evidence.unit, evidence.detector) == ("crash_rate", "share", "shift")
    assert evidence.since == 3600.0
    assert evidence.observed == pytest.approx(0.05)
    assert evidence.expected == pytest.approx(0.01, rel=0.2)
    assert evidence.low < evidence.expected < evidence.high < evidence.observed
    assert evidence.n == evidence.seconds / 60 * 1000


def test_odds_tell_the_time_between_two_such_findings_by_chance() -> None:
    world = World(rule(trial("shift")))
    world.crashing(0.01, 60)
    world.crashing(0.05, 5)
    finding = world.findings[0]
    assert shown(world).odds == pytest.approx(min(math.exp(min(finding.score, 60.0)) * 60.0, 1e15))
    assert shown(world).odds >= 30 * 86_400


def test_a_fixed_line_knows_no_odds() -> None:
    world = World(rule(trial("line")))
    world.crashing(0.1)
    assert shown(world).odds == 0.0


def test_a_count_is_told_as_counts_in_its_window() -> None:
    gripes = rule(
        trial("line", options={"above": 5 / 60.0, "over": 600.0}), projection=Projection(Kind.COMPLAINT), metric=GRIPES
    )
    world = World(gripes)
    for _ in range(10):
        world.minute(*[({}, math.nan, 1.0)] * 6, kind=Kind.COMPLAINT)
    evidence = shown(world)
    assert (evidence.observed, evidence.n, evidence.seconds) == (54.0, 54.0, 600.0)
    assert evidence.expected == pytest.approx(0.9 * 5 / 60.0 * 600.0)
    assert math.isnan(evidence.low)  # a line to come back from is no interval


def test_a_window_of_evidence_reaches_back_to_the_change_at_most_a_day() -> None:
    world = World(rule(trial("line", options={"above": 0.05, "over": 600.0})))
    [probe] = world.bank.judges[0].probes
    assert span(10_000.0, 5_000.0, probe) == 5_000.0
    assert span(10_000.0, 9_990.0, probe) == 600.0
    assert span(10_000.0, math.nan, probe) == 600.0
    assert span(1e6, 0.0, probe) == 86_400.0


def test_changes_of_the_two_hours_before_are_told_where_labels_agree() -> None:
    world = World(rule(trial("line")))
    for name, at, labels in (
        ("too old", 100.0, {}),
        ("ios 9", 9000.0, APP),
        ("web 3", 9000.0, {"app": "web"}),
        ("flag", 9100.0, {}),
    ):
        world.streams.fold(batch(Kind.CHANGE, [(at, labels, math.nan, math.nan)], name))
    world.now = 9600.0
    world.crashing(0.1)
    assert shown(world).changes == [Change(name="flag", at=9100.0), Change(name="ios 9", at=9000.0, labels=APP)]


def test_parts_tell_which_finer_segments_carry_it() -> None:
    world = World(rule(trial("line")))
    world.minute(({**APP, "version": "9"}, 90.0, 500.0), ({**APP, "version": "8"}, 10.0, 500.0))
    parts = shown(world).parts
    assert parts[0].labels == {"version": "9"}
    assert parts[0].share > 0.8


def test_nothing_is_shown_of_an_alert_that_recovers() -> None:
    world = World(rule(trial("line")))
    world.crashing(0.1, 5)
    world.crashing(0.0, 40)
    assert [one.evidence is None for one in world.findings] == [False, True, True]


def test_every_figure_of_a_finding_is_a_number() -> None:
    world = World(rule(trial("line"), no_data="call"))
    world.crashing(0.0, 1)
    world.quiet(30)
    [silent] = world.findings
    assert math.isfinite(silent.score)
    assert silent.since == 60.0
