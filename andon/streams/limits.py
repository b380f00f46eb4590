"""The bounds that keep memory bounded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How much streams remember; durations in seconds.

    `series` a projection; `ids` remembered for `repeat` after they were seen; a signal `lateness` behind the clock is late,
    `too_late` behind it reaches no detector, `retention` behind it is not counted; series idle for `idle` are forgotten.
    `sample`: newest signals kept a kind, for evidence; `quotes` a series, each `quote` characters at most; `changes` in all.
    """

    series: int = 10_000
    ids: int = 1_000_000
    repeat: float = 600.0
    lateness: float = 30.0
    too_late: float = 3600.0
    retention: float = 90 * 86400.0
    idle: float = 14 * 86400.0
    sample: int = 32_768
    quotes: int = 5
    quote: int = 500
    changes: int = 256
