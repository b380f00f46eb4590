from __future__ import annotations

from pathlib import Path

import pytest

from andon.rulebook.load import load
from andon.rulebook.model import Rulebook
from tests.runners.history import BOOK


@pytest.fixture(scope="session")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rules")
    (folder / "book.yml").write_text(BOOK)
    return folder


@pytest.fixture(scope="session")
def book(rules: Path) -> Rulebook:
    return load(rules, {})
