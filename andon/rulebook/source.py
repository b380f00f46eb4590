"""A rulebook's bytes as plain data that remembers its lines.

Stricter than YAML on purpose (https://yaml.org/spec/1.2.2/): one document, no aliases, anchors or tags, every name once,
and only what YAML 1.2's core schema calls a number, true, false or null is one; the rest is text (22:30, on, 2026-01-05).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from andon.errors import MOST_TOLD, Problem, RulebookError
from andon.rulebook.units import said

Data: TypeAlias = "dict[str, Data] | list[Data] | str | int | float | bool | None"
Path: TypeAlias = tuple[str | int, ...]

FILE_MOST = 100_000
"""Bytes a file may have, some thousand rules: the reader takes most of a second for them."""
DEPTH_MOST = 20
"""How deep lists and mappings may stand in each other."""

_INT = re.compile(r"[-+]?[0-9]{1,15}", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)", re.ASCII)
_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


_ESCAPING = (
    YAMLError,
    ValueError,
    IndexError,
    AttributeError,
    AssertionError,
    NotImplementedError,
    OverflowError,
    TypeError,
)
"""What the parser raises, bare Python errors among it: some malformed escapes and directives are not caught there."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One file: `data` as read, `lines` the line (from 1) on which each path begins, `hash` the sha256 of its bytes."""

    file: str
    hash: str
    data: Data
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """Return the line of a path, or of the nearest thing around it that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_source(file: str, content: bytes) -> Source:
    """Read one file; RulebookError names every line that is not allowed in a rulebook."""
    reader = _Reader(file)
    data = reader.told(_decoded(file, content))
    if reader.problems:
        raise RulebookError(reader.problems)
    return Source(file, hashlib.sha256(content).hexdigest(), data, reader.lines)


def _decoded(file: str, content: bytes) -> str:
    if len(content) > FILE_MOST:
        text = f"has {len(content):,} bytes; allowed: {FILE_MOST:,}. Split it into several files"
        raise RulebookError([Problem(file, 0, text)])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        raise RulebookError([Problem(file, line, "is not UTF-8; save the file in that encoding")]) from None


_Written: TypeAlias = ScalarEvent | SequenceStartEvent | MappingStartEvent


class _Reader:
    """Builds data from a parser's events; keeps what is wrong on the way."""

    def __init__(self, file: str) -> None:
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self._file = file

    def told(self, text: str) -> Data:
        """Return a text's data; what is no YAML is one more problem."""
        try:
            return self.read(YAML(typ="safe", pure=True).parse(text))
        except MarkedYAMLError as wrong:
            mark = wrong.problem_mark or wrong.context_mark
            why = " ".join(filter(None, (wrong.context, wrong.problem))) or "cannot be read"
            self.problems.append(Problem(self._file, mark.line + 1 if mark else 0, f"is not YAML: {why}"))
        except _ESCAPING as wrong:
            why = str(wrong).split("\n", 1)[0] or type(wrong).__name__
            self.problems.append(Problem(self._file, 0, f"is not YAML: {why}"))
        return None

    def read(self, events: Iterator[Event]) -> Data:
        """Return the one document's data, None if there is none."""
        data: Data = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse(event, "a second document begins here; a file holds one: leave out the ---")
                    break
                if event.version not in {None, (1, 2)} or event.tags:
                    self._refuse(event, "directives (%YAML, %TAG) are not allowed: leave them out")
            elif isinstance(event, _Written | AliasEvent):
                data = self._value(event, events, ())
        return data

    def _value(self, event: Event, events: Iterator[Event], path: Path) -> Data:
        self.lines.setdefault(path, event.start_mark.line + 1)
        if isinstance(event, AliasEvent):
            self._refuse(event, f"*{event.anchor} is an alias; write it out: rulebooks have no anchors and aliases")
            return None
        if not isinstance(event, _Written):
            raise TypeError(f"found {type(event).__name__} where a value was expected")
        self._plain(event)
        if len(path) > DEPTH_MOST:
            self._refuse(event, f"stands more than {DEPTH_MOST} levels deep")
            raise RulebookError(self.problems)
        if isinstance(event, MappingStartEvent):
            return self._mapping(events, path)
        if isinstance(event, SequenceStartEvent):
            return self._list(events, path)
        return _scalar(str(event.value), plain=event.style is None)

    def _plain(self, event: _Written) -> None:
        if event.anchor is not None:
            self._refuse(event, f"&{event.anchor} is an anchor; rulebooks have no anchors and aliases: leave it out")
        if event.tag is not None:
            self._refuse(event, f"{event.tag} is a tag; rulebooks have no tags: leave it out")

    def _mapping(self, events: Iterator[Event], path: Path) -> Data:
        found: dict[str, Data] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._key(event, events, path)
            line = event.start_mark.line + 1
            if key in found:
                self._refuse(event, f"{said(key)} stands here twice, first on line {self.lines[*path, key]}; keep one")
            self.lines.setdefault((*path, key), line)
            found[key] = self._value(next(events), events, (*path, key))
        return found

    def _key(self, event: Event, events: Iterator[Event], path: Path) -> str:
        if isinstance(event, ScalarEvent):
            self._plain(event)
            return str(event.value)
        self._refuse(event, "a name was expected here, found a list or a mapping")
        self._value(event, events, (*path, "?"))
        return "?"

    def _list(self, events: Iterator[Event], path: Path) -> Data:
        found: list[Data] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            found.append(self._value(event, events, (*path, len(found))))
        return found

    def _refuse(self, event: Event, text: str) -> None:
        self.problems.append(Problem(self._file, event.start_mark.line + 1, text))
        if len(self.problems) > MOST_TOLD:
            raise RulebookError(self.problems)


def _scalar(text: str, *, plain: bool) -> Data:
    if not plain:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
