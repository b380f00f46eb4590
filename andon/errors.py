"""Every error andon raises on purpose, drawn as a tree.

AndonError
├── ConfigError          the operator's settings cannot be used
│   ├── RulebookError    a rulebook has errors; carries them all
│   └── NotSetUp         a plugin lacks a setting it needs
├── Refused              somebody asked for what is not allowed; carries the reason
│   └── TooLarge         more was sent at once than is taken
├── Conflict             somebody else wrote first; load again and retry
└── Unavailable          the log or the store does not answer now; retry later
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class AndonError(Exception):
    """What andon could not do, why, and what to do about it."""


class ConfigError(AndonError):
    """A setting cannot be used: what was found, where, what is allowed."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with a rulebook: file relative to its directory, line from 1 (0: the file as a whole), what."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        """Return `file:line: text`."""
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


class RulebookError(ConfigError):
    """A rulebook cannot be used; `problems` are all that is wrong with it, in the order of files and lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


class NotSetUp(ConfigError):
    """A plugin lacks a setting it needs; the message names it."""


class Refused(AndonError):
    """The request is understood and not allowed; asking again changes nothing."""


class TooLarge(Refused):
    """More was sent at once than is taken: what the limit is, and to send it in smaller pieces."""


class Conflict(AndonError):
    """The record changed since it was read; read it again and decide anew."""


class Unavailable(AndonError):
    """A server andon needs does not answer or has no room; transient."""
