"""The rulebook's own checks; importing this package registers them."""

from __future__ import annotations

from andon.rulebook.checks import detectors, people, promises, unused

__all__ = ["detectors", "people", "promises", "unused"]
