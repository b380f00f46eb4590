"""History on a virtual clock: the same rooms as the living service, in memory, as fast as they go."""

from __future__ import annotations

import heapq
import math
from bisect import insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from andon import plugins
from andon.app import Andon, Outside, assemble
from andon.channel import Channel
from andon.clock import EventClock
from andon.config import Secrets
from andon.errors import Refused
from andon.ingest.accepting import signals
from andon.ingest.decode import MOST_SIGNALS
from andon.ingest.inflate import MOST_SENT
from andon.log.memory import MemoryLog
from andon.model import Acceptance, Act, Incident, Verb
from andon.rulebook.model import Rulebook
from andon.runners.order import Due, InOrder
from andon.runners.people import Recorder
from andon.runners.report import Alerts, Report, Tally
from andon.store.memory import MemoryStore

BATCH = 5000
_BOM = b"\xef\xbb\xbf"


@dataclass
class Replay:
    """A service on the clock of its signals; feed it lines in the log's order, then ask for the report."""

    andon: Andon
    recorder: Recorder
    store: MemoryStore
    log: MemoryLog
    tally: Tally = field(default_factory=Tally)
    alerts: Alerts = field(default_factory=Alerts)
    _acts: list[tuple[float, int, Act]] = field(default_factory=list)

    def say(self, acts: Iterable[Act]) -> None:
        """Have people say these things, each when its time comes; of the same time, in this order."""
        for act in acts:
            heapq.heappush(self._acts, (act.at, len(self._acts), act))
            if act.verb is Verb.ACCEPT:
                insort(self.andon.engine.stops, act.at)

    async def feed(self, lines: Iterable[bytes], batch: int = BATCH) -> None:
        """Pass NDJSON lines through, `batch` at a time (50,000 and 10 MB at most); blank ones are passed over."""
        for piece in self._pieces(lines, min(batch, MOST_SIGNALS)):
            taken = await self.andon.receive(b"\n".join(piece), "application/x-ndjson", "", "")
            self.tally.count(taken)
            for entry in await self.log.read(self.andon.position):
                await self.andon.pass_on(entry)
            await self.log.trim(self.andon.position)
            await self.log.drop_letters([letter.id for letter in await self.log.letters(most=len(piece))])

    def _pieces(self, lines: Iterable[bytes], batch: int) -> Iterator[list[bytes]]:
        """Cut lines into bodies that the door takes; a line that is too long for any is refused here."""
        piece: list[bytes] = []
        size = 0
        for line in filter(None, (line.removeprefix(_BOM).strip() for line in lines)):
            if len(line) > MOST_SENT:
                self.tally.refuse(f"a line has more than {MOST_SENT:,} bytes, which no batch may have")
                continue
            if len(piece) >= batch or size + len(line) >= MOST_SENT:
                yield piece
                piece, size = [], 0
            piece.append(line)
            size += len(line) + 1
        if piece:
            yield piece

    async def report(self) -> Report:
        """Return what was decided, in the order of time."""
        incidents = sorted(await self.store.incidents(most=10**9), key=lambda one: (one.called, one.id))
        rows = [row for one in incidents for row in await self.store.ledger(one.id)]
        rows.sort(key=lambda row: (row.at, row.incident, row.n))
        counted = self.andon.engine.streams.counted
        return Report(
            rulebook=self.andon.book.version,
            first=self.tally.first,
            last=max(self.andon.engine.now, self.tally.first),
            taken=int(counted["signals"]),
            repeated=int(counted["repeated"]),
            late=int(counted["late"]),
            refused=self.tally.refused,
            reasons=dict(sorted(self.tally.reasons.items())),
            pages=len(self.recorder.pages),
            acts_refused=self.tally.acts_refused,
            alerts=self.alerts.fired,
            incidents=incidents,
            rows=rows,
        )

    def _spoken(self, until: float) -> list[Due]:
        """Return what people say next, as it is due."""
        acts = (*self._acts[:1], *self.recorder.acts[:1])
        return [(when, f"act {number}", 0) for when, number, _ in acts if when <= until]

    async def _accept(self, incident: Incident, accepted: Acceptance) -> None:
        """Let the detectors hear of it at once: here the log's next entry may hold hours."""
        findings = self.andon.engine.bank.each(signals(incident, accepted), accepted.at)
        self.andon.heard(findings)
        await self.andon.desk.find(findings)

    async def _answer(self, now: float) -> None:
        for acts in (self._acts, self.recorder.acts):
            while acts and acts[0][0] <= now:
                _, _, act = heapq.heappop(acts)
                try:
                    await self.andon.desk.act(act)
                except Refused as error:  # it closed meanwhile, or somebody else has it
                    if acts is self._acts:
                        self.tally.acts_refused.append(f"{act.verb.value} {act.incident} by {act.by}: {error}")


def replay(book: Rulebook, acks: float | None = None) -> Replay:
    """Return a service that lives in memory, goes by its signals' time, and has every channel the rulebook names.

    `acks`: whoever is paged answers after so many seconds; None: nobody does.
    """
    recorder, store, log = Recorder(acks), MemoryStore(), MemoryLog()
    outside = Outside(
        log=log,
        store=store,
        clock=EventClock(),
        secrets=Secrets(key=bytes(32), ingest="", act=""),
        detectors=plugins.detectors(),
        channels=_channels(book, recorder),
        url="",
        grain=math.inf,
    )
    made = Replay(assemble(book, outside), recorder, store, log)
    made.andon.wait = InOrder(made.andon, made._spoken, made._answer).wait  # noqa: SLF001 - its own method
    made.andon.heard = made.alerts.hear
    made.andon.desk.hand = made._accept  # noqa: SLF001 - its own method
    return made


def _channels(book: Rulebook, recorder: Recorder) -> Mapping[str, Channel]:
    named = {name for person in book.people.values() for name in person.addresses}
    named |= {name for owner in book.owners.values() for name in owner.room}
    return dict.fromkeys(sorted(named), recorder)
