from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from andon.rulebook.check import CHECKS, Level, Notice, World, check
from andon.rulebook.checks import notices
from andon.rulebook.model import Place, Rulebook
from tests.rulebook.books import book

NOWHERE = World({}, ())


def test_another_room_adds_its_own_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("andon.rulebook.check.CHECKS", {})

    @check("too-few-people")
    def too_few(found: Rulebook, world: World) -> Iterable[Notice]:
        del world
        yield Notice(Level.WARNING, "too-few-people", Place(), f"{len(found.people)} of them")

    assert notices(book(tmp_path), NOWHERE) == [Notice(Level.WARNING, "too-few-people", Place(), "1 of them")]


def test_a_code_is_one_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("andon.rulebook.check.CHECKS", {"mine": lambda _book, _world: ()})
    with pytest.raises(ValueError, match="registered already"):
        check("mine")(lambda _book, _world: ())


def test_notices_come_gravest_first_then_by_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = [
        Notice(Level.INFO, "c", Place("a.yml", 1), "x"),
        Notice(Level.ERROR, "c", Place("b.yml", 2), "x"),
        Notice(Level.ERROR, "c", Place("b.yml", 10), "x"),
        Notice(Level.WARNING, "c", Place("a.yml", 1), "x"),
    ]
    monkeypatch.setattr("andon.rulebook.check.CHECKS", {"c": lambda _book, _world: [*given, *given]})
    found = notices(book(tmp_path), NOWHERE)
    assert [(one.level, one.place.line) for one in found] == [("error", 2), ("error", 10), ("warning", 1), ("info", 1)]


def test_every_notice_has_its_checks_code(tmp_path: Path) -> None:
    text = "people: {bob: {}}\nschedules: {s: {zone: UTC}}\nowners: {app: {on-duty: s}}\n"
    text += "rules: [{name: r, watch: csat, when: {rises: true, using: nothing}}]\n"
    found = book(tmp_path, text)
    for code, run in CHECKS.items():
        assert {one.code for one in run(found, NOWHERE)} <= {code}
