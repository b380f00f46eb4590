"""What people read in a page, by key and language: the one door to the tables `english.py` and `chinese.py`."""

from __future__ import annotations

from collections.abc import Mapping

from andon.respond.chinese import ZH
from andon.respond.english import EN

TABLES: Mapping[str, Mapping[str, str]] = {"en": EN, "zh": ZH}


def tongue(lang: str) -> str:
    """Return the table for a language tag ("zh-CN" reads "zh"); English where there is none."""
    primary = lang.replace("_", "-").split("-", 1)[0].lower()
    return primary if primary in TABLES else "en"


def say(lang: str, key: str, **blanks: object) -> str:
    """Return a phrase with its blanks filled in; KeyError for a key that is not in the tables."""
    return TABLES[tongue(lang)][key].format(**blanks)


def knows(key: str) -> bool:
    """Tell whether the tables have a phrase."""
    return key in EN
