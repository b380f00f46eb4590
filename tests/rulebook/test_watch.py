from __future__ import annotations

import os
from pathlib import Path

from andon.errors import RulebookError
from andon.rulebook.load import load
from andon.rulebook.watch import fingerprint, reload
from tests.rulebook.books import BASE


def test_a_fingerprint_changes_with_any_file(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(BASE)
    seen = [fingerprint(tmp_path)]
    (tmp_path / "a.yml").write_text(BASE + "#")
    seen.append(fingerprint(tmp_path))
    (tmp_path / "b.yml").write_text("#")
    seen.append(fingerprint(tmp_path))
    (tmp_path / "b.yml").rename(tmp_path / "c.yml")
    seen.append(fingerprint(tmp_path))
    os.utime(tmp_path / "c.yml", ns=(0, 1))
    seen.append(fingerprint(tmp_path))
    assert len(set(seen)) == 5
    assert fingerprint(tmp_path) == seen[-1]


def test_a_fingerprint_does_not_change_with_what_is_no_rule(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(BASE)
    before = fingerprint(tmp_path)
    (tmp_path / "README.md").write_text("words")
    assert fingerprint(tmp_path) == before


def test_a_directory_that_is_away_has_no_fingerprint(tmp_path: Path) -> None:
    assert fingerprint(tmp_path / "nowhere") == ""


def test_a_changed_directory_is_taken_up(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(BASE)
    current = load(tmp_path, {})
    (tmp_path / "b.yml").write_text("topics: {late: [late]}")
    found = reload(current, tmp_path, {})
    assert not isinstance(found, RulebookError)
    assert found.topics == {"late": ("late",)}


def test_an_unchanged_directory_leaves_the_rulebook_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(BASE)
    current = load(tmp_path, {})
    assert reload(current, tmp_path, {}) is current


def test_a_name_that_the_environment_has_now_is_taken_up(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(BASE + "topics: {}\nstops: {s: {post: env:URL}}\n")
    current = load(tmp_path, {})
    found = reload(current, tmp_path, {"URL": "https://r.example"})
    assert not isinstance(found, RulebookError)
    assert found.stops["s"].post == "https://r.example"


def test_a_broken_directory_says_why_the_old_rulebook_stays(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(BASE)
    current = load(tmp_path, {})
    (tmp_path / "a.yml").write_text(BASE + "rule: []\n")
    found = reload(current, tmp_path, {})
    assert isinstance(found, RulebookError)
    assert "a.yml:4: rule: is no known name; did you mean 'rules'?" in str(found)
