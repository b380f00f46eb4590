"""Whether a rulebook's directory has changed, told without reading it."""

from __future__ import annotations

from pathlib import Path

from andon.rulebook.load import paths


def fingerprint(directory: Path) -> str:
    """Return what changes whenever a rulebook's files do, cheaply: their names, sizes and times; "" if unreadable."""
    try:
        stats = [(path.name, path.stat()) for path in paths(directory)]
    except OSError:
        return ""
    return "\n".join(f"{name} {stat.st_size} {stat.st_mtime_ns} {stat.st_ino}" for name, stat in stats)
