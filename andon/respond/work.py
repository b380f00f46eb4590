"""What passes along the chain: an incident's new version, the rows written so far, the calls to be turned into pages."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import msgspec

from andon.model import Incident, Outcome, Page, Reason, Row, Rung
from andon.oncall.duty import Recipient
from andon.respond.view import View

Data = dict[str, str | float | list[str]]
OUTSIDE = -1
"""The step of a page that no step of a ladder sent."""


@dataclass(frozen=True, slots=True)
class Call:
    """One person to be paged by one channel, for the ledger row `row`; `step` is -1 outside the ladder.

    `due` is when; `held` names what holds it until then, if anything. `about` tells apart what one reason may stand for. `asks` and
    `text` as the page will have them.
    """

    row: int
    recipient: Recipient
    channel: str
    reason: Reason
    due: float
    round: int = 1
    step: int = OUTSIDE
    held: str = ""
    about: str = ""
    asks: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """What holds an incident's pages: `until` its end, or, None, until it is looked at again."""

    stage: str
    why: str
    until: float | None


@dataclass(frozen=True, slots=True)
class Work:
    """One decision on its way along the chain; every stage returns a new one."""

    before: Outcome
    incident: Incident
    now: float
    view: View
    new: tuple[Row, ...] = ()
    calls: tuple[Call, ...] = ()
    hold: Hold | None = None
    pages: tuple[Page, ...] = ()

    @property
    def next_row(self) -> int:
        """Return the number of the next row, counted from 1 over the whole ledger."""
        return self.before.incident.rows + len(self.new) + 1

    def wrote(self, kind: str, text: str = "", reason: Reason | None = None, data: Data | None = None) -> Work:
        """Return the work with a row more."""
        row = Row(
            incident=self.incident.id,
            n=self.next_row,
            at=self.now,
            kind=kind,
            text=text,
            reason=reason,
            data=data or {},
        )
        return replace(self, new=(*self.new, row))

    def on(self, rung: Rung) -> Work:
        """Return the work with the ladder at `rung`."""
        return replace(self, incident=msgspec.structs.replace(self.incident, rung=rung))

    def calling(self, *calls: Call) -> Work:
        """Return the work with calls added."""
        return replace(self, calls=(*self.calls, *calls))

    def outcome(self) -> Outcome:
        """Return what is to be written; the very outcome that came in, if nothing was added to it."""
        if self.incident is self.before.incident and not self.new:
            return self.before
        rows = self.before.incident.rows + len(self.new)
        numbered = msgspec.structs.replace(self.incident, version=self.view.stored + 1, rows=rows)
        return Outcome(numbered, (*self.before.rows, *self.new), (*self.before.pages, *self.pages))


def begin(outcome: Outcome, now: float, view: View) -> Work:
    """Return a decision's outcome as it enters the chain."""
    return Work(outcome, outcome.incident, now, view)


def page_id(incident: str, call: Call) -> str:
    """Return the send key: the ledger row that made the page due, the person, the channel."""
    key = "\0".join((incident, str(call.row), call.recipient.id, call.channel))
    return hashlib.sha256(key.encode()).hexdigest()[:32]
