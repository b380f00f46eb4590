from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from andon.bank.known import exposure, factor, words
from andon.detector import Detector
from andon.model import Direction, Finding, Kind, Projection
from andon.rulebook.model import Event, Rule, Test
from detectors.count import Count
from detectors.silence import Silence
from detectors.threshold import Threshold
from tests.bank.world import GRIPES, MONTHLY, World, rule, states, trial

HOUR = 3600.0
RISES, FALLS, NONE = Direction.RISES, Direction.FALLS, Direction.NONE
FAIR = Event("双11", HOUR, 3 * HOUR, {"volume": 4.0})
REAL: dict[str, type[Detector]] = {"count": Count, "silence": Silence, "threshold": Threshold}


def usual(end: float, seconds: float, *events: Event, lean: Direction = NONE) -> float:
    """How many seconds of usual traffic a window holds."""
    return float(exposure(events, end, np.array([seconds]), lean)[0])


@pytest.mark.parametrize(
    ("end", "expected"),
    [(HOUR, 600.0), (HOUR + 60.0, 780.0), (2 * HOUR, 2400.0), (3 * HOUR + 60.0, 2220.0), (3 * HOUR + 600.0, 600.0)],
)
def test_a_second_counts_as_many_only_between_from_and_to(end: float, expected: float) -> None:
    assert usual(end, 600.0, FAIR) == pytest.approx(expected)


def test_of_events_that_overlap_the_shorter_one_has_the_word() -> None:
    season = Event("November", 0.0, 100 * HOUR, {"volume": 1.5})
    for events in ((season, FAIR), (FAIR, season)):
        assert usual(2 * HOUR, 600.0, *events) == pytest.approx(2400.0)
        assert usual(4 * HOUR, 600.0, *events) == pytest.approx(900.0)
        assert usual(3 * HOUR + 300.0, 600.0, *events) == pytest.approx(300 * 4 + 300 * 1.5)


def test_of_two_as_long_the_later_one_has_the_word_and_one_that_expects_nothing_has_none() -> None:
    again = Event("双11, put right", HOUR, 3 * HOUR, {"volume": 5.0})
    silent = Event("a freeze", 2 * HOUR - 60.0, 2 * HOUR)
    assert usual(2 * HOUR, 600.0, FAIR, again, silent) == pytest.approx(3000.0)


def test_a_factor_is_believed_within_a_range() -> None:
    assert [factor(FAIR, lean) for lean in (FALLS, NONE, RISES)] == pytest.approx([4**0.75, 4.0, 4**1.25])
    quiet = Event("holiday", 0.0, 1.0, {"volume": 0.2})
    assert factor(quiet, FALLS) < factor(quiet, NONE) < factor(quiet, RISES) < 1.0
    said = Event("fair", 0.0, 1.0, {"volume": 4.0, "least": 2.0, "most": 8.0})
    assert [factor(said, lean) for lean in (FALLS, NONE, RISES)] == [2.0, 4.0, 8.0]


def test_evidence_says_what_was_expected_by_its_name() -> None:
    assert words([FAIR, Event("later", 9e9, 1e10, {"volume": 2.0})], HOUR, HOUR + 60.0) == ["双11: 4x expected"]
    assert words([FAIR], 0.0, HOUR) == []


def after(one: Rule, events: Sequence[Event], plan: Sequence[tuple[float, float]]) -> World:
    """A world in which so many complaints a minute came until each of some hours, drawn five minutes at a time."""
    world, rng = World(one, detectors=REAL, events=events), np.random.default_rng(3)
    for (begin, _), (end, rate) in pairwise([(0.0, 0.0), *plan]):
        for _ in range(round((end - begin) * 12)):
            came = float(rng.poisson(5.0 * rate))
            world.minute(*[({}, math.nan, came)] * (came > 0), kind=Kind.COMPLAINT, seconds=300.0)
    return world


def found(one: Rule, events: Sequence[Event], plan: Sequence[tuple[float, float]]) -> list[Finding]:
    return after(one, events, plan).findings


def counted(*tests: Test) -> Rule:
    return rule(*tests, projection=Projection(Kind.COMPLAINT), metric=GRIPES, every=300.0)


def gripes(direction: Direction = RISES) -> Rule:
    return counted(trial("count", direction=direction, options={"season": "none"}, promise=MONTHLY))


DAY_OF_SALES = Event("双11", 12 * HOUR, 24 * HOUR, {"volume": 4.0})


@pytest.mark.parametrize(
    ("brought", "direction"),
    [
        (5.0, RISES),
        *(pytest.param(brought, FALLS, marks=pytest.mark.long) for brought in (3.0, 4.0, 5.0)),
        *(pytest.param(brought, RISES, marks=pytest.mark.long) for brought in (3.0, 4.0)),
    ],
)
def test_a_day_that_brings_about_what_was_said_calls_nobody(brought: float, direction: Direction) -> None:
    assert found(gripes(direction), [DAY_OF_SALES], [(12, 10.0), (24, 10.0 * brought), (30, 10.0)]) == []


def test_a_day_that_brings_far_more_than_was_said_is_called_and_told_beside_what_was_expected() -> None:
    [one] = found(gripes(), [DAY_OF_SALES], [(12, 10.0), (13, 40.0), (14, 90.0)])
    assert one.evidence is not None
    assert "双11: 4x expected" in one.evidence.text
    share = one.evidence.seconds / 60.0 * 10.0
    assert one.evidence.expected == pytest.approx(4.0 * share, rel=0.1)
    assert one.evidence.low < 4**0.75 * share < 4**1.25 * share < one.evidence.high


def test_a_fixed_line_takes_what_comes_as_it_comes() -> None:
    line = counted(trial("threshold", options={"above": 200.0, "over": 600.0}))
    assert states(found(line, [DAY_OF_SALES], [(12, 10.0), (13, 40.0)])) == ["firing"]


def test_a_feed_that_a_holiday_makes_quiet_is_not_silent() -> None:
    silent = counted(trial("silence", direction=FALLS, options={"silent": 900.0, "expected": 60}))
    holiday = Event("春节", HOUR, 8 * HOUR, {"volume": 0.02})
    assert states(found(silent, [], [(1, 1.0), (2, 0.0)])) == ["firing"]
    assert found(silent, [holiday], [(1, 1.0), (2, 0.0)]) == []


def test_nothing_is_learnt_from_a_look_that_a_known_day_has_part_in() -> None:
    world = World(rule(trial("shift"), every=600.0), events=[Event("fair", HOUR + 300.0, 2 * HOUR + 300.0)])
    world.crashing(0.01, 180)
    assert world.bank.judges[0].probes[0].table.arrays["looks"][0] == 18 - 7


def test_the_board_shows_what_the_day_lets_expect() -> None:
    [light] = after(gripes(), [DAY_OF_SALES], [(12, 10.0), (13, 40.0)]).bank.lights()
    assert light.expected == pytest.approx(5 * 40.0, rel=0.1)
