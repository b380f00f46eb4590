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
    assert "at most 0.5 for each region; `andon check --live` asks a running service" in found[1].text


def test_a_promise_for_each_alert_is_added_up_over_the_segments_that_live(tmp_path: Path) -> None:
    rules = book(tmp_path, f"rules: [{RULE.format('a', 'red', '60d')}, {RULE.format('b', 'yellow', '30d in all')}]")
    found = [one.text for one in notices(rules, World({}, {"console"}, {"a": 4, "b": 9}))]
    assert "all rules together promise false pages a month: at most 3" in found
    assert "rule 'a' promises false pages a month: at most 2 over the 4 segments that live now" in found
    assert "rule 'b' promises false pages a month: at most 1 over the 9 segments that live now" in found
    [one] = [one.text for one in notices(rules, World({}, {"console"}, {"b": 1})) if "rule 'b' promises" in one.text]
    assert one.endswith("over the 1 segment that lives now")


def test_a_rule_that_pages_nobody_promises_nothing(tmp_path: Path) -> None:
    found = said(tmp_path, RULE.format("a", "watch", "30d in all"))
    assert [one.text for one in found] == ["all rules together promise false pages a month: at most 0"]
