from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from andon.cli.check import check
from andon.cli.schema import schema
from tests.rulebook.books import BASE, SHIPPED

WIDE = {"COLUMNS": "300"}


def test_check_of_a_good_rulebook_says_so_and_succeeds() -> None:
    said = CliRunner().invoke(check, [str(SHIPPED)], env=WIDE)
    assert said.exit_code == 0
    assert "0 error, 0 warning" in said.output
    assert "all rules together promise" in said.output


def test_check_of_a_broken_rulebook_shows_every_problem_and_fails(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(BASE + "rule: []\n")
    said = CliRunner().invoke(check, [str(tmp_path)], env=WIDE)
    assert said.exit_code == 1
    assert "a.yml:4" in said.output
    assert "did you mean 'rules'?" in said.output


def test_warnings_do_not_fail(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(BASE + "stops: {s: {post: env:NOT_SET_ANYWHERE}}\n")
    said = CliRunner().invoke(check, [str(tmp_path)], env=WIDE)
    assert (said.exit_code, "0 error, 1 warning" in said.output) == (0, True)


def test_machines_get_one_json_array(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(BASE + "rule: []\n")
    said = CliRunner().invoke(check, [str(tmp_path), "--json"])
    [found] = json.loads(said.output)
    assert (found["level"], found["code"], found["file"], found["line"]) == ("error", "rulebook", "a.yml", 4)


def test_what_an_author_wrote_is_not_read_as_markup(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(BASE + "'[red]rules': []\n")
    said = CliRunner().invoke(check, [str(tmp_path)], env=WIDE)
    assert "[red]rules" in said.output


@pytest.mark.parametrize("word", ["rules", "owners", "promises", "policies"])
def test_schema_prints_the_grammar(word: str) -> None:
    said = CliRunner().invoke(schema, [])
    assert said.exit_code == 0
    assert word in json.loads(said.output)["properties"]
