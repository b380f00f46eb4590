"""Every error andon raises on purpose, drawn as a tree.

AndonError
├── ConfigError          the operator's settings cannot be used
│   ├── RulebookError    a rulebook has errors; carries them all
│   └── NotSetUp         a plugin lacks a setting it needs
├── Refused              somebody asked for what is not allowed; carries the reason
├── Conflict             somebody else wrote first; load again and retry
└── Unavailable          the log or the store does not answer now; retry later
"""

from __future__ import annotations


class AndonError(Exception):
    """What andon could not do, why, and what to do about it."""


class ConfigError(AndonError):
    """A setting cannot be used: what was found, where, what is allowed."""


class NotSetUp(ConfigError):
    """A plugin lacks a setting it needs; the message names it."""


class Refused(AndonError):
    """The request is understood and not allowed; asking again changes nothing."""


class Conflict(AndonError):
    """The record changed since it was read; read it again and decide anew."""


class Unavailable(AndonError):
    """A server andon needs does not answer or has no room; transient."""
