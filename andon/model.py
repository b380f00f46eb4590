"""The words of andon as data: frozen, typed, no behaviour beyond invariants.

Times are epoch seconds (UTC), durations seconds, everywhere. `Labels` map a dimension's name to its value.
What is stored or sent is a msgspec Struct; what only lives in a process is a frozen dataclass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

Labels: TypeAlias = dict[str, str]
Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]


class Kind(StrEnum):
    """What a signal tells of."""

    RATING = "rating"
    CRASH = "crash"
    LATENCY = "latency"
    COMPLAINT = "complaint"
    GAUGE = "gauge"
    COUNTER = "counter"
    PULL = "pull"
    CHANGE = "change"


KINDS: tuple[Kind, ...] = tuple(Kind)
"""A kind's position here is its code in a batch's `kind` column; new kinds go to the end."""


class Tier(StrEnum):
    """How loudly a rule calls."""

    WATCH = "watch"
    YELLOW = "yellow"
    RED = "red"

    @property
    def rank(self) -> int:
        """Return 0 for watch, 1 for yellow, 2 for red."""
        return ("watch", "yellow", "red").index(self.value)


class Signal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing a customer's app, a feed or a person told, as it comes in.

    `value`: the rating, the crashes, the latency in ms, the gauge; a complaint and a pull need none.
    `of`: crash: the sessions; otherwise how many customers or measurements this value stands for (1).
    `name`: the rating's scale, the gauge's or counter's name, the change's name.
    `time`: RFC 3339 or epoch seconds; without it, the time of arrival. `by`, `owner`, `tier`: a pull's.
    """

    kind: Kind
    name: str = ""
    value: float | None = None
    of: float | None = None
    time: float | str | None = None
    segment: Labels = msgspec.field(default_factory=dict)
    id: str | None = None
    text: str | None = None
    customer: str | None = None
    by: str | None = None
    owner: str | None = None
    tier: Tier | None = None


