"""Stories on a timeline: what customers and people do, when; and who is to be paged by what, between when and when.

    story = Story(BOOK)
    story.during(5, 25).crashes(4, of=40, platform="ios")
    story.at(8).ack("li.na")
    story.expect(between(6, 7)).page("li.na", by="slack")
    await story.play()

Times are minutes from `start`. The service is the real one, put together by `assemble`, on a log and a store in memory.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import numpy as np

from andon import plugins
from andon.app import Outside, assemble
from andon.config import Secrets
from andon.log.memory import MemoryLog
from andon.model import Act, Incident, Page, Reason, Receipt, Sending, State, Tier, Verb
from andon.rulebook.load import load
from andon.store.memory import MemoryStore

MINUTE = 60.0
STEP = 10.0
START = "2026-03-02 10:00"  # a Monday, UTC


@dataclass
class HandClock:
    """Stands where it was put."""

    time: float

    def now(self) -> float:
        return self.time

    def real(self, seconds: float) -> float:
        return seconds


@dataclass
class Phone:
    """A channel that notes what it is given; while `broken` says a definite no."""

    name: ClassVar[str] = "phone"
    medium: str
    pages: list[tuple[float, Page]] = field(default_factory=list)
    broken: bool = False

    @classmethod
    def open(cls, settings: Mapping[str, str]) -> Phone:
        return cls(settings.get("medium", "phone"))

    async def send(self, page: Page, now: float) -> Receipt:
        if self.broken:
            return Receipt(page=page.id, status=Sending.FAILED_FOR_GOOD, at=now, reason="channel_not_found")
        self.pages.append((now, page))
        return Receipt(page=page.id, status=Sending.DELIVERED, at=now)


def between(begin: float, end: float) -> tuple[float, float]:
    """A stretch of the story, in minutes."""
    return begin, end


class Story:
    """Collects what is to happen and what is expected of it; `play` runs it and checks."""

    def __init__(self, book: str, start: str = START, media: tuple[str, ...] = ("slack", "sms")) -> None:
        self.clock = HandClock(datetime.fromisoformat(start).replace(tzinfo=UTC).timestamp())
        self.start = self.clock.time
        self.phones = {medium: Phone(medium) for medium in media}
        self.store, self.log = MemoryStore(), MemoryLog()
        with TemporaryDirectory() as folder:
            (Path(folder) / "book.yml").write_text(book)
            rules = load(Path(folder), {})
        outside = Outside(
            log=self.log,
            store=self.store,
            clock=self.clock,
            secrets=Secrets(key=bytes(32), ingest="", act=""),
            detectors=plugins.detectors(),
            channels=self.phones,
            url="http://andon.example",
        )
        self.andon = assemble(rules, outside)
        self.seen: list[tuple[float, Incident]] = []
        self._doings: list[tuple[float, Callable[[], Awaitable[None]]]] = []
        self._checks: list[tuple[float, Callable[[], None]]] = []

    def at(self, minute: float) -> Doing:
        """Let something happen once."""
        return Doing(self, [minute])

    def during(self, begin: float, end: float, every: float = 0.5) -> Doing:
        """Let something happen again and again."""
        return Doing(self, np.arange(begin, end, every).tolist())

    def expect(self, when: tuple[float, float]) -> Expecting:
        """Say what is to be found in a stretch of time."""
        return Expecting(self, *when)

    def do(self, minute: float, doing: Callable[[], Awaitable[None]]) -> None:
        self._doings.append((self.start + minute * MINUTE, doing))

    def check(self, until: float, check: Callable[[], None]) -> None:
        self._checks.append((until, check))

    async def play(self) -> None:
        """Let everything happen in its order, ten seconds at a time, then check what was expected."""
        last = max(when for when, _ in self._checks)
        doings = sorted(self._doings, key=lambda one: one[0])
        for step in np.arange(self.start, self.start + last * MINUTE + STEP, STEP).tolist():
            while doings and doings[0][0] <= step:
                self.clock.time, doing = doings.pop(0)
                await doing()
                await self._go_on()
            self.clock.time = step
            await self.log.append(step, None)
            await self._go_on()
            self.seen += [(step, one) for one in await self.store.incidents()]
        for _, check in self._checks:
            check()

    async def _go_on(self) -> None:
        """What the loops of `andon up` do: pass on what is in the log, do what is due, send what lies ready."""
        for entry in await self.log.read(self.andon.position):
            await self.andon.pass_on(entry)
        await self.andon.desk.pass_time(self.clock.now())
        while await self.andon.send():
            pass

    def minutes(self, time: float) -> float:
        return (time - self.start) / MINUTE

    def pages(self) -> list[tuple[float, Page, str]]:
        """Every page that went out: its minute, itself, its channel; in order."""
        found = [(self.minutes(at), page, name) for name, phone in self.phones.items() for at, page in phone.pages]
        return sorted(found, key=lambda one: one[0])

    def told(self) -> str:
        """All that went out, for whoever reads a failure."""
        return "\n".join(
            f"{at:7.2f}  {page.person} by {by}: {page.reason.value} {page.tier.value}" for at, page, by in self.pages()
        )


@dataclass(frozen=True)
class Doing:
    """Something that happens at one minute, or at several."""

    story: Story
    minutes: list[float]

    def crashes(self, value: int, of: int, **segment: str) -> Doing:
        return self._sends({"kind": "crash", "value": value, "of": of, "segment": segment})

    def complaints(self, text: str, **segment: str) -> Doing:
        return self._sends({"kind": "complaint", "text": text, "segment": segment})

    def rating(self, scale: str, value: int, **segment: str) -> Doing:
        return self._sends({"kind": "rating", "name": scale, "value": value, "segment": segment})

    def pull(self, by: str, text: str, owner: str) -> Doing:
        return self._sends({"kind": "pull", "by": by, "text": text, "owner": owner})

    def ack(self, by: str) -> Doing:
        return self._says(Verb.ACK, by)

    def resolve(self, by: str) -> Doing:
        return self._says(Verb.RESOLVE, by)

    def shelve(self, by: str, minutes: float, reason: str) -> Doing:
        return self._says(Verb.SHELVE, by, seconds=minutes * MINUTE, text=reason)

    def give(self, by: str, whom: str) -> Doing:
        return self._says(Verb.GIVE, by, whom=whom)

    def accept(self, by: str, reason: str) -> Doing:
        return self._says(Verb.ACCEPT, by, text=reason)

    def breaks(self, medium: str) -> Doing:
        """From now on this channel refuses for good."""

        async def broken() -> None:
            self.story.phones[medium].broken = True

        return self._each(broken)

    def _sends(self, signal: dict[str, Any]) -> Doing:
        async def send() -> None:
            taken = await self.story.andon.receive(json.dumps(signal).encode(), "application/x-ndjson", "", "")
            assert not taken.letters, taken.letters[0].reason

        return self._each(send)

    def _says(self, verb: Verb, by: str, **said: Any) -> Doing:
        async def say() -> None:
            newest = (await self.story.store.incidents())[0]
            act = Act(verb=verb, incident=newest.code, by=by, at=self.story.clock.now(), **said)
            await self.story.andon.desk.act(act)

        return self._each(say)

    def _each(self, doing: Callable[[], Awaitable[None]]) -> Doing:
        for minute in self.minutes:
            self.story.do(minute, doing)
        return self


@dataclass(frozen=True)
class Expecting:
    """What is to be found between two minutes."""

    story: Story
    begin: float
    end: float

    def page(self, person: str, *, by: str, reason: Reason = Reason.FIRST, tier: Tier = Tier.YELLOW) -> Expecting:
        """Exactly one such page goes out in this time."""
        wanted = (person, by, reason, tier)
        return self._that(lambda: self._pages().count(wanted) == 1, f"one page {wanted}")

    def silence(self, *, to: str = "") -> Expecting:
        """No page goes out, to this person or to anybody."""
        return self._that(
            lambda: not [one for one in self._pages() if to in ("", one[0])], f"no page to {to or 'anybody'}"
        )

    def state(self, state: State) -> Expecting:
        """The newest incident comes into this state, in this time and not before."""
        return self._that(
            lambda: self.begin <= self._first(lambda one: one.state is state) <= self.end, f"{state.value} then"
        )

    def tier(self, tier: Tier) -> Expecting:
        """The newest incident's tier becomes this, in this time and not before."""
        return self._that(
            lambda: self.begin <= self._first(lambda one: one.tier is tier) <= self.end, f"{tier.value} then"
        )

    def incidents(self, count: int) -> Expecting:
        """So many incidents have been called by the end of this time."""
        return self._that(
            lambda: len({one.id for at, one in self._seen() if at <= self.end}) == count, f"{count} incidents"
        )

    def _pages(self) -> list[tuple[str, str, Reason, Tier]]:
        found = [one for one in self.story.pages() if self.begin <= one[0] <= self.end]
        return [(page.person, by, page.reason, page.tier) for _, page, by in found]

    def _seen(self) -> list[tuple[float, Incident]]:
        return [(self.story.minutes(at), one) for at, one in self.story.seen]

    def _first(self, wanted: Callable[[Incident], bool]) -> float:
        return next((at for at, one in self._seen() if at >= self.begin - 1 and wanted(one)), float("inf"))

    def _that(self, holds: Callable[[], bool], what: str) -> Expecting:
        def check() -> None:
            states = sorted({(round(at, 1), one.state.value, one.tier.value) for at, one in self._seen()})
            changes = [
                now for before, now in zip([None, *states], states, strict=False) if not before or before[1:] != now[1:]
            ]
            said = (
                f"expected between {self.begin} and {self.end}: {what}\npages:\n{self.story.told()}\nstates: {changes}"
            )
            assert holds(), said

        self.story.check(self.end, check)
        return self
