from __future__ import annotations

from pathlib import Path

import pytest

from andon.config import Settings
from andon.runners.checkup.subject import Subject
from tests.runners.shop import rulebook
from tests.store.conftest import child, client

__all__ = ["child", "client", "subject"]


@pytest.fixture
def subject(tmp_path: Path) -> Subject:
    """A service that was never started, on a port that nobody listens on."""
    chosen = Settings(rules=rulebook(tmp_path / "rules"), data=tmp_path / "data")
    return Subject(chosen, "http://127.0.0.1:9")
