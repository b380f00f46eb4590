"""Incidents and what they are made of: member alerts, running promises, the ladder's place, fixed positions."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from andon.model.findings import AlertState, Direction, Evidence
from andon.model.ledger import Reason
from andon.model.policies import Policy
from andon.model.signals import Labels, Tier


class State(StrEnum):
    """The state of an incident, which is what a person answers."""

    CALLED = "called"
    ACKED = "acked"
    RECOVERING = "recovering"
    VERIFIED = "verified"
    CLOSED = "closed"


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One rule on one segment and direction, as a member of an incident; `window` is the last one applied to it.

    `flips` are the times of its latest changes between firing and not; `looked`: it has had its first good look.
    """

    key: str
    segment: Labels
    direction: Direction
    state: AlertState
    tier: Tier
    since: float
    window: float
    evidence: Evidence | None = None
    flips: list[float] = msgspec.field(default_factory=list)
    count: int = 1


class Clocked(msgspec.Struct, frozen=True, kw_only=True):
    """A promise as it runs: `milestone` "respond" or "resolve", by calendar `clock`, `allowed` seconds from `started`.

    `at_risk` and `breaks` are the instants computed on the calendar; `met` when it was kept or late, NaN while it runs.
    `state`: running, at-risk, broken, kept, void (a change of tier replaced it).
    """

    milestone: str
    tier: Tier
    clock: str
    allowed: float
    started: float
    at_risk: float
    breaks: float
    state: str = "running"
    met: float | None = None


class Rung(msgspec.Struct, frozen=True, kw_only=True):
    """Where an incident's ladder stands: the step that is due next (`due` None: none, until something calls again).

    `round` counts from 1; `last` is the fallback after the rounds: lead and catch-all, once. `began`: this round's start.
    """

    round: int = 1
    step: int = 0
    began: float = 0.0
    due: float | None = None
    reason: Reason = Reason.FIRST
    last: bool = False


class Rise(msgspec.Struct, frozen=True, kw_only=True):
    """A fixed position: `after` seconds from the call the tier rises to `tier`, unless `unless` has come true.

    `at` is that instant, None once it has passed. `unless`: acked, resolved, verified, or "" for whatever happens.
    """

    tier: Tier
    after: float
    unless: str = ""
    at: float | None = None


class Acceptance(msgspec.Struct, frozen=True, kw_only=True):
    """That what an incident tells of was accepted as the new normal: by whom ("andon": it had lasted long enough), when, why.

    `row` is the ledger's row of it. `due`: it has not yet been written into the log, where the detectors hear of it; None once it
    is. `segments` are those of the alerts that it is about.
    """

    by: str
    at: float
    text: str = ""
    row: int = 0
    due: float | None = None
    segments: list[Labels] = msgspec.field(default_factory=list)


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """One call for help: an owner, a rule and the group's labels; alerts join it, people answer it.

    `key` groups (one open incident a key), `id` names this opening, `code` is what people type to answer. `version`
    counts writes, `rows` the ledger. `milestones`: called, paged, acked, first_action, resolved, verified, told.
    `single`: its alerts are single events (pulls, `each` rules), which only a resolve ends. `rises`: its fixed positions.
    `added`: keys of alerts whose "added" page is held until `grouped_at`. `paused`: seconds the rung had left when the
    ladder paused. `restart_at`: the ladder starts again then, unless its holder answers. `acts`: ids of acts applied.
    `where`: the rule's file, line and version. `acceptance`: what it tells of was accepted as the new normal, so that it is not
    verified but closed as that once no alert is left.
    `holder` has answered and stays the holder until given on or reopened. Times are None until they happen.
    """

    format: int = 1
    key: str
    id: str
    code: str
    version: int = 0
    rows: int = 0
    rule: str
    title: str
    owner: str
    labels: Labels
    policy: Policy
    where: str = ""
    runbook: str = ""
    tier: Tier
    state: State
    before: State | None = None
    alerts: dict[str, Alert] = msgspec.field(default_factory=dict)
    called: float
    evidence_from: float
    paged_due: float | None = None
    announced: bool = False
    rung: Rung = msgspec.field(default_factory=Rung)
    promises: list[Clocked] = msgspec.field(default_factory=list)
    milestones: dict[str, float] = msgspec.field(default_factory=dict)
    holder: str = ""
    ack_expires: float | None = None
    resolved_at: float | None = None
    clear_at: float | None = None
    closes_at: float | None = None
    grouped_at: float | None = None
    later_at: float | None = None
    later_by: str = ""
    helpers: list[str] = msgspec.field(default_factory=list)
    shelved_until: float | None = None
    inhibited_by: str = ""
    closed_reason: str = ""
    notes: list[str] = msgspec.field(default_factory=list)
    single: bool = False
    rises: list[Rise] = msgspec.field(default_factory=list)
    added: list[str] = msgspec.field(default_factory=list)
    paused: float | None = None
    restart_at: float | None = None
    acts: list[str] = msgspec.field(default_factory=list)
    acceptance: Acceptance | None = None
