"""Words the tests of this room are told in: an incident that a decision made, and what the chain makes of it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from andon.model import (
    Alert,
    AlertState,
    Delivery,
    Direction,
    Evidence,
    Incident,
    Labels,
    Outcome,
    Page,
    Reason,
    Row,
    Sending,
    Tier,
)
from andon.respond.respond import respond
from andon.respond.view import View
from andon.rulebook.model import Rulebook
from tests.oncall.company import BOOK, MONDAY, YELLOW, incident

ALL = frozenset({"slack", "sms", "phone", "email"})


def view(book: Rulebook = BOOK, **changes: object) -> View:
    """Return a view with every channel set up and the given differences."""
    return View(**{"book": book, "stored": 1, "channels": ALL, **changes})  # type: ignore[arg-type]  # a shorthand


def answer(now: float = MONDAY, one: Incident | None = None, rows: Iterable[Row] = (), **changes: object) -> Outcome:
    """Return what the chain makes of an incident at a time; `changes` are the view's."""
    outcome = Outcome(one or incident(), tuple(rows))
    return respond(outcome, now, view(**changes))  # type: ignore[arg-type]  # a shorthand of tests


def due_row(*to: str, reason: Reason = Reason.WORSE, n: int = 1, text: str = "", **data: str) -> Row:
    """Return a row by which a decision made a page due."""
    return Row(
        incident="inc-1", n=n, at=MONDAY, kind="page-due", reason=reason, text=text, data={"to": list(to), **data}
    )


def whom(outcome: Outcome) -> list[tuple[str, str]]:
    """Return (person, channel) of every page."""
    return [(page.person, page.channel) for page in outcome.pages]


def kinds(outcome: Outcome) -> list[str]:
    return [row.kind for row in outcome.rows]


def sent(outcome: Outcome, status: Sending = Sending.SENT) -> tuple[Delivery, ...]:
    """Return an outcome's pages as deliveries that have come so far."""
    return tuple(Delivery(page=page, status=status) for page in outcome.pages)


def alert(
    state: AlertState = AlertState.FIRING,
    tier: Tier = YELLOW,
    since: float = MONDAY - 300,
    evidence: Evidence | None = None,
    **segment: str,
) -> Alert:
    """Return an alert on a segment."""
    return Alert(
        key=str(sorted(segment.items())),
        segment=segment,
        direction=Direction.RISES,
        state=state,
        tier=tier,
        since=since,
        window=since,
        evidence=evidence,
    )


def alerts(*each: Alert) -> dict[str, Alert]:
    return {one.key: one for one in each}


def evidence(text: str = "", quotes: Iterable[str] = ()) -> Evidence:
    """Return some evidence."""
    return Evidence(
        metric="detractor_share",
        unit="share",
        observed=0.4,
        expected=0.1,
        low=0.05,
        high=0.2,
        n=120.0,
        seconds=600.0,
        since=MONDAY - 300,
        text=text,
        quotes=list(quotes),
    )


def page(labels: Labels | None = None, **changes: object) -> Page:
    """Return a page of the incident to li by slack."""
    made = Page(
        id="p1",
        incident="inc-1",
        row=2,
        code="7K",
        reason=Reason.FIRST,
        tier=YELLOW,
        state=incident().state,
        person="li",
        name="李娜",
        channel="slack",
        address="U1",
        owner="payments",
        title="pay detractors",
        labels=labels or {},
        called=MONDAY,
        since=MONDAY - 300,
        due=MONDAY,
        step=0,
    )
    return replace(made, **changes)