class Note(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What a few signals carry beside numbers; `customer` is a pseudonym already."""

    id: str = ""
    text: str = ""
    customer: str = ""
    by: str = ""
    owner: str = ""
    tier: Tier | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Signals as columns of length n; row i of every column is one signal.

    `segment` and `name` index `segments` and `names`, which are distinct; a segment may be one object in many batches, and
    is never changed. `value` and `of` are NaN where absent
    (`of` is filled with 1 where it means "how many"). `ahead`: the sender's clock was ahead, `time` is its arrival.
    """

    arrived: float
    segments: Sequence[Labels]
    names: tuple[str, ...]
    kind: npt.NDArray[np.uint8]
    segment: npt.NDArray[np.int32]
    name: npt.NDArray[np.int32]
    value: Floats
    of: Floats
    time: Floats
    ahead: Bools
    notes: Mapping[int, Note] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of signals."""
        return len(self.kind)


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A dead letter: what was refused, where it stood, why, and its raw bytes."""

    at: float
    position: int
    reason: str
    raw: bytes
    sender: str = ""
    id: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the log: a batch (encoded), or with none a tick, by which time passes in an idle log."""

    position: str
    at: float
    batch: bytes | None = None
    key: str = ""


# ---------------------------------------------------------------- series and what is observed of them


class Form(StrEnum):
    """What a metric's observation is."""

    PROPORTION = "proportion"
    COUNT = "count"
    LEVEL = "level"


@dataclass(frozen=True, slots=True)
class Match:
    """A condition on one dimension: its value is among `values`, or like a glob; `negate` turns it round.

    A signal without the dimension has the value "".
    """

    dimension: str
    values: frozenset[str] = frozenset()
    like: str = ""
    negate: bool = False


@dataclass(frozen=True, slots=True)
class Projection:
    """A set of series: one for each combination of the `by` dimensions' values among signals that pass `where`.

    `name` is the rating's scale or the gauge's or counter's name; "" takes all of the kind.
    """

    kind: Kind
    name: str = ""
    where: tuple[Match, ...] = ()
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Metric:
    """What a rule watches, as read from a frame's vector; `word` is how the rulebook says it."""

    word: str
    kind: Kind
    name: str
    form: Form
    unit: str
    target: float = float("nan")


@dataclass(frozen=True, slots=True)
class Scale:
    """A rating scale: whole numbers from `low` to `high`; `good` and `bad` are inclusive ranges."""

    name: str
    low: int
    high: int
    good: tuple[int, int]
    bad: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """What a metric showed: m series by w windows, all ending at the same time.

    proportion: `x` of `n`; count: `x` in `n` seconds of exposure; level: `x` (NaN if nothing) with `n` behind it.
    `seconds` (w,) is each window's length.
    """

    form: Form
    x: Floats
    n: Floats
    seconds: Floats


# ---------------------------------------------------------------- findings


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
    parts: list[Part] = msgspec.field(default_factory=list)
    changes: list[Change] = msgspec.field(default_factory=list)
    quotes: list[str] = msgspec.field(default_factory=list)
    text: str = ""
    detector: str = ""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """An alert's change of state, judged on the window that ended at `window` (event time) and known at `at`.

    `by`, `owner` and `text` are a pull's. `evidence` is present while something is wrong.
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


# ---------------------------------------------------------------- incidents


class State(StrEnum):
    """The state of an incident, which is what a person answers."""

    CALLED = "called"
    ACKED = "acked"
    RECOVERING = "recovering"
    VERIFIED = "verified"
    CLOSED = "closed"


class Reason(StrEnum):
    """Why a page is sent; the page and the ledger name it."""

    FIRST = "first"
    ADDED = "added"
    WORSE = "worse"
    REPEAT = "repeat"
    ACK_EXPIRED = "ack-expired"
    AT_RISK = "promise-at-risk"
    BROKEN = "promise-broken"
    RECOVERED = "recovered"
    DRILL = "drill"


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


class Rise(msgspec.Struct, frozen=True, kw_only=True):
    """A fixed position: `after` seconds from the call the tier rises to `tier`, unless `unless` has come true.

    `at` is that instant, None once it has passed. `unless`: acked, resolved, verified, or "" for whatever happens.
    """

    tier: Tier
    after: float
    unless: str = ""
    at: float | None = None


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """One call for help: an owner, a rule and the group's labels; alerts join it, people answer it.

    `key` groups (one open incident a key), `id` names this opening, `code` is what people type to answer. `version`
    counts writes, `rows` the ledger. `milestones`: called, paged, acked, first_action, resolved, verified, told.
    `single`: its alerts are single events (pulls, `each` rules), which only a resolve ends. `rises`: its fixed positions.
    `added`: keys of alerts whose "added" page is held until `grouped_at`. `paused`: seconds the rung had left when the
    ladder paused. `restart_at`: the ladder starts again then, unless its holder answers. `acts`: ids of acts applied.
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
    asked_again: bool = False
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


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row of an incident's ledger, which is append-only: what happened, when, by whom, through what.

    `kind`: called, reopened, joined, worse, tier, acked, resolved, recovering, verified, closed, page-due, paged, receipt,
    note, told, gave, join, later, shelved, unshelved, escalated, at-risk, broken, kept, retired, correction, skipped,
    alert (a member's state), relapsed, restarted, confirmed, already (somebody else has it), ack-expired, voided ...
    """

    incident: str
    n: int
    at: float
    kind: str
    by: str = "andon"
    via: str = ""
    text: str = ""
    reason: Reason | None = None
    data: dict[str, str | float | list[str]] = msgspec.field(default_factory=dict)


class Verb(StrEnum):
    """What a person can say of an incident."""

    ACK = "ack"
    RESOLVE = "resolve"
    ESCALATE = "escalate"
    GIVE = "give"
    JOIN = "join"
    LATER = "later"
    NOTE = "note"
    TOLD = "told"
    SHELVE = "shelve"
    CLOSE = "close"


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """What a person said of an incident; `incident` is its id or its answer code.

    `whom`: give, join. `seconds`: later, shelve. `text`: note, close, shelve. `id` makes a repeated act a no-op.
    """

    verb: Verb
    incident: str
    by: str
    via: str = "api"
    at: float
    whom: str = ""
    seconds: float = 0.0
    text: str = ""
    id: str = ""


# ---------------------------------------------------------------- pages


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one person (or room) on one channel, self-contained: a channel only has to set it and send it.

    `id` is the send key: the ledger row that made it due, the person, the channel. `address` is the person's on that
    channel. `answer_url` is a signed link to a confirming page. `bundled`: ids of the pages that this one carries.
    `step` is -1 outside the ladder. `held`: what holds it until `due` (silence, limit, quiet), "" for nothing.
    `asks`: what the reader is asked beside the reason: "answer" (what got well by itself), "later" (they wanted to be asked
    again), "help" (somebody escalated), "" for nothing.
    """

    id: str
    incident: str
    row: int
    code: str
    reason: Reason
    tier: Tier
    state: State
    person: str
    name: str
    channel: str
    address: str
    lang: str = "en"
    zone: str = "UTC"
    owner: str
    title: str
    labels: Labels
    segments: list[Labels] = msgspec.field(default_factory=list)
    evidence: Evidence | None = None
    text: str = ""
    holder: str = ""
    where: str = ""
    runbook: str = ""
    called: float
    since: float
    due: float
    respond_by: float | None = None
    round: int = 1
    step: int = 0
    board_url: str = ""
    answer_url: str = ""
    bundled: list[str] = msgspec.field(default_factory=list)
    held: str = ""
    asks: str = ""


class Sending(StrEnum):
    """How far a page has come."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED_FOR_NOW = "failed-for-now"
    FAILED_FOR_GOOD = "failed-for-good"
    BUNDLED = "bundled"
    DROPPED = "dropped"


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel or provider said of a page; `reference` finds the message again, `retry_after` in true seconds."""

    page: str
    status: Sending
    at: float
    reference: str = ""
    reason: str = ""
    retry_after: float = 0.0


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """A page in the outbox and what has become of it; `next_try` None: nothing more to do."""

    page: Page
    status: Sending = Sending.QUEUED
    tries: int = 0
    next_try: float | None = None
    reference: str = ""
    reason: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one event made of an incident: its new version, the ledger's new rows, the pages that go out.

    Written in one transaction, which fails with Conflict unless the stored version is `incident.version - 1`.
    """

    incident: Incident
    rows: tuple[Row, ...] = ()
    pages: tuple[Page, ...] = ()
