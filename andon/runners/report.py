"""What a replay has to say in the end."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec
import numpy as np

from andon.ingest.door import Taken
from andon.model import AlertState, Direction, Evidence, Finding, Incident, Labels, Row, Tier

MOST_REASONS = 200
"""Different reasons kept; what is refused for yet another one is counted under OTHERS."""
OTHERS = "other reasons"
_BAD = frozenset({AlertState.FIRING, AlertState.NO_DATA})
_OVER = frozenset({AlertState.OK, AlertState.RETIRED})


class Fired(msgspec.Struct, frozen=True, kw_only=True):
    """One time that a rule fired on a segment: when it was known, when it was good again (None: not yet), how loud at most.

    `learning`: the detector was still learning, so that it only showed.
    """

    rule: str
    segment: Labels
    direction: Direction
    tier: Tier
    at: float
    since: float
    good: float | None = None
    learning: bool = False
    evidence: Evidence | None = None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a replay decided; the same for the same signals, acts and rules at any batch size. Times are epoch seconds.

    `first` and `last`: the earliest time among the signals, and where their clock stood in the end (NaN of none).
    """

    rulebook: str
    first: float
    last: float
    taken: int
    repeated: int
    late: int
    refused: int
    reasons: dict[str, int]
    pages: int
    acts_refused: list[str]
    alerts: list[Fired]
    incidents: list[Incident]
    rows: list[Row]

    def promises(self) -> dict[str, int]:
        """Return how many promises were kept, broken, and still run."""
        states = [one.state for incident in self.incidents for one in incident.promises]
        return {state: states.count(state) for state in ("kept", "broken", "at-risk", "running")}


@dataclass
class Tally:
    """Counts what came in."""

    first: float = math.nan
    refused: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    acts_refused: list[str] = field(default_factory=list)

    def count(self, taken: Taken) -> None:
        """Count what a body held, its items in order."""
        if len(taken.batch):
            self.first = float(np.fmin(self.first, taken.batch.time.min()))
        for letter in taken.letters:
            self.refuse(letter.reason)

    def refuse(self, reason: str) -> None:
        """Count one item that was refused."""
        known = reason in self.reasons or len(self.reasons) < MOST_REASONS
        self.refused += 1
        self.reasons[reason if known else OTHERS] = self.reasons.get(reason if known else OTHERS, 0) + 1


@dataclass
class Alerts:
    """Each time that an alert fired, in the order in which it was known; single signals are one each."""

    fired: list[Fired] = field(default_factory=list)
    _open: dict[tuple[str, str, tuple[tuple[str, str], ...]], int] = field(default_factory=dict)

    def hear(self, findings: Iterable[Finding]) -> None:
        """Write down what was found; a finding is not kept beyond."""
        for one in findings:
            key = (one.rule, one.direction, tuple(sorted(one.segment.items())))
            place = self._open.get(key)
            if one.state in _BAD and place is None:
                if not _single(one):
                    self._open[key] = len(self.fired)
                self.fired.append(_begun(one))
            elif one.state in _BAD and place is not None:
                louder = max(self.fired[place].tier, one.tier, key=lambda tier: tier.rank)
                self.fired[place] = msgspec.structs.replace(self.fired[place], tier=louder)
            elif one.state in _OVER and place is not None:
                self.fired[self._open.pop(key)] = msgspec.structs.replace(self.fired[place], good=one.at)


def _single(one: Finding) -> bool:
    """Tell whether a finding is of single signals, which nothing but a person's word ends."""
    return one.state is AlertState.FIRING and (one.evidence is None or one.evidence.detector == "each")


def _begun(one: Finding) -> Fired:
    return Fired(
        rule=one.rule,
        segment=one.segment,
        direction=one.direction,
        tier=one.tier,
        at=one.at,
        since=one.since,
        learning=one.evidence is not None and one.evidence.learning_left > 0,
        evidence=one.evidence,
    )
