from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from andon.rulebook.schema import schema
from andon.rulebook.source import read_source
from tests.rulebook.books import SHIPPED
from tests.rulebook.shape import KNOWN, faults, words

HERE = Path(__file__).parent
GRAMMAR = schema()
GOOD = [*sorted(SHIPPED.glob("*.yml")), HERE / "example.yml"]
SHAPELESS = [
    "unknown-section", "version-2", "lang", "phone-unquoted", "quiet", "rotate", "from-unquoted-date", "layer-nobody", "on-duty-missing",
    "on-duty-nobody", "owner-key", "promise-tier", "notify", "step-unless", "step-after-number", "ladder-empty", "rounds", "calendar-day",
    "calendar-holidays", "event-factor", "defaults-no-data", "telephony", "topic-number", "rule-no-name", "rule-key",
    "rule-tier", "rule-id", "rule-runbook", "rule-shadow", "rule-by-word", "rule-where", "rule-every", "target", "when-rises-false",
    "when-key", "when-promise", "when-smallest", "when-burns-budget", "when-expected", "when-any-empty", "each-bound", "inhibit-nothing",
]  # fmt: skip


def wrong(file: Path) -> list[str]:
    return list(faults(read_source(file.name, file.read_bytes()).data, GRAMMAR, GRAMMAR))


@pytest.mark.parametrize("file", GOOD, ids=[file.name for file in GOOD])
def test_a_good_file_has_the_schemas_shape(file: Path) -> None:
    assert wrong(file) == []


@pytest.mark.parametrize("name", SHAPELESS)
def test_an_editor_sees_what_has_the_wrong_shape(name: str) -> None:
    assert wrong(HERE / "bad" / f"{name}.yml")


def test_every_keyword_of_the_schema_is_held_against() -> None:
    assert set(words(GRAMMAR)) <= KNOWN


def test_the_dialect_is_named() -> None:
    assert GRAMMAR["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert GRAMMAR["title"] == "andon rulebook"


def _properties(shape: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for owner, form in [("BookForm", shape), *shape["$defs"].items()]:
        yield from ((f"{owner}.{name}", inner) for name, inner in form.get("properties", {}).items())


def test_every_word_is_described() -> None:
    assert [name for name, inner in _properties(GRAMMAR) if not inner.get("description")] == []


def test_every_mapping_says_what_it_is() -> None:
    assert [name for name, form in GRAMMAR["$defs"].items() if not form.get("description")] == []


def _examples(shape: Any) -> Iterator[dict[str, Any]]:
    if isinstance(shape, dict):
        if "examples" in shape:
            yield shape
        for inner in shape.values():
            yield from _examples(inner)
    elif isinstance(shape, list):
        for inner in shape:
            yield from _examples(inner)


def test_every_example_has_its_own_shape() -> None:
    found = list(_examples(GRAMMAR))
    assert len(found) > 20
    for shape in found:
        for example in shape["examples"]:
            assert list(faults(example, shape, GRAMMAR)) == []


def test_every_pattern_is_one_that_javascript_reads_too() -> None:
    patterns = [shape["pattern"] for _, shape in _properties(GRAMMAR) if "pattern" in shape]
    assert patterns
    assert not [one for one in patterns if re.search(r"\(\?[P<]|\\A|\\Z", one)]
