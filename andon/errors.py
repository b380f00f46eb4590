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


MOST_TOLD = 100
"""Problems of a rulebook that are told at once."""
_LONGEST = 1000


class RulebookError(ConfigError):
    """A rulebook cannot be used; `problems` are what is wrong with it, in the order of files and lines.

    Where they are very many, the first hundred are told, and that there are more; a long one is cut.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        found = sorted(set(problems))
        told = [Problem(one.file, one.line, _cut(one.text)) for one in found[:MOST_TOLD]]
        if len(found) > MOST_TOLD:
            told.append(Problem(told[-1].file, told[-1].line, "more is wrong from here on; mend what is told first"))
        self.problems = tuple(told)
        super().__init__("\n".join(map(str, self.problems)))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


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
