"""What the bank finds: an alert's change of state, with the evidence that a person is shown."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from andon.model.signals import Labels, Tier


class Direction(StrEnum):
    """Which way a series left its usual range."""

    RISES = "rises"
    FALLS = "falls"
    NONE = ""


class AlertState(StrEnum):
    """The state of one rule on one segment."""

    OK = "ok"
    PENDING = "pending"
    FIRING = "firing"
    RECOVERING = "recovering"
    NO_DATA = "no_data"
    RETIRED = "retired"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A finer segment and how much of the change it carries (share 0..1)."""

    labels: Labels
    share: float


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A release, flag or campaign that happened shortly before."""

    name: str
    at: float
    labels: Labels = msgspec.field(default_factory=dict)
    text: str = ""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What a person is shown: what was seen, what was expected, how sure, since when, who carries it.

    `observed`, `expected`, `low`, `high` in the metric's `unit` ("share", "ms", "per hour", "" ...), `low`..`high` the
    95 % predictive interval for the window of `seconds`; NaN where there is none. `n`: how many stand behind it.
    `odds`: seconds between two such findings by chance alone (0: not known). `learning_left`: seconds (0: learnt).
    `promised`: false pages in 30 days that the rule has promised to stay below, over its `live` segments (0: none promised).
    """

    metric: str
    unit: str
    observed: float
    expected: float
    low: float
    high: float
    n: float
    seconds: float
    since: float
    odds: float = 0.0
    learning_left: float = 0.0
    promised: float = 0.0
    live: int = 0
    parts: list[Part] = msgspec.field(default_factory=list)
    changes: list[Change] = msgspec.field(default_factory=list)
    quotes: list[str] = msgspec.field(default_factory=list)
    text: str = ""
    detector: str = ""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """An alert's change of state, judged on the window that ended at `window` (event time) and known at `at`.

    `by`, `owner` and `text` are a pull's. `evidence` is present while something is wrong. `accepted`: it is OK since what it told of
    was accepted as the new normal, by whom and why say `by` ("andon": by itself) and `text`.
    """

    rule: str
    segment: Labels
    direction: Direction = Direction.NONE
    state: AlertState
    tier: Tier
    window: float
    at: float
    since: float
    score: float = 0.0
    evidence: Evidence | None = None
    by: str = ""
    owner: str = ""
    text: str = ""
    accepted: bool = False


class Light(msgspec.Struct, frozen=True, kw_only=True):
    """One rule's view of one segment, for the board; `learning_left` in seconds."""

    rule: str
    segment: Labels
    state: AlertState
    tier: Tier
    observed: float
    expected: float
    n: float
    at: float
    learning_left: float = 0.0
