"""From moves to findings: told once, only for the few alerts whose state or tier changed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import msgspec
import numpy as np

from andon.bank.condition import Condition, Ways
from andon.bank.evidence import Case, gather
from andon.bank.phases import Move
from andon.bank.probe import Probe
from andon.bank.signs import since
from andon.bank.view import View
from andon.detector import State
from andon.model import AlertState, Bools, Direction, Finding, Floats, Ints, Labels, Tier
from andon.rulebook.model import Rule

DIRECTIONS = (Direction.NONE, Direction.RISES, Direction.FALLS)
TIERS = tuple(Tier)
_TOLD = {
    Move.NONE: AlertState.FIRING,  # only its tier rose
    Move.FIRED: AlertState.FIRING,
    Move.AGAIN: AlertState.FIRING,
    Move.FLAPS: AlertState.FIRING,
    Move.RECOVERS: AlertState.RECOVERING,
    Move.CLEARED: AlertState.OK,
    Move.SILENT: AlertState.NO_DATA,
}


class Gone(msgspec.Struct, frozen=True):
    """An alert that had been called and whose series or rule is no more."""

    rule: str
    segment: Labels
    direction: Direction
    tier: Tier
    since: float


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One look of one rule after its alerts have moved; all arrays (m,).

    `begun`: where a new alert fired; `rises`: by which way of worsening an alert's tier rose, -1 for none.
    """

    view: View
    rule: Rule
    rows: Ints
    alerts: State
    moves: Ints
    begun: Bools
    rises: Ints
    condition: Condition
    worse: Ways


def tell(look: Look, left: Floats, called: dict[int, Labels]) -> list[Finding]:
    """Return a finding for each alert that changed; what is noted of new ones goes to `look.alerts` and `called`.

    `left` (m,): seconds that the series still have to learn.
    """
    changed = np.flatnonzero((look.moves != Move.NONE) | (look.rises >= 0))
    return [_one(look, place, float(left[place]), called) for place in changed.tolist()]


def gone(rule: str, labels: Labels, alerts: State, row: int) -> Gone:
    """Return what must be known of a called alert, at `row` of `alerts`, when its series goes."""
    direction, tier = DIRECTIONS[int(alerts["direction"][row])], TIERS[int(alerts["tier"][row])]
    return Gone(rule, labels, direction, tier, float(alerts["since"][row]))


def retired(alert: Gone, end: float, now: float) -> Finding:
    """Return the finding that an alert's series or rule is no more."""
    return Finding(
        rule=alert.rule,
        segment=alert.segment,
        direction=alert.direction,
        state=AlertState.RETIRED,
        tier=alert.tier,
        window=end,
        at=now,
        since=alert.since,
    )


def accepted(alert: Gone, end: float, now: float, by: str, text: str) -> Finding:
    """Return the finding that what an alert told of is usual from now on.

    Its window lies between the look that ended at `end` and the next, so that it is news to whoever was told of that look.
    """
    return Finding(
        rule=alert.rule,
        segment=alert.segment,
        direction=alert.direction,
        state=AlertState.OK,
        tier=alert.tier,
        window=math.nextafter(end, math.inf),
        at=now,
        since=alert.since,
        by=by,
        text=text,
        accepted=True,
    )


def _one(look: Look, place: int, left: float, called: dict[int, Labels]) -> Finding:
    alerts, row = look.alerts, int(look.rows[place])
    labels = called.setdefault(row, look.view.streams.labels(look.rule.projection, row))
    move = Move(int(look.moves[place]))
    state = _TOLD[move]
    probe, score, began = _lead(look, place)
    evidence = None
    if state is AlertState.FIRING:
        case = Case(row, labels, began, score, left, _words(look, move, left))
        evidence, observed = gather(look.view, probe, case)
        if look.begun[place]:
            alerts["was"][place], alerts["span"][place] = observed, evidence.seconds
    return Finding(
        rule=look.rule.id,
        segment=labels,
        direction=DIRECTIONS[int(alerts["direction"][place])],
        state=state,
        tier=TIERS[int(alerts["tier"][place])],
        window=look.view.end,
        at=look.view.now,
        since=float(alerts["since"][place]),
        score=score if math.isfinite(score) else 0.0,
        evidence=evidence,
    )


def _lead(look: Look, place: int) -> tuple[Probe, float, float]:
    """Return the test that tells most of an alert, its score and its change point.

    It is the test by which the alert has just worsened, else the one which fired it.
    """
    way = int(look.rises[place])
    if way >= 0 and look.moves[place] == Move.NONE:
        condition, answer = look.worse[way]
        test = int(answer.lead[place])
        probe, reading = condition.probes[test], answer.readings[test]
        return probe, float(reading.score[place]), float(since(look.view, probe, reading)[place])
    alerts = look.alerts
    probe = look.condition.probes[int(alerts["lead"][place])]
    return probe, float(alerts["score"][place]), float(alerts["since"][place])


def _words(look: Look, move: Move, left: float) -> tuple[str, ...]:
    said = {"learning": left > 0, "shadow": look.rule.shadow, "flapping": move is Move.FLAPS}
    return tuple(word for word, true in said.items() if true)
