from __future__ import annotations

from pathlib import Path

from andon.rulebook.check import Level, Notice, World
from andon.rulebook.checks import notices
from andon.rulebook.model import Place
from tests.rulebook.books import book

RULE = "{{name: {0}, watch: csat, by: [region], tier: {1}, when: {{falls: true, false_alarms: 1 per {2}}}}}"


def said(folder: Path, *rules: str) -> list[Notice]:
    found = notices(book(folder, f"rules: [{', '.join(rules)}]"), World({}, {"console"}))
    return [one for one in found if one.code == "false-pages"]


def test_promises_in_all_add_up(tmp_path: Path) -> None:
    found = said(tmp_path, RULE.format("a", "red", "60d in all"), RULE.format("b", "yellow", "30d in all"))
    assert found[0].place == Place()
    assert found[0].text == "all rules together promise false pages a month: at most 1.5"
    assert "rule 'a' promises false pages a month: at most 0.5 in all" in [one.text for one in found]
    assert {one.level for one in found} == {Level.INFO}


def test_a_promise_for_each_alert_says_that_the_number_is_not_known(tmp_path: Path) -> None:
    found = said(tmp_path, RULE.format("a", "red", "60d"), RULE.format("b", "yellow", "30d in all"))
    assert (
        found[0].text
        == "all rules together promise false pages a month: at most 1, beside 1 that promise for each of their segments"
    )
    assert "at most 0.5 for each region, and how many it will meet is not known here" in found[1].text


def test_a_rule_that_pages_nobody_promises_nothing(tmp_path: Path) -> None:
    found = said(tmp_path, RULE.format("a", "watch", "30d in all"))
    assert [one.text for one in found] == ["all rules together promise false pages a month: at most 0"]
