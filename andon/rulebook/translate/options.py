"""What a detector named by `using` is told: durations and shares become numbers, as elsewhere in a rulebook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from andon.rulebook.units import amount, duration

_LINES = ("above", "below", "clear")
"""Words for a line in the metric's unit: 2s is 2,000 ms there, and 2 seconds elsewhere."""


def plain(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options with `15m` as 900 seconds, `2%` as 0.02, `800ms` as 800, at any depth; other words stay as they are."""
    return {name: _plain(name, value) for name, value in options.items()}


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return plain(value)
    if not isinstance(value, str):
        return value
    readers = (_amount,) if name in _LINES else (duration, _amount)
    for read in readers:
        try:
            return read(value)
        except ValueError:
            continue
    return value


def _amount(value: str) -> float:
    return amount(value).value
