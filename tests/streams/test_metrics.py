from __future__ import annotations

import math

import pytest

from andon.errors import ConfigError
from andon.model import Form, Kind, Scale
from andon.streams.metrics import SCALES, WORDS, metric
from tests.streams.signals import TOPICS

LOUNGE = {**SCALES, "lounge": Scale("lounge", 1, 10, (9, 10), (1, 4))}


@pytest.mark.parametrize(
    ("word", "kind", "name", "form"),
    [
        ("csat", Kind.RATING, "csat", Form.PROPORTION),
        ("nps", Kind.RATING, "nps", Form.SCORE),
        ("detractor_share", Kind.RATING, "nps", Form.PROPORTION),
        ("low_star_share", Kind.RATING, "stars", Form.PROPORTION),
        ("ces", Kind.RATING, "ces", Form.SCORE),
        ("mean:lounge", Kind.RATING, "lounge", Form.SCORE),
        ("good_share:lounge", Kind.RATING, "lounge", Form.PROPORTION),
        ("bad_share:stars", Kind.RATING, "stars", Form.PROPORTION),
        ("ratings", Kind.RATING, "", Form.COUNT),
        ("crash_rate", Kind.CRASH, "", Form.PROPORTION),
        ("crash_free", Kind.CRASH, "", Form.PROPORTION),
        ("sessions", Kind.CRASH, "", Form.COUNT),
        ("p95", Kind.LATENCY, "", Form.LEVEL),
        ("requests", Kind.LATENCY, "", Form.COUNT),
        ("complaints", Kind.COMPLAINT, "", Form.COUNT),
        ("negative_share", Kind.COMPLAINT, "", Form.PROPORTION),
        ("complaints:refund", Kind.COMPLAINT, "", Form.COUNT),
        ("gauge:cpu", Kind.GAUGE, "cpu", Form.LEVEL),
        ("counter:orders", Kind.COUNTER, "orders", Form.COUNT),
        ("pulls", Kind.PULL, "", Form.COUNT),
    ],
)
def test_a_word_says_which_signals_it_reads_and_what_it_observes(word: str, kind: Kind, name: str, form: Form) -> None:
    found = metric(word, LOUNGE, TOPICS)
    assert (found.kind, found.name, found.form) == (kind, name, form)


def test_a_name_after_the_colon_may_hold_colons() -> None:
    assert metric("gauge:pool:size", SCALES, TOPICS).name == "pool:size"


def test_slow_share_keeps_its_target() -> None:
    assert metric("slow_share", SCALES, TOPICS, 800.0).target == 800.0


@pytest.mark.parametrize("target", [math.nan, 0.0, -5.0, math.inf])
def test_slow_share_without_a_sensible_target_is_refused(target: float) -> None:
    with pytest.raises(ConfigError, match="target"):
        metric("slow_share", SCALES, TOPICS, target)


def test_a_target_beside_another_word_is_refused() -> None:
    with pytest.raises(ConfigError, match="only slow_share"):
        metric("p95", SCALES, TOPICS, 800.0)


@pytest.mark.parametrize("word", ["happiness", "", "gauge:", "gauge", "p95:x", "mean", "pulls:x", ":"])
def test_an_unknown_word_is_refused_with_all_choices(word: str) -> None:
    with pytest.raises(ConfigError) as caught:
        metric(word, SCALES, TOPICS)
    assert all(choice in str(caught.value) for choice in WORDS)


def test_an_undeclared_scale_is_refused_with_those_declared() -> None:
    with pytest.raises(ConfigError, match="ces, csat, nps, stars"):
        metric("mean:lounge", SCALES, TOPICS)


def test_an_undeclared_topic_is_refused_with_those_declared() -> None:
    with pytest.raises(ConfigError, match="refund, stutter"):
        metric("complaints:weather", SCALES, TOPICS)


def test_a_topic_where_none_is_declared_says_so() -> None:
    with pytest.raises(ConfigError, match="declare it first"):
        metric("complaints:weather", SCALES, {})
