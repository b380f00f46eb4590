"""The one order in which findings are told."""

from __future__ import annotations

from andon.model import Finding

Key = tuple[str, tuple[tuple[str, str], ...], float]


def sort_key(finding: Finding) -> Key:
    """Return what findings are sorted by: rule, labels, then time; equal ones keep the log's order."""
    return finding.rule, tuple(sorted(finding.segment.items())), finding.window
