"""Golden files: what people read, as files that a person reads in review; ANDON_GOLDEN=write writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

HERE = Path(__file__).parent


def same(name: str, text: str) -> None:
    """Assert that `text` is what the golden file says."""
    path = HERE / name
    if os.environ.get("ANDON_GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"{name} reads otherwise; see what changed with ANDON_GOLDEN=write"
