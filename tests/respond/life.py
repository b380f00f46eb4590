"""A whole incident's life: decisions, the chain, and channels that fare as they are told, on one timeline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from msgspec.structs import replace

from andon.errors import Refused
from andon.incidents.machine import Tick, decide
from andon.incidents.timers import wake
from andon.model import (
    Act,
    AlertState,
    Delivery,
    Direction,
    Finding,
    Incident,
    Outcome,
    Page,
    Receipt,
    Row,
    Sending,
    Tier,
    Verb,
)
from andon.respond.fallback import after_receipt
from andon.respond.respond import respond
from andon.respond.stale import Fate, judge
from andon.rulebook.model import Rulebook
from tests.oncall.company import BOOK, MONDAY, YELLOW
from tests.respond.world import evidence, view


@dataclass
class Life:
    """One incident; `fares` tells what becomes of a page, `sent` keeps (when, page) of what people really got."""

    book: Rulebook = BOOK
    fares: Callable[[Page], Sending] = lambda _: Sending.SENT
    now: float = MONDAY
    incident: Incident | None = None
    rows: list[Row] = field(default_factory=list)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    sent: list[tuple[float, Page]] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def it(self) -> Incident:
        assert self.incident is not None
        return self.incident

    def until(self, later: float) -> Life:
        """Let time pass: what the incident waits for is decided when it is due, pages go out when they are."""
        for _ in range(2000):
            due = min(self._due(), default=None)
            if due is None or due > later:
                self.now = later
                return self
            self.now = max(self.now, due)
            if self.incident is not None and (wake(self.incident) or later + 1) <= self.now:
                self._happens(Tick())
            self._send()
        raise AssertionError("time does not pass")

    def fires(self, tier: Tier = YELLOW) -> Life:
        return self._finds(AlertState.FIRING, tier)

    def well(self) -> Life:
        return self._finds(AlertState.OK, YELLOW)

    def says(self, verb: Verb, by: str = "li", whom: str = "wang") -> Life:
        act = Act(verb=verb, incident=self.it.id, by=by, at=self.now, whom=whom, seconds=3600.0, text="because")
        try:
            return self._happens(act)
        except Refused:
            return self

    def _finds(self, state: AlertState, tier: Tier) -> Life:
        return self._happens(
            Finding(
                rule="pay",
                segment={},
                direction=Direction.RISES,
                state=state,
                tier=tier,
                window=self.now,
                at=self.now,
                since=self.now - 300,
                evidence=evidence() if state is AlertState.FIRING else None,
            )
        )

    def _happens(self, event: Finding | Act | Receipt | Tick) -> Life:
        outcome = decide(self.incident, event, self.now, self.book, set())
        if outcome is not None:
            stored = self.incident.version if self.incident and self.incident.id == outcome.incident.id else 0
            world = view(self.book, stored=stored, pages=tuple(self.deliveries.values()))
            self._keep(respond(outcome, self.now, world))
        return self

    def _keep(self, outcome: Outcome) -> None:
        if outcome.incident is self.incident:
            return
        if self.incident is None or self.incident.id != outcome.incident.id:
            self.rows, self.deliveries = [], {}
        self.incident = outcome.incident
        self.rows += outcome.rows
        self.outcomes.append(outcome)
        for page in outcome.pages:
            self.deliveries.setdefault(page.id, Delivery(page=page, next_try=page.due))

    def _due(self) -> list[float]:
        times = [one.next_try for one in self.deliveries.values()] + [wake(self.incident) if self.incident else None]
        return [at for at in times if at is not None]

    def _send(self) -> None:
        for delivery in list(self.deliveries.values()):
            if delivery.next_try is not None and delivery.next_try <= self.now:
                self._try(delivery)

    def _try(self, delivery: Delivery) -> None:
        verdict = judge(delivery.page, self.it, list(self.deliveries.values()), self.now)
        if verdict.fate is Fate.WAIT:
            self.deliveries[delivery.page.id] = replace(delivery, next_try=verdict.until)
            return
        status = Sending.DROPPED if verdict.fate is Fate.DROP else self.fares(delivery.page)
        if status is Sending.SENT:
            self.sent.append((self.now, delivery.page))
        self.deliveries[delivery.page.id] = done = replace(delivery, status=status, next_try=None)
        self._happens(Receipt(page=delivery.page.id, status=status, at=self.now))
        world = view(self.book, stored=self.it.version, pages=tuple(self.deliveries.values()))
        if further := after_receipt(self.it, done, world, self.now):
            self._keep(further)
