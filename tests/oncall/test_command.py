from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from andon.cli.oncall import oncall
from andon.errors import AndonError

RULES = """
version: 1
people:
  li: {name: 李娜, zone: Asia/Shanghai, slack: U1, sms: "+8613800138000"}
  boss: {name: Boss, zone: Europe/Madrid, slack: U2}
schedules:
  pay: {zone: Asia/Shanghai, layers: [{rotate: weekly, from: "2026-01-05 09:30", people: [li, boss]}]}
owners:
  pay: {on-duty: pay, lead: boss}
  everyone: {on-duty: [boss], lead: boss}
policies:
  default:
    rounds: 1
    repeat: {yellow: 4h, red: 30m}
    yellow: [{notify: on-duty, by: [slack]}, {after: 15m, unless: acked, notify: on-duty, by: [sms]}]
    red: [{notify: [on-duty, lead], by: [slack]}]
defaults: {policy: default, owner: everyone}
rules:
  - {name: slow, id: slow, watch: crash_rate, when: {above: 2%, over: 10m}, tier: yellow, owner: pay}
"""


@pytest.fixture
def rules(tmp_path: Path) -> str:
    (tmp_path / "all.yml").write_text(RULES, encoding="utf-8")
    return str(tmp_path)


def said(*words: str) -> str:
    result = CliRunner().invoke(oncall, words, env={"COLUMNS": "120"}, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def lines(*words: str) -> list[list[str]]:
    """Return the table's rows, a word each."""
    return [line.split() for line in said(*words).splitlines()]


def test_each_owner_is_told_with_who_is_on_duty_until_when(rules: str) -> None:
    pay = next(line for line in lines("2026-01-06T12:00", "--rules", rules) if line[0] == "pay")
    assert pay == ["pay", "李娜", "2026-01-12", "09:30", "CST", "Boss"]


def test_a_time_without_an_offset_is_in_the_schedules_zone(rules: str) -> None:
    assert "李娜" in said("2026-01-12T09:29", "--rules", rules)
    assert "李娜" in said("2026-01-12T02:29+01:00", "--rules", rules)
    assert "李娜" not in said("2026-01-12T09:30", "--rules", rules)


def test_now_is_understood(rules: str) -> None:
    assert "everyone" in said("--rules", rules)
    assert "everyone" in said("now", "--rules", rules)


def test_before_the_first_turn_nobody_is_on_duty(rules: str) -> None:
    pay = next(line for line in lines("2026-01-01T12:00", "--rules", rules) if line[0] == "pay")
    assert pay[1] == "nobody"


def test_a_rules_ladder_is_told_step_by_step(rules: str) -> None:
    table = lines("2026-01-06T12:00", "--rules", rules, "--rule", "slow")
    assert table[1] == ["1", "2026-01-06", "12:00", "CST", "on-duty", "李娜", "slack"]
    assert table[2] == ["2", "2026-01-06", "12:15", "CST", "on-duty", "李娜", "sms"]
    assert table[3][0] == "last"


def test_one_who_cannot_be_reached_is_told_as_such(rules: str) -> None:
    assert "cannot be reached" in said("2026-01-13T12:00", "--rules", rules, "--rule", "slow")


def test_another_tier_has_its_own_ladder(rules: str) -> None:
    table = lines("2026-01-06T12:00", "--rules", rules, "--rule", "slow", "--tier", "red")
    assert [line[0] for line in table[1:3]] == ["1", "1"]


@pytest.mark.parametrize("words", [("yesterday",), ("now", "--rule", "gone")])
def test_what_cannot_be_told_is_said_with_what_can(rules: str, words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(oncall, [*words, "--rules", rules])
    assert isinstance(result.exception, AndonError)
    assert words[-1] in str(result.exception)


def test_a_week_ahead_is_told_shift_by_shift(rules: str) -> None:
    rows = [line for line in lines("week", "--rules", rules) if line[0] == "pay"]
    assert len(rows) == 2
    assert {row[-1] for row in rows} == {"李娜", "Boss"}


def test_gaps_of_a_year_are_listed_and_only_they(rules: str) -> None:
    assert len(lines("gaps", "--rules", rules)) == 1
    text = RULES.replace("people: [li, boss]", "people: [li, boss], only: Mon-Fri")
    Path(rules, "all.yml").write_text(text, encoding="utf-8")
    rows = lines("gaps", "--rules", rules)[1:]
    assert len(rows) in (52, 53)
    assert {(row[0], row[-1]) for row in rows} == {("pay", "nobody")}
