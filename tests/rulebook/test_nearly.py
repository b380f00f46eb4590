"""Rulebooks as they should be, and nearly so, and cut into files in any way."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from andon.errors import RulebookError
from andon.rulebook.load import load
from andon.rulebook.model import Rulebook
from tests.rulebook.books import BASE

DURATION = st.sampled_from(["30s", "1m", "10m", "1h", "30d"])
PROMISE = st.sampled_from(["1 per 30d", "1 per 90d in all", "0.5 per 7d"])
WHEN = st.one_of(
    st.fixed_dictionaries(
        {"above": st.sampled_from(["2%", "0.5%", 0.3]), "over": st.sampled_from(["1m", "10m", "1h"])}
    ),
    st.fixed_dictionaries({"rises": st.just(True), "false_alarms": PROMISE}),
    st.fixed_dictionaries({"falls": st.just(True), "false_alarms": PROMISE}),
)
RULE = st.fixed_dictionaries(
    {"watch": st.sampled_from(["csat", "crash_rate", "low_star_share", "negative_share"]), "when": WHEN},
    optional={
        "by": st.lists(st.sampled_from(["region", "product", "platform"]), max_size=3, unique=True),
        "where": st.dictionaries(
            st.sampled_from(["region", "tier"]),
            st.one_of(st.just("eu"), st.just({"not": "us"}), st.just({"like": "e*"})),
        ),
        "tier": st.sampled_from(["watch", "yellow", "red"]),
        "for": st.sampled_from(["0s", "5m"]),
        "clear_after": DURATION,
        "no_data": st.sampled_from(["hold", "ok", "call"]),
        "shadow": st.booleans(),
    },
)
WRONG: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, -1, 1e9, "", "x" * 600, "\u2028", [], {}, [[]], {"a": {}}, "10m", "2%", "eu"]
)
PLACES = [
    "watch",
    "when",
    "by",
    "where",
    "tier",
    "for",
    "clear_after",
    "no_data",
    "accept_after",
    "shadow",
    "name",
    "owner",
    "every",
    "group",
    "stop",
]


def written(rules: list[dict[str, Any]]) -> list[str]:
    """Return each rule as a line of YAML, which reads JSON."""
    named = [{"name": f"r{number}", **rule} for number, rule in enumerate(rules)]
    return [f"  - {json.dumps(rule)}\n" for rule in named]


def read(files: list[str]) -> Rulebook:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "0.yml").write_text(BASE)
        for number, rules in enumerate(files, 1):
            (Path(folder) / f"{number}.yml").write_text(rules)
        return replace(load(Path(folder), {}), version="", directory="", places={})


@settings(deadline=None, max_examples=4)
@given(st.lists(RULE, min_size=1, max_size=4), st.data())
def test_it_does_not_matter_in_which_file_a_rule_stands(rules: list[dict[str, Any]], data: st.DataObject) -> None:
    lines = written(rules)
    places = [data.draw(st.integers(0, 2)) for _ in lines]
    cut = [
        "rules:\n" + "".join(line for line, place in zip(lines, places, strict=True) if place == at) for at in range(3)
    ]
    whole, parts = read(["rules:\n" + "".join(lines)]), read([one for one in cut if "-" in one])
    assert whole.rules.keys() == parts.rules.keys()
    for name, rule in whole.rules.items():
        assert replace(parts.rules[name], place=rule.place) == rule


@settings(deadline=None, max_examples=12)
@given(RULE, st.sampled_from(PLACES), WRONG)
def test_a_rule_that_is_nearly_right_loads_or_is_told_what_is_allowed(
    rule: dict[str, Any], name: str, wrong: Any
) -> None:
    try:
        book = read(["rules:\n" + "".join(written([{**rule, name: wrong}]))])
    except RulebookError as refused:
        said = refused.problems
    else:
        said = ()
        assert len(book.rules) == 2  # the rule, and the one for pulls
    assert all(problem.file == "1.yml" and problem.line == 2 and len(problem.text) > 20 for problem in said)
