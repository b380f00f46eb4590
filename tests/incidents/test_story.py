from __future__ import annotations

import string

import pytest

from andon.incidents.story import _KINDS, _WORDS, tell
from andon.model import Reason, Row, Verb
from tests.incidents.book import HOUR, NOW, RED, Story


def row(kind: str, text: str = "", **data: str | float | list[str]) -> Row:
    return Row(incident="i", n=1, at=NOW, kind=kind, by="li.na", text=text, reason=Reason.FIRST, data=data)


def test_an_answer_reads_in_both_languages() -> None:
    assert tell(row("acked"), "en") == "li.na has it"
    assert tell(row("acked"), "zh") == "li.na 已接手"


def test_a_page_due_names_whom_and_why() -> None:
    one = row("page-due", to=["lead", "person:boss"])
    assert tell(one, "en") == "page due (first) to lead, person:boss"
    assert tell(one, "zh") == "应通知 负责人、person:boss（首次）"


def test_times_and_durations_are_readable() -> None:
    assert tell(row("later", seconds=1800.0), "en") == "li.na wants to be asked again in 30 min"
    assert tell(row("later", seconds=3 * HOUR), "zh") == "li.na 要求 3 小时 后再提醒"
    assert tell(row("shelved", "upgrade", until=NOW), "en") == "li.na shelved it until 01-05 08:00 UTC: upgrade"


def test_a_persons_own_words_are_not_translated() -> None:
    assert tell(row("note", "lead"), "zh") == "li.na：lead"


def test_an_unknown_kind_gives_its_name() -> None:
    assert tell(row("halted", "iOS"), "zh") == "halted iOS"


def test_a_row_of_another_version_that_lacks_a_word_stays_readable() -> None:
    assert tell(row("called"), "en") == "called (?) for ?"


def test_braces_in_what_people_write_do_no_harm() -> None:
    assert tell(row("note", "{by} {0} {x.y}"), "en") == "li.na: {by} {0} {x.y}"


@pytest.mark.parametrize("kind", sorted(_KINDS))
def test_both_languages_of_a_kind_use_known_words_only(kind: str) -> None:
    english, chinese = (
        {name for _, name, _, _ in string.Formatter().parse(line) if name is not None} for line in _KINDS[kind]
    )
    assert chinese <= english
    assert _KINDS[kind][0] != _KINDS[kind][1]


def test_every_row_of_a_long_life_reads_without_a_gap() -> None:
    story = Story(rule="crash").at(0).fires(region="eu").at(1).sent().at(2).acks("li.na").acks("wang").acks("li.na")
    story.at(4).says("li.na", Verb.JOIN, whom="boss").says("li.na", Verb.NOTE, text="x").says("li.na", Verb.TOLD)
    story.at(5).says("li.na", Verb.LATER, seconds=60.0).at(9).fires(region="us").at(12).recovers(region="us")
    story.recovers(region="eu").at(13).fires(region="eu").at(40).fires(RED, region="eu").says("wang", Verb.ESCALATE)
    story.at(50).says("li.na", Verb.GIVE, whom="wang").says("li.na", Verb.SHELVE, seconds=HOUR, text="y").at(120)
    story.says("wang", Verb.RESOLVE).says("wang", Verb.RESOLVE).at(300).ok(region="eu").ok(region="us").at(310)
    assert len(set(story.kinds())) > 22
    for one in story.rows:
        for lang in ("en", "zh"):
            assert "?" not in tell(one, lang)
            assert tell(one, lang) != one.kind


def test_every_word_of_our_own_is_translated() -> None:
    assert all(words.strip() for words in _WORDS.values())
