"""The rulebook's own checks; whoever takes `notices` from here has registered them."""

from __future__ import annotations

from andon.rulebook.check import notices
from andon.rulebook.checks import detectors, people, promises, unused

__all__ = ["detectors", "notices", "people", "promises", "unused"]
