"""History on a virtual clock: the same rooms as the living service, in memory, as fast as they go."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import msgspec

from andon import plugins
from andon.app import Andon, Outside, assemble
from andon.channel import Channel
from andon.clock import EventClock
from andon.config import Secrets
from andon.errors import Refused
from andon.log.memory import MemoryLog
from andon.model import Act, Incident, Page, Reason, Receipt, Row, Sending, Tier, Verb
from andon.rulebook.model import Rulebook
from andon.store.memory import MemoryStore

ANSWERED = frozenset({Reason.FIRST, Reason.WORSE, Reason.REPEAT, Reason.ACK_EXPIRED})
BATCH = 500


class Report(msgspec.Struct, frozen=True):
    """What a replay decided; the same for the same signals, acts and rules at any batch size."""

    taken: int
    refused: int
    pages: int
    incidents: list[Incident]
    rows: list[Row]
    reasons: dict[str, int]


@dataclass
class Recorder:
    """A channel that delivers at once, and by whose pages the supposed people answer after `acks` seconds."""

    name: ClassVar[str] = "recorder"
    acks: float | None
    pages: list[Page] = field(default_factory=list)
    acts: list[tuple[float, int, Act]] = field(default_factory=list)

    @classmethod
    def open(cls, settings: Mapping[str, str]) -> Recorder:
        """Make one whose people do not answer."""
        del settings
        return cls(None)

    async def send(self, page: Page, now: float) -> Receipt:
        """Take the page as delivered."""
        self.pages.append(page)
        if self.acks is not None and page.reason in ANSWERED and page.tier is not Tier.WATCH:
            act = Act(verb=Verb.ACK, incident=page.incident, by=page.person, via=page.channel, at=now + self.acks)
            heapq.heappush(self.acts, (act.at, len(self.pages), act))
        return Receipt(page=page.id, status=Sending.DELIVERED, at=now)


@dataclass
class Replay:
    """A service on the clock of its signals; feed it lines in the log's order, then ask for the report."""

    andon: Andon
    recorder: Recorder
    store: MemoryStore
    log: MemoryLog
    taken: int = 0
    refused: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    async def feed(self, lines: Iterable[bytes], batch: int = BATCH) -> None:
        """Pass NDJSON lines through, `batch` at a time."""
        waiting: list[bytes] = []
        for line in lines:
            waiting.append(line)
            if len(waiting) >= batch:
                await self._take(waiting)
                waiting = []
        if waiting:
            await self._take(waiting)

    async def _take(self, lines: list[bytes]) -> None:
        taken = await self.andon.receive(b"\n".join(lines), "application/x-ndjson", "", "")
        self.taken += len(taken.batch)
        self.refused += len(taken.letters)
        for letter in taken.letters:
            self.reasons[letter.reason] = self.reasons.get(letter.reason, 0) + 1
        for entry in await self.log.read(self.andon.position):
            await self.andon.pass_on(entry)
        await self.log.trim(self.andon.position)

    async def wait(self, until: float) -> None:
        """Do what becomes due until a time, in its order: pages are delivered, people answer, timers go off."""
        while True:
            times = [when for when, _ in await self.store.due(until)]
            times += [one.next_try or 0.0 for one in await self.store.outbox(until)]
            times += [when for when, _, _ in self.recorder.acts[:1] if when <= until]
            if not times:
                return
            now = min(times)
            if not await self.andon.sender.run_once(now):
                await self._answer(now)
                await self.andon.desk.pass_time(now)

    async def _answer(self, now: float) -> None:
        while self.recorder.acts and self.recorder.acts[0][0] <= now:
            _, _, act = heapq.heappop(self.recorder.acts)
            try:
                await self.andon.desk.act(act)
            except Refused:
                continue  # it closed meanwhile, or somebody else has it

    async def report(self) -> Report:
        """Return what was decided, in the order of time."""
        incidents = sorted(await self.store.incidents(most=10**9), key=lambda one: (one.called, one.id))
        rows = [row for one in incidents for row in await self.store.ledger(one.id)]
        rows.sort(key=lambda row: (row.at, row.incident, row.n))
        return Report(
            self.taken, self.refused, len(self.recorder.pages), incidents, rows, dict(sorted(self.reasons.items()))
        )


def replay(book: Rulebook, acks: float | None = None) -> Replay:
    """Return a service that lives in memory, goes by its signals' time, and has every channel the rulebook names."""
    recorder, store, log = Recorder(acks), MemoryStore(), MemoryLog()
    outside = Outside(
        log=log,
        store=store,
        clock=EventClock(),
        secrets=Secrets(key=bytes(32), ingest="", act=""),
        detectors=plugins.detectors(),
        channels=_channels(book, recorder),
        url="",
    )
    made = Replay(assemble(book, outside), recorder, store, log)
    made.andon.wait = made.wait
    return made


def _channels(book: Rulebook, recorder: Recorder) -> Mapping[str, Channel]:
    named = {name for person in book.people.values() for name in person.addresses}
    named |= {name for owner in book.owners.values() for name in owner.room}
    return dict.fromkeys(sorted(named), recorder)
