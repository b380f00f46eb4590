"""What the rulebook promises of an incident: the ladder's steps and the answer times, by tier."""

from __future__ import annotations

import msgspec

from andon.model.signals import Tier


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a ladder: whom, after how long, unless what, by which channels (empty: all of a person's)."""

    notify: list[str]
    after: float = 0.0
    unless: str = ""
    by: list[str] = msgspec.field(default_factory=list)
    answers: str = "one"


class Pledge(msgspec.Struct, frozen=True, kw_only=True):
    """A promise as the rulebook states it, for one tier; NaN where there is none."""

    respond: float
    resolve: float
    clock: str = "always"


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """Ladders and promises by tier; an incident keeps the one it was called under."""

    name: str
    rounds: int = 3
    repeat: dict[Tier, float] = msgspec.field(default_factory=dict)
    ladders: dict[Tier, list[Step]] = msgspec.field(default_factory=dict)
    pledges: dict[Tier, Pledge] = msgspec.field(default_factory=dict)
    ack_expires: dict[Tier, float] = msgspec.field(default_factory=dict)
    group_wait: float = 30.0
    clear_after: float = 600.0
