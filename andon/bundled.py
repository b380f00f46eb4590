"""Where the data files shipped with andon are: beside it when installed, else in the checkout."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).resolve().parent


def bundled(name: str) -> Path:
    """Return the folder `rules` or `grafana`; FileNotFoundError when it is nowhere."""
    for folder in (HERE / name, HERE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"andon was installed without its {name}/ folder")
