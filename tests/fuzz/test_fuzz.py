"""The targets in their short forms, what they have found, and what great bodies, books and floods cost."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz import cost, fed, names, target
from tests.fuzz.__main__ import OTHERS, fuzz, main
from tests.fuzz._flood import flood
from tests.fuzz._mutate import inputs
from tests.fuzz.cost import Cost

SHORT = {"answers": 6, "codecs": 40, "door": 150, "feed": 150, "matching": 4, "rules": 2}
"""Inputs beside the seeds that take a tenth of a second or so."""
LONG = 25
"""Times as many in the long form."""
FOUND = {
    "a customer's name behind a control character": (
        "door",
        b'\x02{"kind":"zebra","customer"\x10"zhang.wei@example.com"}',
    ),
    "a customer's name behind a semicolon": ("door", b'\x00{"kind":"zebra","customer";"zhang.wei@example.com"}'),
    "a lone surrogate in the segment of a pull": (
        "answers",
        b'POST /v1/pulls\n{"by":"tom","text":"x","segment":{"a":"\\ud800"}}',
    ),
    "a query that is no text": ("answers", b"GET /v1/incidents/vid/?\x9eang=zh\n"),
    "a query that is no text, from our own page": ("answers", b'POST /v1/pulls?\x9e\n{"by":"tom","text":"x"}'),
    "more lists in each other than any reader reads": ("answers", b"POST /v1/pulls\n" + b"[" * 100_000),
    "a glob that no automaton holds": (
        "rules",
        b"version: 1\npeople: {ann: {console: screen}}\nowners: {everyone: {on-duty: [ann], lead: ann}}\nrules: "
        b"[{name: a, watch: csat, where: {r: {like: '" + b"a*" * 40_000 + b"'}}, when: {above: 2%, over: 10m}}]",
    ),
    "a byte of the state that was turned": ("codecs", b"\x01\x85\xa6format\x01"),
}


def test_every_target_has_a_short_form() -> None:
    assert set(SHORT) == set(names())
    assert not set(OTHERS) & set(names())


@pytest.mark.parametrize("name", SHORT)
def test_what_must_hold_holds_of_inputs_that_are_nearly_right(name: str) -> None:
    one = target(name)
    for data in inputs(one, SHORT[name]):
        fed(one, data)


@pytest.mark.parametrize("case", FOUND)
def test_what_was_found_once_is_not_found_again(case: str) -> None:
    name, data = FOUND[case]
    fed(target(name), data)


def test_an_input_that_takes_too_long_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.SLOWEST", 0.0)
    with pytest.raises(AssertionError, match="s for"):
        fed(target("door"), b"\0" + b'{"kind":"pull"}\n' * 500)


def test_an_unknown_target_is_refused_with_the_choices(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nothing"]) == 2
    assert "door" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("spent", "holds"),
    [
        (Cost("x", 1, 0.9, 99, "taken"), True),
        (Cost("x", 1, 1.1, 99, "taken"), False),
        (Cost("x", 1, 0.9, 101, "taken"), False),
        (Cost("x", 1, 0.0, 0, "! KeyError"), False),
    ],
)
def test_a_case_holds_within_a_second_and_100_mb(spent: Cost, holds: bool) -> None:
    assert spent.holds is holds


@pytest.mark.long
@pytest.mark.parametrize("name", SHORT)
def test_what_must_hold_holds_of_very_many_of_them(name: str) -> None:
    one = target(name)
    for data in inputs(one, LONG * SHORT[name], seed=2):
        fed(one, data)


@pytest.mark.long
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris has no wheel for this machine")
@pytest.mark.parametrize("name", ["codecs", "door", "rules"])
def test_a_fuzzer_finds_nothing_in_a_few_seconds(name: str, tmp_path: Path) -> None:
    assert fuzz(name, 3, 1, tmp_path, subprocess.DEVNULL) == 0


@pytest.mark.long
def test_no_body_and_no_book_costs_more_than_one_may() -> None:
    run = subprocess.run([sys.executable, "-m", "tests.fuzz", "cost"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    assert run.stdout.count(" yes ") == len(cost.BODIES) + len(cost.BOOKS)


@pytest.mark.long
def test_very_many_segments_become_other_and_the_dimensions_are_named(tmp_path: Path) -> None:
    found = flood(tmp_path, "segments", 100_000)
    assert found.series < 20_010
    assert found.overflowed == ["product", "region"]
    assert found.flat < 3
