"""The demo from start to end: learn four weeks, play a day into the living service, sum it up."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import httpx
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from andon.clock import FastClock, reach
from andon.config import Settings, secrets_of
from andon.demo import table
from andon.demo.cast import Cast
from andon.demo.company import World, minute
from andon.demo.faults import CHANGES, FAULTS, PULL, Fault
from andon.demo.history import History
from andon.demo.mail import Mail
from andon.demo.stage import Stage
from andon.demo.verdict import Verdict, belongs, false_pages, lines
from andon.errors import AndonError
from andon.model import Incident, State
from andon.runners.running import Running
from andon.runners.up import passed_on, run, service

DAY = 86_400.0
START = datetime(2026, 6, 8, 16, tzinfo=UTC).timestamp()
"""Tuesday, 9 June 2026, 00:00 in Shanghai: the first instant of the day that is played."""
WEEKS = 4
LOOK = 300.0
PIECE = 1800.0
STEP = 60.0
LAMPS_EVERY = 2 * 3600.0
AFTER = 90 * 60.0


@dataclass(frozen=True, slots=True)
class Choice:
    """What the visitor chose: seed, speed (seconds a second), faults, and whether to go on at the true speed.

    `history` and `day` are the seconds that are learnt before, and played; all of both for a visitor.
    """

    seed: int
    speed: float
    faults: tuple[Fault, ...] = FAULTS
    keep: bool = False
    history: float = WEEKS * 7 * DAY
    day: float = DAY


async def play(settings: Settings, choice: Choice, console: Console) -> Verdict:
    """Play the day; the service ends with it, unless it is to be kept, until it is told to. AndonError when that came before."""
    clock = FastClock(START, choice.speed)
    for gate in ("engine", "feed"):
        clock.allow(gate, START)
    async with service(settings, clock) as running:
        learn(running, choice, console)
        await running.andon.save()
        serving = asyncio.create_task(run(running))
        over: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        playing = asyncio.create_task(_day(running, clock, choice, console, serving, over))
        await asyncio.wait({serving, playing}, return_when=asyncio.FIRST_COMPLETED)
        ended = running.stopping.is_set()  # by the visitor; whatever the day comes upon from then on is no fault
        running.stopping.set()
        playing.cancel()
        await serving
        await asyncio.wait({playing})
        if not ended and not playing.cancelled():
            await playing
        if not over.done():
            raise AndonError("the day was ended before it was over")
        return over.result()


async def _day(
    running: Running,
    clock: FastClock,
    choice: Choice,
    console: Console,
    serving: asyncio.Task[None],
    over: asyncio.Future[Verdict],
) -> None:
    async with _line(running.settings) as client:
        await _answering(client, serving)
        console.print(f"the board is at [bold]{running.settings.url}/[/]")
        mail = Mail(client, np.random.default_rng([choice.seed, 2]), START + choice.day)
        day = Day(running, clock, choice, mail, Stage(console))
        verdict = await day.play()
        over.set_result(verdict)
        table.show(console, verdict)
        table.closing(console, running.settings.url, keep=choice.keep)
        if choice.keep:
            await day.keep()


def learn(running: Running, choice: Choice, console: Console) -> None:
    """Let the detectors learn four generated weeks, as frames."""
    history = History(np.random.default_rng([choice.seed, 0]))
    columns = (
        TextColumn("learning {task.fields[weeks]} weeks"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
    )
    began = time.monotonic()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=choice.history / PIECE, weeks=WEEKS)
        for end, batch in history.pieces(START - choice.history, START, PIECE, LOOK):
            running.andon.engine.learn(batch, end, PIECE)
            progress.advance(task)
    console.print(f"learnt {WEEKS} weeks of customers in {time.monotonic() - began:.0f} s")


@contextlib.asynccontextmanager
async def _line(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {secrets_of(settings).ingest}"}
    async with httpx.AsyncClient(base_url=settings.url, headers=headers, timeout=30.0) as client:
        yield client


async def _answering(client: httpx.AsyncClient, serving: asyncio.Task[None]) -> None:
    while not serving.done():
        with contextlib.suppress(httpx.TransportError):
            await client.get("/healthz")
            return
        await asyncio.sleep(0.05)
    await serving


class Day:
    """The day as it is played, a minute at a time: the clock waits at each minute's end until all of it is sent."""

    def __init__(self, running: Running, clock: FastClock, choice: Choice, mail: Mail, stage: Stage) -> None:
        self.running, self.clock, self.choice, self.mail, self.stage = running, clock, choice, mail, stage
        self.store = running.andon.outside.store
        self.world, self.cast = World(), Cast()
        self.random = np.random.default_rng([choice.seed, 1])
        self.learnt = running.andon.engine.streams.facts()["signals"]
        self.people = frozenset(running.andon.book.people)
        self.read: set[str] = set()
        self.mended: set[str] = set()

    async def play(self) -> Verdict:
        """Play 24 hours, and as long after as calls are open."""
        at = START
        while at < START + self.choice.day:
            await self.minute(at)
            at += STEP
        while at < START + self.choice.day + AFTER and await self._open():
            await self.minute(at)
            at += STEP
        return await self.verdict()

    async def minute(self, start: float) -> None:
        """Play one minute: what customers do, what breaks, what people answer."""
        self._fate(start)
        end = start + STEP
        signals = minute(self.world, start, STEP, self.random)
        signals += [self._change(fault, start) for fault in self._beginning(start) if fault.name in CHANGES]
        self.clock.allow("feed", end)
        await reach(self.clock, end)
        await self.mail.post(signals, end)
        for fault in self._beginning(start):
            await self._pull(fault, end)
        await self._people(end)
        if end % LAMPS_EVERY == 0:
            self.stage.lamps(end, sorted(self.running.andon.book.owners), await self._called())

    def _beginning(self, start: float) -> list[Fault]:
        return [one for one in self.choice.faults if start <= START + one.start < start + STEP]

    def _fate(self, start: float) -> None:
        for fault in self.choice.faults:
            if fault.breaks and fault in self._beginning(start):
                fault.breaks(self.world)
                self.stage.say(start, f"~ {fault.name}: customers feel it, andon is not told", "italic dim")
            if fault.mends and start <= START + fault.end < start + STEP:
                fault.mends(self.world)
                self.stage.say(start, f"~ mended: {fault.name}", "italic dim")

    def _change(self, fault: Fault, start: float) -> dict[str, object]:
        name, segment = CHANGES[fault.name]
        return {"kind": "change", "name": name, "time": start, "segment": segment}

    async def _pull(self, fault: Fault, now: float) -> None:
        if fault.breaks is None:
            self.stage.say(now, f"~ {fault.name}: {PULL['text']}", "italic dim")
            (await self.mail.client.post("/v1/pulls", json=PULL)).raise_for_status()
            self.mail.sent += 1

    async def _people(self, now: float) -> None:
        deliveries = await self.store.deliveries(
            50
        )  # before the incidents: whoever reads a page sees what it speaks of
        incidents = {one.id: one for one in await self.store.incidents(50)}
        for delivery in reversed(deliveries):
            page = delivery.page
            if page.id in self.read or page.person not in self.people or page.incident not in incidents:
                continue
            self.read.add(page.id)
            if self.cast.reads(page, incidents[page.incident], now):
                self.stage.silent(now, page)
        for one in incidents.values():
            self.stage.incident(now, one)
            self._mend(one, now)
        for answer in self.cast.due(now):
            body = {"verb": answer.verb, "by": answer.by, "via": "console", "text": answer.text}
            said = (await self.mail.client.post(f"/v1/incidents/{answer.incident}/acts", json=body)).json()
            self.stage.answer(now, answer, incidents[answer.incident], said.get("said") or said.get("detail", ""))

    def _mend(self, incident: Incident, now: float) -> None:
        answered = incident.state in {State.ACKED, State.RECOVERING} and incident.holder
        if incident.id in self.mended or not answered:
            return
        for fault in self.choice.faults:
            if now >= START + fault.end and belongs(incident, fault, START):
                self.mended.add(incident.id)
                self.cast.mends(incident, START + fault.end)

    async def _called(self) -> list[Incident]:
        return [one for one in await self.store.open_incidents() if one.state is not State.CLOSED]

    async def _open(self) -> bool:
        return bool(await self._called())

    async def verdict(self) -> Verdict:
        """Sum the day up, once everything sent has been passed on."""
        andon = self.running.andon
        await passed_on(self.running, await andon.outside.log.last())
        facts = andon.engine.streams.facts()
        incidents, sent = await self.store.incidents(1000), await self.store.deliveries(5000)
        return Verdict(
            lines=lines(self.choice.faults, START, incidents, [one for one in sent if one.page.person in self.people]),
            false=false_pages(self.choice.faults, START, incidents),
            promised=sum(map(andon.engine.bank.promised, andon.book.rules)) / 30.0,
            mail=replace(self.mail),  # as it is now: what is kept goes on sending
            counted=facts["signals"] - self.learnt,
            letters=len(await andon.outside.log.letters(10_000)),
            faults=dict(andon.faults),
        )

    async def keep(self) -> None:
        """Go on at the true speed after one more pull, which nobody but the visitor answers, until he ends it."""
        self.people = frozenset()
        self.clock.go(1.0)
        start = self.clock.now()
        for fault in self.choice.faults:
            await self._pull(fault, start)
        while not self.running.stopping.is_set():
            await self.minute(start)
            start += STEP
