"""Where recorded data lies beside the checkout: it is read from there, and no line of it is copied here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("ANDON_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data")
WHY = "the shared data is absent: no ../shared/data beside the checkout, nor where ANDON_SHARED_DATA says"
present = pytest.mark.skipif(not ROOT.is_dir(), reason=WHY)

BOOK = """\
version: 1
people:
  ana: {name: Ana, zone: UTC, lang: en, console: screen}
owners:
  services: {on-duty: [ana], lead: ana, room: {console: services}}
  everyone: {on-duty: [ana], lead: ana, room: {console: everyone}}
promises:
  yellow: {respond: 4h, resolve: 7d, clock: always}
  red:    {respond: 1h, resolve: 3d, clock: always}
policies:
  default:
    rounds: 1
    yellow: [{notify: on-duty, by: [console]}]
    red:    [{notify: on-duty, by: [console]}]
"""


def rulebook(folder: Path, rest: str) -> Path:
    """Write a rulebook of these people and these rules; return its directory."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "people.yml").write_text(BOOK)
    (folder / "rules.yml").write_text(rest)
    return folder
