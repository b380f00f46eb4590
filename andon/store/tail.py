"""The end of the store's append-only file after a power cut: what was only half written goes, damage elsewhere is told.

A write that was interrupted was never acknowledged, so cutting it off loses nothing. It is one only where the file ends inside a
command, or in zeros that a file system had not filled yet. Anything else is damage, also in the last command: nothing is cut.
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
_COMMAND = re.compile(rb"\r\n(?=\*[1-9]\d{0,6}\r\n\$\d+\r\n[A-Za-z])")
_BEGUN = re.compile(rb"(?:[*$]\d*\r?)?")
_LINE = 24
_BLOCK = 65_536
_LISTED = re.compile(r"file (\S+) seq (\d+) type i\b")


class _Torn(Exception):
    """The file ends inside a command."""


class _Spoilt(Exception):
    """A command is not what it should be, and the file goes on behind that."""


@dataclass(frozen=True, slots=True)
class Break:
    """Where a file breaks: what is before `kept` is whole, the command at `at` is not; `inside`: it does not end there."""

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
        text = _Text(data)
        kept = at = 0
        together = False
        while at < text.size:
            try:
                end, name = text.command(at)
            except (_Torn, _Spoilt) as found:
                return Break(kept, at, isinstance(found, _Spoilt) or text.goes_on(at))
            together = name == b"MULTI" or (together and name != b"EXEC")
            at = end
            kept = kept if together else at
        return Break(kept, at, inside=False) if together or at < len(data) else None


class _Text:
    """A file's commands: `size` is its length without the zeros at its end, with which no whole one ends."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data, self.size = data, len(data)
        while self.size and data[self.size - 1] == 0:
            begin = max(0, self.size - _BLOCK)
            self.size = begin + len(data[begin : self.size].rstrip(b"\0"))

    def command(self, at: int) -> tuple[int, bytes]:
        """Return where the command at a place ends, and its name. _Torn, _Spoilt: it is not whole."""
        words, place = self._number(at, b"*")
        if not words:
            raise _Spoilt
        name = b""
        for word in range(words):
            size, begin = self._number(place, b"$")
            place = begin + size + 2
            if place > self.size:
                raise self._beyond(begin, size, last=word == words - 1)
            if self._data[place - 2 : place] != b"\r\n":
                raise _Spoilt
            name = name if word else self._data[begin : begin + size].upper()
        return place, name

    def goes_on(self, at: int) -> bool:
        """Tell whether a command runs past the file's end for a wrong length: whole ones follow in it, up to the very end.

        Nothing less will do: what a customer wrote may look like a command.
        """
        seen: set[int] = set()
        return any(self._whole(found.end(), seen) for found in _COMMAND.finditer(self._data, at, self.size))

    def _whole(self, at: int, seen: set[int]) -> bool:
        while at < self.size and at not in seen:
            seen.add(at)
            try:
                at, _ = self.command(at)
            except (_Torn, _Spoilt):
                return False
        return at == self.size

    def _beyond(self, begin: int, size: int, *, last: bool) -> _Torn | _Spoilt:
        """Return what a word is that runs past the end: spoilt if it is all there but for one wrong digit of its length."""
        there = self.size - 2 - begin
        ends = last and 0 <= there < size - 2 and self._data[there + begin : self.size] == b"\r\n"
        told, true = str(size), str(there)
        near = len(told) == len(true) and sum(a != b for a, b in zip(told, true, strict=True)) == 1
        return _Spoilt() if ends and near else _Torn()

    def _number(self, at: int, mark: bytes) -> tuple[int, int]:
        """Return the number behind a mark, and where its line ends."""
        line = self._data[at : min(at + _LINE, self.size)]
        number, found, _ = line.partition(b"\r\n")
        if not found and len(line) < _LINE and _BEGUN.fullmatch(line) and line[:1] in {b"", mark}:
            raise _Torn
        if not found or number[:1] != mark or not number[1:].isdigit():
            raise _Spoilt
        return int(number[1:]), at + len(number) + 2


def _newest(data: Path) -> Path | None:
    """Return the file that is being added to, by the manifest."""
    try:
        listed = _LISTED.findall((data / FOLDER / MANIFEST).read_text())
    except OSError:
        return None
    newest = max(listed, key=lambda one: int(one[1]), default=None)
    path = data / FOLDER / newest[0] if newest else None
    return path if path and path.is_file() else None
