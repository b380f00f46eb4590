"""Taking up a changed directory, or keeping the rulebook that runs and saying why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from andon.errors import RulebookError
from andon.rulebook.load import load, paths
from andon.rulebook.model import Rulebook


def fingerprint(directory: Path) -> str:
    """Return what changes whenever a rulebook's files do, cheaply: their names, sizes and times; "" if unreadable."""
    try:
        stats = [(path.name, path.stat()) for path in paths(directory)]
    except OSError:
        return ""
    return "\n".join(f"{name} {stat.st_size} {stat.st_mtime_ns} {stat.st_ino}" for name, stat in stats)


def reload(current: Rulebook, directory: Path, env: Mapping[str, str]) -> Rulebook | RulebookError:
    """Return the directory's rulebook, `current` itself if nothing changed, or why `current` has to stay."""
    try:
        found = load(directory, env)
    except RulebookError as wrong:
        return wrong
    return current if (found.version, found.absent.keys()) == (current.version, current.absent.keys()) else found
