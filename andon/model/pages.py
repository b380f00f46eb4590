"""Pages, how far they have come, and what one event makes of an incident."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from andon.model.findings import Evidence
from andon.model.incidents import Incident, State
from andon.model.ledger import Reason, Row
from andon.model.signals import Labels, Tier


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
