from __future__ import annotations

import os
from pathlib import Path

from andon.rulebook.watch import fingerprint
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
