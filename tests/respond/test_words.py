from __future__ import annotations

import string
from pathlib import Path

import pytest

from andon.model import Reason, Tier
from andon.respond.chinese import ZH
from andon.respond.english import EN
from andon.respond.words import TABLES, knows, say, tongue
from andon.streams.metrics import WORDS


def blanks(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name is not None}


def test_both_languages_have_the_same_phrases() -> None:
    assert EN.keys() == ZH.keys()


@pytest.mark.parametrize("key", sorted(EN))
def test_a_phrase_has_the_same_blanks_in_both_languages(key: str) -> None:
    assert blanks(EN[key]) == blanks(ZH[key])


@pytest.mark.parametrize("lang", sorted(TABLES))
@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_its_own_sentence(lang: str, reason: Reason) -> None:
    sentences = [say(lang, f"reason.{each}", called="?", round=1) for each in Reason]
    assert sentences.count(say(lang, f"reason.{reason}", called="?", round=1)) == 1


@pytest.mark.parametrize("key", [key for tier in Tier for key in (f"tier.{tier}", f"tier.{tier}.spoken")])
def test_every_tier_has_a_word_and_one_to_be_spoken(key: str) -> None:
    assert knows(key)


@pytest.mark.parametrize("word", WORDS)
def test_every_metric_of_the_rulebook_has_a_name(word: str) -> None:
    family, _, name = word.partition(":")
    assert knows(f"metrics.{family}" if name else f"metric.{family}")


@pytest.mark.parametrize(
    ("lang", "table"), [("zh-CN", "zh"), ("ZH_Hant", "zh"), ("en-GB", "en"), ("fr", "en"), ("", "en"), ("zhx", "en")]
)
def test_a_language_tag_finds_its_table_or_english(lang: str, table: str) -> None:
    assert tongue(lang) == table


def test_braces_in_what_is_filled_in_are_left_alone() -> None:
    assert say("en", "held", holder="{holder} {0}") == "{holder} {0} has it"


def test_no_phrase_was_left_in_english() -> None:
    def words(phrase: str) -> str:
        return "".join(literal for literal, *_ in string.Formatter().parse(phrase))

    assert [key for key in EN if any(map(str.isalpha, words(EN[key]))) and EN[key] == ZH[key]] == []


def test_no_phrase_is_left_over() -> None:
    room = Path(__file__).parents[2]
    users = [*room.glob("andon/respond/*.py"), *room.glob("channels/*.py")]
    text = "".join(path.read_text("utf-8") for path in users if path.name not in {"english.py", "chinese.py"})
    variants = (".tagged", ".recovered", ".unanswered", ".held", ".spoken")
    built = ("tier.", "reason.", "tag.", "asks.", "metric.", "metrics.", "speech.")
    plain = {key for key in EN if not key.startswith(built) and not key.endswith(variants)}
    assert {
        key for key in plain if f'"{key}"' not in text and f"'{key}'" not in text and f'"{key}{{' not in text
    } == set()
