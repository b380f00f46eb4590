"""The store in a process's memory: what replay and tests use, with the very rules of the real one."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence

from andon.errors import Conflict
from andon.model import Delivery, Incident, Light, Outcome, Row, State
from andon.store.base import new_deliveries


class MemoryStore:
    """Implements the Store protocol in dictionaries; nothing survives the process.

    What is open, to be tried, or was sent of late is found without a look at all there ever was: a replay asks at every minute.
    """

    def __init__(self) -> None:
        self._incidents: dict[str, Incident] = {}
        self._open: dict[str, Incident] = {}
        self._newest: dict[str, str] = {}
        self._wakes: dict[str, float] = {}
        self._ledgers: dict[str, list[Row]] = {}
        self._deliveries: dict[str, Delivery] = {}
        self._pages: dict[str, list[str]] = {}
        self._outbox: dict[str, Delivery] = {}
        self._sent: list[tuple[float, str, str]] = []
        self._saved: tuple[bytes, str] | None = None
        self._formats: dict[str, str] = {}
        self._shown: tuple[list[Light], dict[str, float]] = ([], {})

    async def incident(self, key: str) -> Incident | None:
        """Return the newest incident with a grouping key."""
        return self._incidents.get(self._newest.get(key, ""))

    async def find(self, name: str) -> Incident | None:
        """Return an incident by id, or an open one by code."""
        if name in self._incidents:
            return self._incidents[name]
        return next((one for one in await self.open_incidents() if one.code == name.upper()), None)

    async def open_incidents(self) -> list[Incident]:
        """Return what is not closed, oldest first."""
        return sorted(self._open.values(), key=lambda one: (one.called, one.id))

    async def incidents(self, most: int = 200) -> list[Incident]:
        """Return the newest incidents."""
        return sorted(self._incidents.values(), key=lambda one: (-one.called, one.id))[:most]

    async def codes(self) -> set[str]:
        """Return the answer codes in use."""
        return {one.code for one in await self.open_incidents()}

    async def commit(self, outcome: Outcome, wake: float | None) -> None:
        """Write one outcome, or raise Conflict."""
        new = outcome.incident
        old = self._incidents.get(new.id)
        if new.version != (old.version if old else 0) + 1:
            raise Conflict(
                f"incident {new.id}: version {old.version if old else 0} is stored, {new.version} was offered"
            )
        self._incidents[new.id] = self._open[new.id] = new
        if new.state is State.CLOSED:
            del self._open[new.id]
        if new.version == 1:  # what is said of an older one later makes it no newer
            self._newest[new.key] = new.id
        self._wakes.pop(new.id, None)
        if wake is not None:
            self._wakes[new.id] = wake
        self._ledgers.setdefault(new.id, []).extend(outcome.rows)
        for delivery in new_deliveries(outcome):
            if delivery.page.id not in self._deliveries:
                self._enter(delivery)

    def _enter(self, delivery: Delivery) -> None:
        page = delivery.page
        self._deliveries[page.id] = self._outbox[page.id] = delivery
        self._pages.setdefault(page.incident, []).append(page.id)
        insort(self._sent, (page.due, page.person, page.channel))

    async def due(self, now: float) -> list[tuple[float, str]]:
        """Return (when, id) of incidents to be looked at by `now`."""
        return sorted((when, name) for name, when in self._wakes.items() if when <= now)

    async def ledger(self, incident: str) -> list[Row]:
        """Return an incident's rows in order."""
        return list(self._ledgers.get(incident, []))

    async def outbox(self, now: float) -> list[Delivery]:
        """Return what is to be tried by `now`."""
        ready = [one for one in self._outbox.values() if one.next_try is not None and one.next_try <= now]
        return sorted(ready, key=lambda one: one.next_try or 0.0)

    async def delivery(self, page: str) -> Delivery | None:
        """Return a delivery by its page's id."""
        return self._deliveries.get(page)

    async def pages(self, incident: str) -> list[Delivery]:
        """Return an incident's deliveries in order."""
        return [self._deliveries[name] for name in self._pages.get(incident, [])]

    async def settle(self, delivery: Delivery) -> None:
        """Write what became of a page, or raise Conflict."""
        stored = self._deliveries.get(delivery.page.id)
        if stored is None or delivery.version != stored.version + 1:
            raise Conflict(f"page {delivery.page.id}: somebody else wrote it first")
        self._deliveries[delivery.page.id] = delivery
        if delivery.next_try is None:
            self._outbox.pop(delivery.page.id, None)
        else:
            self._outbox[delivery.page.id] = delivery

    async def sent(self, since: float) -> dict[tuple[str, str], list[float]]:
        """Return when each (person, channel) was paged since a time."""
        found: dict[tuple[str, str], list[float]] = {}
        for due, person, channel in self._sent[bisect_left(self._sent, (since, "", "")) :]:
            found.setdefault((person, channel), []).append(due)
        return found

    async def deliveries(self, most: int = 200) -> list[Delivery]:
        """Return the newest deliveries."""
        return list(reversed(self._deliveries.values()))[:most]

    async def save(self, snapshot: bytes, position: str) -> None:
        """Keep the engine's state and its position."""
        self._saved = (snapshot, position)

    async def saved(self) -> tuple[bytes, str] | None:
        """Return the engine's state and its position."""
        return self._saved

    async def formats(self) -> dict[str, str]:
        """Return what was marked last."""
        return dict(self._formats)

    async def mark(self, formats: Mapping[str, str]) -> None:
        """Write down what this version says of itself."""
        self._formats = dict(formats)

    async def show(self, lights: Sequence[Light], facts: dict[str, float]) -> None:
        """Publish what the board shows."""
        self._shown = (list(lights), dict(facts))

    async def shown(self) -> tuple[list[Light], dict[str, float]]:
        """Return what was last published."""
        return self._shown

    async def purge(self, before: float) -> int:
        """Forget incidents closed before a time."""
        gone = [
            name
            for name, one in self._incidents.items()
            if one.state is State.CLOSED and one.milestones.get("closed", one.called) < before
        ]
        for name in gone:
            del self._incidents[name]
            self._ledgers.pop(name, None)
            self._wakes.pop(name, None)
            for page in self._pages.pop(name, []):
                del self._deliveries[page]
                self._outbox.pop(page, None)
        lost = set(gone)
        self._newest = {key: name for key, name in self._newest.items() if name not in lost}
        pages = (one.page for one in self._deliveries.values())
        self._sent = sorted((page.due, page.person, page.channel) for page in pages)
        return len(gone)

    async def held(self) -> dict[str, float]:
        """Return how much is kept."""
        counts = {"incidents": len(self._incidents), "incidents.open": len(self._open)}
        return {name: float(count) for name, count in (counts | {"pages": len(self._deliveries)}).items()}
