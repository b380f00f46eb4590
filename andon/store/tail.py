"""The end of the store's append-only file after a power cut: what was only half written goes, damage elsewhere is told.

A write that was interrupted was never acknowledged, so cutting it off loses nothing. A break with whole commands behind it is
no interrupted write but damage: the server would silently drop all that follows it, so nothing is cut then.
Format: Valkey's multi-part AOF, https://valkey.io/topics/persistence, and its commands as RESP arrays.
"""

from __future__ import annotations

import mmap
import os
import re
from dataclasses import dataclass
from pathlib import Path

from andon.errors import ConfigError

FOLDER = "appendonlydir"
MANIFEST = "appendonly.aof.manifest"
_COMMAND = re.compile(rb"\r\n\*[1-9]\d{0,6}\r\n\$\d+\r\n[A-Za-z]")
_LISTED = re.compile(r"file (\S+) seq (\d+) type i\b")


@dataclass(frozen=True, slots=True)
class Break:
    """Where a file breaks: what is before `kept` is whole, the command at `at` is not; `inside`: whole ones follow it."""

    kept: int
    at: int
    inside: bool


def cut_tail(data: Path) -> int:
    """Cut a write that was interrupted off the end of the file; return how many bytes went. ConfigError for other damage."""
    path = _newest(data)
    size = path.stat().st_size if path else 0
    found = examine(path) if path and size else None
    if path is None or found is None:
        raise damaged(data, "its files cannot be read")
    if found.inside:
        raise damaged(data, f"{path.name} is broken at byte {found.at:,} of {size:,}, and more was written behind it")
    with path.open("r+b") as file:
        file.truncate(found.kept)
        os.fsync(file.fileno())
    return size - found.kept


def damaged(data: Path, what: str) -> ConfigError:
    """Return the error for a store whose files cannot be read, which says what to do."""
    return ConfigError(
        f"the store in {data} is damaged: {what}. Nothing has been changed. Keep a copy of that directory; then put a backup "
        f"back (into another directory, with --data), or cut the file at the damage, which loses all that was written after "
        f"it: valkey-check-aof --fix {data / FOLDER / MANIFEST} (Debian: apt install valkey-tools or redis-tools)."
    )


def examine(path: Path) -> Break | None:
    """Return where the first command of a file that is not whole begins; None when all are."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        kept = at = 0
        together = False
        while at < len(data):
            end, name = _command(data, at)
            if end < 0:
                return Break(kept, at, _COMMAND.search(data, at) is not None)
            together = name == b"MULTI" or (together and name != b"EXEC")
            at = end
            kept = kept if together else at
        return Break(kept, kept, inside=False) if together else None


def _command(data: mmap.mmap, at: int) -> tuple[int, bytes]:
    """Return where the command at a place ends, and its name; -1 when it is not whole."""
    words, place = _number(data, at, b"*")
    name = b""
    for word in range(words):
        size, begin = _number(data, place, b"$")
        if size < 0 or data[begin + size : begin + size + 2] != b"\r\n":
            return -1, b""
        if not word:
            name = data[begin : begin + size].upper()
        place = begin + size + 2
    return (place, name) if words > 0 else (-1, b"")


def _number(data: mmap.mmap, at: int, mark: bytes) -> tuple[int, int]:
    """Return the number behind a mark, and where its line ends; -1 when there is none."""
    end = data.find(b"\r\n", at, at + 24)
    text = data[at + 1 : end] if end > at and data[at : at + 1] == mark else b""
    return (int(text), end + 2) if text.isdigit() else (-1, at)


def _newest(data: Path) -> Path | None:
    """Return the file that is being added to, by the manifest."""
    try:
        listed = _LISTED.findall((data / FOLDER / MANIFEST).read_text())
    except OSError:
        return None
    newest = max(listed, key=lambda one: int(one[1]), default=None)
    path = data / FOLDER / newest[0] if newest else None
    return path if path and path.is_file() else None
