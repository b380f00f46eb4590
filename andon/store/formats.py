"""The number of every layout that outlives a process, and who may read it: the same and later versions, never an earlier one.

Each number stands beside its layout. The store keeps the highest that has written to it; a service looks before it reads or
writes anything, so that an older one forgets and spoils nothing of what a newer one kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version

from andon import engine
from andon.bank import snapshot as bank
from andon.errors import ConfigError
from andon.incidents import keys
from andon.ingest import batch
from andon.store import base
from andon.streams import snapshot as streams

FORMATS: Mapping[str, int] = {
    "store": base.FORMAT,  # the names of its keys, incidents, ledgers, deliveries, letters
    "grouping": int(keys.FORMAT),  # which finding belongs to which incident
    "batch": batch.FORMAT,  # the log's entries
    "engine": engine.FORMAT,
    "streams": streams.FORMAT,
    "bank": bank.FORMAT,
}


def written() -> dict[str, str]:
    """Return what this version writes down of itself: its formats' numbers, and its own."""
    return {name: str(number) for name, number in FORMATS.items()} | {"version": version("andon")}


def readable(found: Mapping[str, str], where: str) -> None:
    """Return if this version reads all that `where` holds; ConfigError names the version that wrote what it does not."""
    newer = [
        f"{name} {number} (this version reads up to {FORMATS.get(name, 'none')})"
        for name, number in sorted(found.items())
        if name != "version" and int(number) > FORMATS.get(name, 0)
    ]
    if newer:
        raise ConfigError(
            f"{where} was written by andon {found.get('version', 'of a later version')}, in newer formats: {', '.join(newer)}. "
            f"This is {version('andon')}. Nothing was changed: start that version, or a later one."
        )
