"""Rulebooks that were made to cost: what each was found by, and that it costs little now."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from andon.errors import MOST_TOLD, Problem, RulebookError
from andon.rulebook.forms.fields import LIKE_MOST
from andon.rulebook.source import FILE_MOST
from andon.rulebook.translate.nouns import PER_WORD, WORDS_MOST
from andon.streams.terms import terms
from tests.rulebook.books import book, refusal


def refused(folder: Path, text: str) -> list[str]:
    """Return what is said of a file that fills its room, line by line, within two seconds."""
    began = time.process_time()
    said = refusal(folder, text[: FILE_MOST - 1000])
    assert time.process_time() - began < 2
    assert len(said) < 200_000
    return said.splitlines()


def test_of_very_many_problems_the_first_hundred_are_told_and_that_there_are_more() -> None:
    said = RulebookError(Problem("a.yml", line, "is wrong") for line in range(1, 5000)).problems
    assert [one.line for one in said] == [*range(1, MOST_TOLD + 1), MOST_TOLD]
    assert said[-1].text == "more is wrong from here on; mend what is told first"


def test_a_hundred_problems_are_told_and_nothing_is_said_of_more() -> None:
    assert len(RulebookError(Problem("a.yml", line, "is wrong") for line in range(MOST_TOLD)).problems) == MOST_TOLD


@pytest.mark.parametrize(
    "text",
    [
        "rules:\n" + "  - {nam: 1}\n" * 1000,
        "topics:\n" + "  a: [x]\n" * 12_000,
        "a: &a [x]\n" + "b: *a\n" * 16_000,
        "schedules:\n  s: {zone: UTC, layers: [{rotate: weekly, from: '2026-01-01 00:00', people: ["
        + ",".join(f"p{number}" for number in range(3000)) + "]}]}",
    ],
    ids=["unknown names", "one name again and again", "aliases", "people nobody knows"],
)  # fmt: skip
def test_a_file_full_of_one_mistake_is_refused_in_few_words(text: str, tmp_path: Path) -> None:
    assert len(refused(tmp_path, text)) <= MOST_TOLD + 1


def test_a_name_that_fills_the_file_is_cut_where_it_is_told(tmp_path: Path) -> None:
    [said] = refused(tmp_path, "? " + "a" * 90_000 + "\n: 1")
    assert "aaa... is no known name" in said.replace(":", "")
    assert len(said) < 1200


def test_a_glob_is_no_longer_than_what_it_could_match(tmp_path: Path) -> None:
    rule = "rules: [{name: r, watch: csat, where: {app: {like: '%s'}}, when: {above: 2%%, over: 10m}}]"
    assert "r" in book(tmp_path, rule % ("a*" * (LIKE_MOST // 2))).rules
    assert "read a glob of 201 characters; allowed: 200" in refusal(tmp_path, rule % ("*" * (LIKE_MOST + 1)))


@pytest.mark.parametrize("letter", ["退", "k", "ſ", "x"])
def test_as_many_words_as_topics_may_have_are_all_found(letter: str, tmp_path: Path) -> None:
    size = len(f"{letter * 40}1000".encode()) + PER_WORD
    words = [f"{letter * 40}{number}" for number in range(1000, 1000 + WORDS_MOST // size)]
    listed = [f"  t{at}: [{', '.join(words[at : at + 400])}]\n" for at in range(0, len(words), 400)]
    reader = terms(book(tmp_path, "topics:\n" + "".join(listed)).topics)
    assert [at for at in range(0, len(words), 7) if reader.read(f"it is {words[at]} again")[0] != [at // 400]] == []


def test_more_words_than_one_automaton_holds_are_refused_where_they_begin(tmp_path: Path) -> None:
    topic = "  t%d: [" + ", ".join(f"{number:030d}" for number in range(400)) + "]\n"
    said = refusal(tmp_path, "topics:\n" + "".join(topic % number for number in range(5)))
    assert said.startswith("b.yml:4: topics.t2: with these, all topics hold words of 50,400 bytes")
    assert said.count("\n") == 0
