"""What is said and written of an incident: people's acts, the ledger's rows, the reasons of pages."""

from __future__ import annotations

from enum import StrEnum

import msgspec


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


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row of an incident's ledger, which is append-only: what happened, when, by whom, through what.

    `kind`: called, reopened, joined, worse, tier, acked, resolved, recovering, verified, closed, page-due, paged, receipt,
    note, told, gave, join, later, shelved, unshelved, escalated, at-risk, broken, kept, retired, correction, skipped,
    alert (a member's state), relapsed, restarted, confirmed, already (somebody else has it), ack-expired, voided, accepted (as the new normal, by a person), settled (an
    alert that has been) ...
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
    ACCEPT = "accept"


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """What a person said of an incident; `incident` is its id or its answer code.

    `whom`: give, join. `seconds`: later, shelve. `text`: note, close, shelve, accept. `id` makes a repeated act a no-op.
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
