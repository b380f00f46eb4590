"""Composition root: read this first. `Andon` is one service; its whole way stands in `pass_on`, `receive` and `assemble`."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from andon.bank.bank import Bank
from andon.channel import Channel
from andon.clock import Clock, EventClock, WallClock, set_back
from andon.config import RETENTION, Secrets
from andon.desk import Desk
from andon.detector import Detector
from andon.engine import Engine
from andon.errors import AndonError
from andon.ingest.accepting import key_of, signals
from andon.ingest.batch import decode, encode
from andon.ingest.door import Door, Taken
from andon.ingest.fresh import Fresh
from andon.log.ahead import Ahead
from andon.log.base import Log
from andon.model import Acceptance, Batch, Entry, Finding, Incident
from andon.respond.sender import Sender
from andon.respond.trying import Trying
from andon.rulebook.model import Rulebook
from andon.store import formats
from andon.store.base import Store
from andon.streams.streams import Streams


@dataclass(frozen=True, slots=True)
class Outside:
    """What a service works with and does not own: servers, plugins, the clock, the secrets, its address."""

    log: Log
    store: Store
    clock: Clock
    secrets: Secrets
    detectors: Mapping[str, type[Detector]]
    channels: Mapping[str, Channel]
    url: str
    grain: float = 1.5


def deafen(findings: Sequence[Finding]) -> None:
    """Hear nothing."""
    del findings


def rest() -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Andon:
    """A service in one process; `position` is the last log entry whose findings are in the store.

    `torn`: it was stopped in the middle of an entry, so that the engine is ahead of the store until it has resumed.
    `wait` does what becomes due until a time (the desk's `pass_time`; replay also lets its people answer). `heard` is told of
    every finding, those that only show too (replay lists them); `beat` is called at every moment, so that long catching up
    is seen to go on. `lock` is held while the engine works, is saved, or is exchanged; `moved` is set whenever an entry
    has been passed on. `ahead` is what waits for that; `fresh` are batches that need not be decoded. `faults` and `held` (how much
    was kept when it last looked, and as of when the snapshot is) are told by `figures.py`.
    """

    outside: Outside
    book: Rulebook
    door: Door
    engine: Engine
    desk: Desk
    sender: Sender
    wait: Callable[[float], Awaitable[None]]
    heard: Callable[[Sequence[Finding]], None] = deafen
    beat: Callable[[], None] = rest
    position: str = ""
    torn: bool = False
    faults: dict[str, float] = field(default_factory=dict)
    held: dict[str, float] = field(default_factory=dict)
    ahead: Ahead = field(default_factory=Ahead)
    fresh: Fresh = field(default_factory=Fresh)
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def receive(self, body: bytes, content_type: str, encoding: str, key: str, *, urgent: bool = False) -> Taken:
        """Take bytes in: what is fit is in the log, what is not among the dead letters, when this returns.

        What is `urgent`, a person's own pull, is taken even by a log that is nearly full. Conflict for a key that stood for others.
        """
        clock = self.outside.clock
        taken = self.door.open(body, clock.now(), content_type, encoding, set_back=set_back(clock), marked=bool(key))
        if len(taken.batch) or taken.letters:
            raw = encode(taken.batch)
            self.fresh.keep(raw, taken.batch)
            position = await self.outside.log.append(
                taken.batch.arrived, raw, key, taken.letters, mark=taken.mark, urgent=urgent
            )
            self.ahead.wrote(position)
            self.door.appended(taken)
        return taken

    async def hand_in(self, incident: Incident, accepted: Acceptance) -> None:
        """Write into the log what was accepted as the new normal; handed in again, it is in there once."""
        raw = encode(signals(incident, accepted))
        self.ahead.wrote(await self.outside.log.append(accepted.at, raw, key_of(incident, accepted), urgent=True))

    async def pass_on(self, entry: Entry) -> None:
        """Pass a log entry down the house: frames, looks, findings, incidents, pages in the outbox."""
        async with self.lock:
            self.torn = True
            moments = (
                self.engine.advance(entry.at) if entry.batch is None else self.engine.take(self._read(entry.batch))
            )
            # streams/ and bank/: the batch becomes frames, the looks that have ended are judged
            for nth, moment in enumerate(moments):
                if nth:
                    await asyncio.sleep(0)  # a day's looks at once must not keep the web server from answering
                self._follow(moment.now)
                if moment.findings or not self._by_itself:
                    await self.wait(moment.now)  # what was due before comes first
                self.heard(moment.findings)
                await self.desk.find(moment.findings)  # rulebook/ incidents/ respond/ store/
                self.beat()
            self._follow(self.engine.now)
            if not self._by_itself:
                await self.wait(self.engine.now)
            self.position, self.torn = entry.position, False
        self.ahead.passed(entry.position)
        self.moved.set()

    def _read(self, raw: bytes) -> Batch:
        """Return a batch of the log: most often one that was taken in here a moment ago, and need not be decoded."""
        found = self.fresh.take(raw)
        return decode(raw) if found is None else found

    @property
    def _by_itself(self) -> bool:
        """Tell whether time passes, and what is due is done, without the log: there it need not be asked for at each entry."""
        return isinstance(self.outside.clock, WallClock)

    def _follow(self, now: float) -> None:
        """Move the clock, where the signals do; the true one only past what was written when the machine's was ahead."""
        if isinstance(self.outside.clock, EventClock | WallClock):
            self.outside.clock.move(now)

    async def send(self) -> int:
        """Send what lies ready in the outbox; return how many pages were tried."""
        return await self.sender.run_once(self.outside.clock.now())

    async def begin_sending(self) -> None:
        """Begin to send what lies ready in the outbox; a channel that hangs holds up no other."""
        await self.sender.start(self.outside.clock.now())

    async def adopt(self, book: Rulebook) -> None:
        """Go on under another rulebook; series and rules it leaves alone keep their state, alerts it drops retire.

        ConfigError, and Unavailable: the rulebook that ran runs on.
        """
        async with self.lock:
            made, before = engine(book, self.outside), self.desk.book
            made.load(self.engine.save())
            self.desk.book = book
            try:
                await self.desk.find(made.bank.retire(self.outside.clock.now()))
            except AndonError:
                self.desk.book = before
                raise
            self.book, self.engine = book, made
            self.door.use(book.scales)

    async def save(self) -> None:
        """Keep the engine's state with the position it stands for, and forget the log behind it; a torn one is not kept."""
        async with self.lock:
            if self.torn:
                return
            state = await asyncio.to_thread(self.engine.save)  # so that HTTP is answered meanwhile
            position, stands = self.position, self.engine.now
        await self.outside.store.save(state, position)
        if math.isfinite(stands):
            self.held["snapshot.at"] = stands
        await self.outside.log.trim(position)

    async def resume(self) -> None:
        """Take up the state that was kept last; what came after it is in the log still.

        Unavailable: nothing has changed. ConfigError: a later version has written what is kept.
        """
        async with self.lock:
            await self._claim()
            made, position, newest = engine(self.book, self.outside), "", await self.outside.log.newest()
            if saved := await self.outside.store.saved():
                state, position = saved
                await asyncio.to_thread(made.load, state)
            self.engine, self.position, self.torn = made, position, True
            self.ahead = Ahead(passed=position)  # a repeat of what is behind it waits for nobody
            self._follow(made.now)  # never back behind what has been judged
            if newest and self._by_itself:
                self._follow(newest.at)  # nor behind what was taken, and will be
            await self.desk.find(made.bank.retire(self.outside.clock.now()))  # edited while nobody ran
            self.torn = False

    async def _claim(self) -> None:
        """Write down which version works on the store from now on, unless a later one has; nothing is read before."""
        found, ours = await self.outside.store.formats(), formats.written()
        if found != ours:
            formats.readable(found, "what the store keeps")
            await self.outside.store.mark(ours)

    async def rest(self) -> None:
        """Forget the engine's state, and keep none until it is resumed: another service judges."""
        async with self.lock:
            self.engine, self.position, self.torn = engine(self.book, self.outside), "", True
            self.ahead = Ahead(followed=False)


def assemble(book: Rulebook, outside: Outside) -> Andon:
    """Put the rooms together along a signal's way."""
    desk = Desk(  # findings, acts, passing time -> incidents, ledger, outbox
        outside.store,
        book,
        frozenset(outside.channels),
        key=outside.secrets.key,
        url=outside.url,
        grain=outside.grain,
    )
    andon = Andon(
        outside=outside,
        book=book,
        door=door(book, outside),  # bytes -> Batch, and dead letters
        engine=engine(book, outside),  # Batch -> Frame -> Finding
        desk=desk,
        sender=Sender(outside.store, Trying(outside.channels), outside.clock, desk.receive),  # outbox -> people
        wait=desk.pass_time,
    )
    desk.hand = andon.hand_in  # what people accept as the new normal goes the way of every signal
    return andon


def door(book: Rulebook, outside: Outside) -> Door:
    """Return the door that bytes come in by."""
    by_events = isinstance(outside.clock, EventClock)
    return Door(book.scales, outside.secrets.key, RETENTION, by_events)


def engine(book: Rulebook, outside: Outside) -> Engine:
    """Return an empty engine for a rulebook; ConfigError when it asks detectors for what they cannot do."""
    projections = list(dict.fromkeys(rule.projection for rule in book.rules.values()))
    streams = Streams(projections, book.scales, book.topics)  # Batch -> Frame
    bank = Bank(list(book.rules.values()), streams, outside.detectors, book.events)  # Frame -> Finding
    by_events = isinstance(outside.clock, EventClock)
    return Engine(streams, bank, lateness=book.lateness, by_events=by_events)
