"""What a signal costs from 10^4 to 10^7 of them, and beside series that stand idle."""

from __future__ import annotations

from tests.bench import Row
from tests.bench._house import pin
from tests.bench._linear import DECADES, IDLE, decades, idle


def bench() -> list[Row]:
    """Return every decade beside the one before, then the speed beside idle series."""
    pin()
    return [*decades(DECADES, rounds=1), *idle(IDLE)]
