"""The rulebook's own checks; whoever takes `notices` from here has registered them."""

from __future__ import annotations

from andon.rulebook.check import notices
from andon.rulebook.checks import detectors, not_yet, people, promises, unused

__all__ = ["detectors", "not_yet", "notices", "people", "promises", "unused"]
