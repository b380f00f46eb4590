"""What rules match signals by: globs, conditions and words, against segments and texts of any kind."""

from __future__ import annotations

import fnmatch
import re

from andon.model import Match
from andon.streams.terms import LONGEST, Terms
from andon.streams.where import passes

SEEDS = [
    b"pay-*\0pay-card",
    b"?*?*[a-z]{2}\0\xe5\x8d\xa1\xe9\xa1\xbf",
    b"lag|freezes\0it freezes and lags, not good",
    b"(a+)+$\0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
    b"\xe9\x80\x80\xe6\xac\xbe|money back\0\xe6\x88\x91\xe8\xa6\x81\xe9\x80\x80\xe6\xac\xbe MONEY BACK",
]
WORDS = [
    b"*",
    b"?",
    b"**",
    b"\\",
    b"\\b",
    b"(?i)",
    b"[",
    b"]",
    b"(",
    b")",
    b"{9}",
    b"|",
    b"^",
    b"$",
    b".",
    b"\n",
    b"\xe2\x80\x99",
    b"not ",
]


def one(data: bytes) -> None:
    """Match a pattern against a text: as the standard library would, and in time."""
    raw_pattern, _, raw_text = data.partition(b"\0")
    pattern, text = raw_pattern.decode("utf-8", "replace"), raw_text.decode("utf-8", "replace")
    if pattern and "[" not in pattern and pattern.count("*") < 4:  # more of them, and the standard library hangs
        wanted = re.fullmatch(fnmatch.translate(pattern), text) is not None
        assert passes({"a": text}, [Match("a", like=pattern)]) is wanted
    assert passes({"a": text}, [Match("a", like=pattern, negate=True)]) is not passes(
        {"a": text}, [Match("a", like=pattern)]
    )
    words = tuple(word for word in pattern.split("|") if word.strip())
    found, tone = Terms((words, ("lag",))).read(text)
    assert set(found) <= {0, 1}
    assert tone in {0, 1, 2}
    plain = [word.strip() for word in words if not word.strip().isascii() and word.strip() in text[:LONGEST]]
    assert 0 in found or not [word for word in plain if not (word[0] + word[-1]).isascii()]
