from __future__ import annotations

import math
from pathlib import Path

import pytest

from andon.model import Pledge, Step, Tier
from tests.rulebook.books import book

POLICY = """\
calendars: {office: {zone: Asia/Shanghai, hours: {Mon-Fri: ["09:00-18:00"]}}}
promises: {yellow: {respond: 20m, clock: office}}
policies:
  default:
    rounds: 2
    repeat: {yellow: 2h}
    ack_expires: {red: 10m}
    yellow:
      - {notify: [on-duty, room], by: slack}
      - {after: 15m, notify: "person:ann", answers: all}
  quiet: {}
"""


def test_a_ladder_is_kept_step_by_step(tmp_path: Path) -> None:
    first, second = book(tmp_path, POLICY).policies["default"].ladders[Tier.YELLOW]
    assert first == Step(notify=["on-duty", "room"], by=["slack"])
    assert second == Step(notify=["person:ann"], after=900, answers="all")


def test_what_a_policy_does_not_say_is_built_in(tmp_path: Path) -> None:
    found = book(tmp_path, POLICY).policies
    assert found["default"].ladders[Tier.RED] == found["quiet"].ladders[Tier.RED]
    assert found["default"].repeat == {Tier.YELLOW: 7200, Tier.RED: 1800}
    assert found["default"].ack_expires == {Tier.YELLOW: 14400, Tier.RED: 600}
    assert (found["default"].rounds, found["quiet"].rounds) == (2, 3)


def test_every_policy_carries_the_promises(tmp_path: Path) -> None:
    for policy in book(tmp_path, POLICY).policies.values():
        assert policy.pledges[Tier.YELLOW].respond == 1200
        assert policy.pledges[Tier.YELLOW].clock == "office"
        assert math.isnan(policy.pledges[Tier.YELLOW].resolve)
        assert policy.pledges[Tier.RED] == Pledge(respond=300, resolve=14400)


@pytest.mark.parametrize("tier", [Tier.YELLOW, Tier.RED])
def test_the_built_in_ladder_begins_with_the_person_on_duty_and_comes_to_the_lead(tmp_path: Path, tier: Tier) -> None:
    ladder = book(tmp_path).policies["default"].ladders[tier]
    assert "on-duty" in ladder[0].notify
    assert ladder[0].after == 0
    assert any("lead" in step.notify for step in ladder)


def test_red_hears_lead_and_duty_at_once(tmp_path: Path) -> None:
    assert {"on-duty", "lead"} <= set(book(tmp_path).policies["default"].ladders[Tier.RED][0].notify)


def test_one_rulebooks_policies_are_not_anothers(tmp_path: Path) -> None:
    changed = book(tmp_path)
    changed.policies["default"].ladders.clear()
    changed.policies["default"].pledges.clear()
    fresh = book(tmp_path).policies["default"]
    assert fresh.ladders
    assert fresh.pledges
