"""Small rulebooks that tests write down, and what stands in them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from andon.errors import RulebookError
from andon.rulebook.load import load
from andon.rulebook.model import Rule, Rulebook, Test, When

SHIPPED = Path(__file__).parents[2] / "rules"
BASE = """\
version: 1
people: {ann: {console: screen}}
owners: {everyone: {on-duty: [ann], lead: ann}}
"""


def book(folder: Path, text: str = "", env: Mapping[str, str] | None = None, *, base: str = BASE) -> Rulebook:
    """Load the base and more; each call is a directory of its own."""
    home = folder / str(len(list(folder.iterdir())))
    home.mkdir()
    (home / "a.yml").write_text(base, encoding="utf-8")
    (home / "b.yml").write_text(text, encoding="utf-8")
    return load(home, env or {})


def rule(folder: Path, text: str, more: str = "") -> Rule:
    """Load one rule, whose text is a flow mapping without its name; return it."""
    return book(folder, f"{more}\nrules: [{{name: r, {text}}}]\n").rules["r"]


def when(folder: Path, text: str, watch: str = "csat") -> When:
    """Load one condition."""
    found = rule(folder, f"watch: {watch}, when: {text}").when
    assert found is not None
    return found


def only(folder: Path, text: str, watch: str = "csat") -> Test:
    """Load a condition that is one test."""
    [found] = when(folder, text, watch).tests
    return found


def refusal(folder: Path, text: str, *, base: str = BASE) -> str:
    """Return what is said of a rulebook that must not load."""
    with pytest.raises(RulebookError) as caught:
        book(folder, text, base=base)
    return str(caught.value)
