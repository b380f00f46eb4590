"""Whether a signal's dimensions pass a projection's conditions."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import re2

from andon.model import Labels, Match


def passes(labels: Labels, where: Iterable[Match]) -> bool:
    """Tell whether labels fulfil every condition; a dimension that is missing has the value ""."""
    return all(_fulfils(labels.get(match.dimension, ""), match) for match in where)


def _fulfils(value: str, match: Match) -> bool:
    found = value in match.values or (bool(match.like) and _glob(match.like).fullmatch(value) is not None)
    return found is not match.negate


@lru_cache(maxsize=1024)
def _glob(pattern: str) -> re2._Regexp[str]:
    """Return a glob (`*` anything, `?` one character) as a pattern that takes linear time."""
    return re2.compile("(?s)" + "".join({"*": ".*", "?": "."}.get(sign) or re2.escape(sign) for sign in pattern))
