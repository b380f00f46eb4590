"""The rules that are shipped: what an operator of an app would start from."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest

from andon.bank.thresholds import promised
from andon.model import Tier
from andon.rulebook.check import Level, World
from andon.rulebook.checks import notices
from andon.rulebook.load import load
from andon.rulebook.model import Rulebook
from tests.rulebook.books import SHIPPED


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return load(SHIPPED, {})


def test_they_need_nothing_of_the_environment(rules: Rulebook) -> None:
    assert not rules.absent


def test_nothing_about_them_is_wrong_or_unwise(rules: Rulebook) -> None:
    detectors = {point.name: point.load() for point in entry_points(group="andon.detectors")}
    said = notices(rules, World(detectors, {"console", "slack", "webhook"}))
    assert [one for one in said if one.level is not Level.INFO] == []
    assert [one for one in said if one.code == "unused"] == []


def test_a_quiet_month_brings_a_few_false_pages_at_most(rules: Rulebook) -> None:
    assert 0 < sum(promised(rule, 1) for rule in rules.rules.values()) <= 3


def test_every_promise_is_the_rules_as_a_whole(rules: Rulebook) -> None:
    tests = [test for rule in rules.rules.values() if rule.when for test in rule.when.tests]
    assert all(test.promise.in_all for test in tests if test.promise)


def test_everyone_reads_pages_on_the_console(rules: Rulebook) -> None:
    assert all("console" in person.addresses for person in rules.people.values())
    assert {person.lang for person in rules.people.values()} == {"en", "zh"}


def test_every_owner_has_a_lead_and_a_room(rules: Rulebook) -> None:
    assert all(owner.lead and owner.room for owner in rules.owners.values())


def test_yellow_reaches_the_lead_in_a_quarter_of_an_hour_and_red_at_once(rules: Rulebook) -> None:
    policy = rules.policies[rules.default_policy]
    first, second = policy.ladders[Tier.YELLOW]
    assert (first.notify, second.notify, second.after) == (["on-duty", "room"], ["lead"], 900)
    assert {"on-duty", "lead"} <= set(policy.ladders[Tier.RED][0].notify)


def test_each_file_tells_of_one_thing(rules: Rulebook) -> None:
    kinds: dict[str, set[str]] = {}
    for rule in rules.rules.values():
        kinds.setdefault(rule.place.file, set()).add(rule.projection.kind)
    assert {file: found for file, found in kinds.items() if len(found) > 1} == {"feeds.yml": kinds["feeds.yml"]}


def test_topics_have_words_in_chinese_and_english(rules: Rulebook) -> None:
    for words in rules.topics.values():
        assert any(word.isascii() for word in words)
        assert any(not word.isascii() for word in words)
