"""Topics and tone of complaints, by word lists, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

import re2

from andon.streams.lexicon import BETWEEN, DENIALS, NEGATIVE, POSITIVE

LONGEST = 4000
"""Characters of a text that are read; what comes after is not looked at."""


def terms(topics: Mapping[str, tuple[str, ...]]) -> Terms:
    """Return the reader of a rulebook's topics; the words are compiled once."""
    return _compiled(tuple(topics.values()))


class Terms:
    """Finds the rulebook's topics and a plain tone in a text, all words in one pass that is linear in its length.

    Latin words match on word boundaries, in any case; Chinese ones anywhere.
    """

    def __init__(self, topics: tuple[tuple[str, ...], ...]) -> None:
        self._patterns = re2.Set.SearchSet()
        self._topic: list[int] = []
        self._sign: list[int] = []
        for topic, words in enumerate(topics):
            for word in _clean(words):
                self._add(_bounded(word), topic, 0)
        denied = rf"(?:{_either(DENIALS)})(?:\s+(?:{_either(BETWEEN)}))?\s*"
        for words, sign in ((NEGATIVE, -1), (POSITIVE, 1)):
            for word in words:
                self._add(_bounded(word), -1, sign)
                self._add(denied + _bounded(word), -1, -2 * sign)
        self._patterns.Compile()

    def read(self, text: str) -> tuple[list[int], int]:
        """Return the positions of a text's topics, ascending, and its tone: 0 negative, 1 neutral, 2 positive.

        The tone is that of the kind of word of which more are found; a denied word ("not good") counts for the other side.
        """
        balance, topics = 0, set()
        for index in self._patterns.Match(text[:LONGEST].replace("’", "'")) or ():
            balance += self._sign[index]
            if not self._sign[index]:
                topics.add(self._topic[index])
        return sorted(topics), 1 + (balance > 0) - (balance < 0)

    def _add(self, pattern: str, topic: int, sign: int) -> None:
        self._patterns.Add("(?i)" + pattern)
        self._topic.append(topic)
        self._sign.append(sign)


@lru_cache(maxsize=8)
def _compiled(topics: tuple[tuple[str, ...], ...]) -> Terms:
    return Terms(topics)


def _clean(words: Iterable[str]) -> list[str]:
    return [word.strip().replace("’", "'") for word in words if word.strip()]


def _either(words: Iterable[str]) -> str:
    return "|".join(map(_bounded, words))


def _bounded(word: str) -> str:
    left = r"\b" if word[0].isascii() and word[0].isalnum() else ""
    right = r"\b" if word[-1].isascii() and word[-1].isalnum() else ""
    return f"{left}{re2.escape(word)}{right}"
