from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from andon.rulebook.load import load
from andon.rulebook.model import Rulebook
from tests.rulebook.books import book, refusal

EXAMPLE = (Path(__file__).parent / "example.yml").read_text(encoding="utf-8")
SECTIONS = re.split(r"\n(?=[a-z]+:)", EXAMPLE)
WHOLE = load(Path(__file__).parent / "example.yml", {})
OF_FILES = {"version", "directory", "rules", "places", "absent"}
"""What tells of files, and so differs when they do."""


def content(found: Rulebook) -> dict[str, str]:
    """Return what a rulebook says, wherever it stands; as text, since NaN is not equal to itself."""
    said = {one.name: repr(getattr(found, one.name)) for one in fields(found) if one.name not in OF_FILES}
    rules = {
        name: repr((rule.when, rule.each, rule.projection, rule.owner, rule.tier)) for name, rule in found.rules.items()
    }
    return said | rules


@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 3), min_size=len(SECTIONS), max_size=len(SECTIONS)))
def test_a_rulebook_in_many_files_says_what_it_says_in_one(tmp_path: Path, places: Sequence[int]) -> None:
    files: dict[int, str] = dict.fromkeys(range(4), "")
    for section, place in zip(SECTIONS, places, strict=True):
        files[place] += section + "\n"
    for number, text in files.items():
        (tmp_path / f"{number}.yml").write_text(text, encoding="utf-8")
    assert content(load(tmp_path, {})) == content(WHOLE)


def test_rules_of_several_files_come_in_the_files_order(tmp_path: Path) -> None:
    one = "rules: [{{name: {0}, watch: csat, when: {{below: 50%, over: 1h}}}}]\n"
    base = "version: 1\npeople: {ann: {console: x}}\nowners: {everyone: {on-duty: [ann]}}\n" + one.format("b")
    assert list(book(tmp_path, one.format("a"), base=base).rules) == ["pull", "b", "a"]


def test_a_rule_in_two_files_cites_both(tmp_path: Path) -> None:
    one = "rules: [{name: r, watch: csat, when: {below: 50%, over: 1h}}]\n"
    base = "version: 1\npeople: {ann: {console: x}}\nowners: {everyone: {on-duty: [ann]}}\n" + one
    said = refusal(tmp_path, "# here\n" + one, base=base)
    assert said.startswith("b.yml:2: rules[1].name: the rule 'r' is stated a second time, first at a.yml:4")


def test_two_files_may_each_state_a_part_of_defaults(tmp_path: Path) -> None:
    base = "version: 1\npeople: {ann: {console: x}}\nowners: {everyone: {on-duty: [ann]}}\ndefaults: {every: 2m}\n"
    found = book(
        tmp_path, "defaults: {for: 1m}\nrules: [{name: r, watch: csat, when: {below: 50%, over: 1h}}]\n", base=base
    )
    assert (found.rules["r"].every, found.rules["r"].hold) == (120, 60)
