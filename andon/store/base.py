"""The Store protocol: incidents, their ledgers, the outbox, the engine's snapshot, what the board shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from andon.model import Delivery, Incident, Light, Outcome, Row

FORMAT = 2
"""Number of the layout of all that a store keeps: its keys' names, incidents, ledgers, deliveries, dead letters."""


def new_deliveries(outcome: Outcome) -> list[Delivery]:
    """Return an outcome's pages as they enter the outbox: to be tried when they are due."""
    return [Delivery(page=page, next_try=page.due) for page in outcome.pages]


class Store(Protocol):
    """Everything that outlives a process, beside the log. Unavailable when the server does not answer."""

    async def incident(self, key: str) -> Incident | None:
        """Return the newest incident with a grouping key, closed ones too."""
        ...

    async def find(self, name: str) -> Incident | None:
        """Return an incident by its id, or an open one by its answer code (any case)."""
        ...

    async def open_incidents(self) -> list[Incident]:
        """Return every incident that is not closed, oldest first."""
        ...

    async def incidents(self, most: int = 200) -> list[Incident]:
        """Return the newest incidents, closed ones too, newest first."""
        ...

    async def codes(self) -> set[str]:
        """Return the answer codes in use."""
        ...

    async def commit(self, outcome: Outcome, wake: float | None) -> None:
        """Write incident, ledger rows and outbox in one transaction; Conflict unless the version is the next.

        `wake`: when the incident wants to be looked at again. A page whose id is already in the outbox is left as it is.
        """
        ...

    async def due(self, now: float) -> list[tuple[float, str]]:
        """Return (when, id) of the incidents that want to be looked at by `now`, earliest first."""
        ...

    async def ledger(self, incident: str) -> list[Row]:
        """Return the rows of an incident, by its id, in order."""
        ...

    async def outbox(self, now: float) -> list[Delivery]:
        """Return the deliveries whose next try is due by `now`, earliest first."""
        ...

    async def delivery(self, page: str) -> Delivery | None:
        """Return a delivery by its page's id."""
        ...

    async def pages(self, incident: str) -> list[Delivery]:
        """Return every delivery of an incident, by its id, in the order they were written."""
        ...

    async def settle(self, delivery: Delivery) -> None:
        """Write what became of a page; Conflict unless its version is the next."""
        ...

    async def sent(self, since: float) -> dict[tuple[str, str], list[float]]:
        """Return when each (person, channel) was paged since a time, at most a day back, oldest first."""
        ...

    async def deliveries(self, most: int = 200) -> list[Delivery]:
        """Return the newest deliveries, newest first."""
        ...

    async def save(self, snapshot: bytes, position: str) -> None:
        """Keep the engine's state and the log position it stands for, together."""
        ...

    async def saved(self) -> tuple[bytes, str] | None:
        """Return the engine's state and its log position."""
        ...

    async def formats(self) -> dict[str, str]:
        """Return what `mark` wrote last, nothing from a new store."""
        ...

    async def mark(self, formats: Mapping[str, str]) -> None:
        """Write down the number of every format that is written here from now on, and the version that does."""
        ...

    async def show(self, lights: Sequence[Light], facts: dict[str, float]) -> None:
        """Publish what the board shows: every light, and the engine's own counts."""
        ...

    async def shown(self) -> tuple[list[Light], dict[str, float]]:
        """Return what was last published."""
        ...

    async def purge(self, before: float) -> int:
        """Forget incidents closed before a time, with their ledgers and deliveries; return how many."""
        ...

    async def held(self) -> dict[str, float]:
        """Return how much is kept: counts and bytes by name."""
        ...
