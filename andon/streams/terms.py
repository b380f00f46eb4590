"""Topics and tone of complaints, by word lists, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import re2

from andon.streams.lexicon import NEGATIVE, NOT_AFTER, NOT_BEFORE, POSITIVE

LONGEST = 4000
"""Characters of a text that are read; what comes after is not looked at."""


class Terms:
    """Finds the rulebook's topics and a plain tone in a text; linear in its length."""

    def __init__(self, topics: Mapping[str, tuple[str, ...]]) -> None:
        self._topics = [_pattern(words) for words in topics.values()]
        self._tone = _tone()

    def topics(self, text: str) -> list[int]:
        """Return the positions of the topics whose words occur, in the rulebook's order."""
        text = text[:LONGEST]
        return [index for index, pattern in enumerate(self._topics) if pattern.search(text)]

    def tone(self, text: str) -> int:
        """Return 0 for negative, 1 for neutral, 2 for positive: which kind of word is found more often.

        A word that is denied ("not good", "不好") counts for the other side.
        """
        balance = 0
        for match in self._tone.finditer(text[:LONGEST]):
            sign = -1 if match.group("bad") else 1
            balance += -sign if match.group("no") else sign
        return 1 + (balance > 0) - (balance < 0)


def _pattern(words: Iterable[str]) -> re2._Regexp[str]:
    return re2.compile("(?i)" + _either(words))


def _either(words: Iterable[str]) -> str:
    """Return a pattern for any of the words: in Latin letters on word boundaries, in Chinese anywhere."""
    some = [word.strip() for word in words if word.strip()]
    return "|".join(_bounded(word) for word in some) or r"\z\A."


def _bounded(word: str) -> str:
    left = r"\b" if word[0].isascii() and word[0].isalnum() else ""
    right = r"\b" if word[-1].isascii() and word[-1].isalnum() else ""
    return f"{left}{re2.escape(word)}{right}"


def _tone() -> re2._Regexp[str]:
    no = f"(?P<no>(?:{_either(NOT_BEFORE)})(?:\\s+(?:{_either(NOT_AFTER)}))?\\s*)?"
    return re2.compile(f"(?i){no}(?:(?P<bad>{_either(NEGATIVE)})|(?P<good>{_either(POSITIVE)}))")
