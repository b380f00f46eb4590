"""The words a rule may watch, and what each reads from a frame."""

from __future__ import annotations

import math
from collections.abc import Mapping

from andon.errors import ConfigError
from andon.model import Form, Kind, Metric, Scale

SCALES: Mapping[str, Scale] = {
    "csat": Scale("csat", 1, 5, (4, 5), (1, 2)),
    "nps": Scale("nps", 0, 10, (9, 10), (0, 6)),
    "ces": Scale("ces", 1, 7, (5, 7), (1, 3)),
    "stars": Scale("stars", 1, 5, (4, 5), (1, 2)),
}
"""Scales everyone has; a rulebook may declare more."""

_FIXED: Mapping[str, tuple[Kind, str, Form, str]] = {
    "csat": (Kind.RATING, "csat", Form.PROPORTION, "share"),
    "nps": (Kind.RATING, "nps", Form.SCORE, "points"),
    "detractor_share": (Kind.RATING, "nps", Form.PROPORTION, "share"),
    "low_star_share": (Kind.RATING, "stars", Form.PROPORTION, "share"),
    "ces": (Kind.RATING, "ces", Form.SCORE, "points"),
    "ratings": (Kind.RATING, "", Form.COUNT, "per hour"),
    "crash_rate": (Kind.CRASH, "", Form.PROPORTION, "share"),
    "crash_free": (Kind.CRASH, "", Form.PROPORTION, "share"),
    "sessions": (Kind.CRASH, "", Form.COUNT, "per hour"),
    "p50": (Kind.LATENCY, "", Form.LEVEL, "ms"),
    "p90": (Kind.LATENCY, "", Form.LEVEL, "ms"),
    "p95": (Kind.LATENCY, "", Form.LEVEL, "ms"),
    "p99": (Kind.LATENCY, "", Form.LEVEL, "ms"),
    "slow_share": (Kind.LATENCY, "", Form.PROPORTION, "share"),
    "requests": (Kind.LATENCY, "", Form.COUNT, "per hour"),
    "complaints": (Kind.COMPLAINT, "", Form.COUNT, "per hour"),
    "negative_share": (Kind.COMPLAINT, "", Form.PROPORTION, "share"),
    "pulls": (Kind.PULL, "", Form.COUNT, "per hour"),
}
_OF_SCALE: Mapping[str, tuple[Form, str]] = {
    "mean": (Form.SCORE, "points"),
    "good_share": (Form.PROPORTION, "share"),
    "bad_share": (Form.PROPORTION, "share"),
}
_NAMED: Mapping[str, tuple[Kind, Form, str]] = {
    "gauge": (Kind.GAUGE, Form.LEVEL, ""),
    "counter": (Kind.COUNTER, Form.COUNT, "per hour"),
}

WORDS: tuple[str, ...] = (
    *_FIXED,
    *(f"{word}:SCALE" for word in _OF_SCALE),
    "complaints:TOPIC",
    *(f"{word}:NAME" for word in _NAMED),
)
"""Every word of `watch:`; what follows a colon is a scale, a topic or a free name."""


def metric(
    word: str,
    scales: Mapping[str, Scale],
    topics: Mapping[str, tuple[str, ...]],
    target: float = math.nan,
) -> Metric:
    """Return what a rule's `watch: word` means; `target` in ms is what slow_share counts beyond.

    ConfigError names the choices when the word, its scale or its topic is not known, or the target does not fit.
    """
    head, colon, tail = word.partition(":")
    found = _colon(word, head, tail, scales, topics) if colon else _plain(word, scales)
    if word == "slow_share" and not (math.isfinite(target) and target > 0):
        raise ConfigError(f"slow_share found target {target:g}; it needs a `target:` above zero, such as 800ms")
    if word != "slow_share" and not math.isnan(target):
        raise ConfigError(f"`target:` found beside {word!r}; only slow_share takes one: leave it out")
    kind, name, form, unit = found
    return Metric(word, kind, name, form, unit, target)


def _plain(word: str, scales: Mapping[str, Scale]) -> tuple[Kind, str, Form, str]:
    found = _FIXED.get(word)
    if found is None:
        raise ConfigError(f"found the metric {word!r}; allowed are {', '.join(WORDS)}")
    kind, name, _, _ = found
    if kind is Kind.RATING and name and name not in scales:
        raise ConfigError(f"{word!r} reads the scale {name!r}, which is not among {_listed(scales)}")
    return found


def _colon(
    word: str, head: str, tail: str, scales: Mapping[str, Scale], topics: Mapping[str, tuple[str, ...]]
) -> tuple[Kind, str, Form, str]:
    if head in _OF_SCALE:
        if tail not in scales:
            raise ConfigError(f"{word!r} names the scale {tail!r}; declared are {_listed(scales)}")
        return Kind.RATING, tail, *_OF_SCALE[head]
    if head == "complaints":
        if tail not in topics:
            raise ConfigError(f"{word!r} names the topic {tail!r}; declared are {_listed(topics)}")
        return Kind.COMPLAINT, "", Form.COUNT, "per hour"
    if head in _NAMED and tail:
        kind, form, unit = _NAMED[head]
        return kind, tail, form, unit
    raise ConfigError(f"found the metric {word!r}; allowed are {', '.join(WORDS)}")


def _listed(names: Mapping[str, object]) -> str:
    return ", ".join(sorted(names)) or "none: declare it first"
