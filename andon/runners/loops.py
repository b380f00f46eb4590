"""The loops that carry signals to people: each does one round at a time, and none ends by a fault."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from andon.clock import EventClock, FastClock, Pace, reach, set_back
from andon.errors import ConfigError, Unavailable
from andon.figures import show, tidy
from andon.rulebook.load import load
from andon.rulebook.watch import fingerprint
from andon.runners.leading import hold_lease
from andon.runners.running import Running

log = structlog.get_logger()
SAVE_EVERY = 10.0
SAVING = 0.02
"""Share of the time that may go into saving: a large state is saved less often, and more of the log read after a crash."""
READS_EVERY = 0.004
"""Seconds between two reads of the log: where batches come faster, several are read at a time."""
SHOW_EVERY = 0.5
SHOWING = 0.1
"""Share of the time that may go into telling the board: of very many series it hears less often."""
SHOW_WITHIN = 3.0
"""Most seconds between two: longer, and the loop would count as standing still, as after a store that has hung."""
RETRY_AFTER = 0.5
RESTS_FOR = 0.5
"""Seconds between two looks whether the service leads by now."""
OUTBOX_EVERY = 0.2
"""Seconds between two looks at the outbox, where nothing was put into it by this process."""
TICK = 1.0
FAST_TICK = 30.0


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop of the service by its name, and what it does in a round.

    `leader_only`: only the service that leads does its work. `takes_up`: it begins from the saved state, and does so again in
    each term and after each fault.
    """

    name: str
    round: Callable[[Running], Awaitable[None]]
    leader_only: bool = False
    takes_up: bool = False


async def keep(running: Running, loop: Loop) -> None:
    """Run one round of a loop after another; a fault is counted, logged, and ends the round only."""
    running.came_round(loop.name)
    well = True
    while not running.stopping.is_set():
        try:
            await go_round(running, loop, well=well)
            well = True
        except Unavailable as error:
            if well:
                log.warning("waiting", loop=loop.name, why=str(error))
            well = False
        except Exception:  # the outermost loop: counted, logged, shown on the board
            faults = running.andon.faults
            faults[f"faults.{loop.name}"] = faults.get(f"faults.{loop.name}", 0.0) + 1
            if well:  # the same fault again and again is counted, and told once
                log.exception("fault", loop=loop.name)
            well = False
        if not well:
            await running.pause(RETRY_AFTER)


async def go_round(running: Running, loop: Loop, *, well: bool) -> None:
    """Do one round, or stand by for the service that leads; `well`: the round before went well."""
    if loop.leader_only and not running.current and (running.standing_by or not loop.takes_up):
        if loop.takes_up and running.term:
            await running.rest()
        await running.pause(RESTS_FOR)
    else:
        if loop.takes_up and not (well and running.current):
            await running.take_up()  # it may be ahead of the store: back to what was saved, and read on from there
        await loop.round(running)
    running.came_round(loop.name)


async def read_log(running: Running) -> None:
    """Pass on what has come into the log; save and tidy up now and then."""
    andon, pace = running.andon, Pace()
    began, read = time.monotonic(), 0.0
    while time.monotonic() - began < running.save_every and running.current and not running.stopping.is_set():
        await asyncio.sleep(max(0.0, READS_EVERY - (time.monotonic() - read)))
        read = time.monotonic()
        for entry in await andon.outside.log.read(andon.position, wait=0.2):
            await andon.pass_on(entry)
            await pace.breathe()
            running.came_round("engine")
            if running.stopping.is_set() or not running.current:
                return
        running.came_round("engine")
    saving = time.monotonic()
    await andon.save()
    await tidy(andon)
    running.save_every = max(SAVE_EVERY, (time.monotonic() - saving) / SAVING)


async def pass_time(running: Running) -> None:
    """Write a tick into the log, and do what has become due; a fast clock goes on once all of it is done."""
    andon = running.andon
    clock = andon.outside.clock
    if not clock.real(1.0):  # event time: the signals move it
        await running.pause(0.2)
        return
    now = clock.now()
    if isinstance(clock, FastClock):
        await passed_on(running, await andon.outside.log.append(now, None))
        await andon.send()
        clock.allow("engine", now + 2 * FAST_TICK)  # it goes on while the next tick is passed on
        await reach(clock, now + FAST_TICK)
    else:
        await andon.desk.pass_time(now)  # first: a log that is full must not keep a ladder from climbing
        await andon.outside.log.append(now, None)
        running.setback.heed(set_back(clock))
        await running.pause(TICK)


async def passed_on(running: Running, position: str) -> None:
    """Return once the log has been passed on as far as `position`."""
    while running.andon.position < position and not running.stopping.is_set():
        running.andon.moved.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(running.andon.moved.wait(), RETRY_AFTER)
        running.came_round("clock")


async def send_pages(running: Running) -> None:
    """Send what lies ready; where the signals move the clock, in order with all else that is due."""
    andon = running.andon
    if isinstance(andon.outside.clock, EventClock):
        async with andon.lock:
            await andon.wait(andon.outside.clock.now())
        await running.pause(0.2)
        return
    andon.desk.posted.clear()
    await andon.begin_sending()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(andon.desk.posted.wait(), OUTBOX_EVERY)


async def show_board(running: Running) -> None:
    """Publish what the board shows: beside the engine, so that what is found does not wait for it."""
    began = time.monotonic()
    await show(running.andon)
    await running.pause(min(max(SHOW_EVERY, (time.monotonic() - began) / SHOWING), SHOW_WITHIN))


async def watch_rules(running: Running) -> None:
    """Take a changed rulebook over, or keep the old one and say why."""
    andon, settings = running.andon, running.settings
    await running.pause(1.0)
    seen = fingerprint(settings.rules)
    if seen == running.seen:
        return
    try:
        # A large one takes seconds to read: the service goes on meanwhile.
        await andon.adopt(await asyncio.to_thread(load, settings.rules, settings.environment))
        running.refused = ""
        log.info("rulebook.taken_over", version=andon.book.version[:12], rules=len(andon.book.rules))
    except ConfigError as error:
        running.refused = str(error)
        log.error("rulebook.kept_the_old_one", why=str(error))  # noqa: TRY400 - the author's error, not a fault of ours
    running.seen = seen  # last, so that one that could not be taken over for want of the store is tried again


async def mind_store(running: Running) -> None:
    """Look how full the store is and how it is set up; start our own again where it has ended: whatever it has answered for is on the disk."""
    await running.tending.look(time.monotonic())
    await running.pause(1.0)


LOOPS = (
    Loop("engine", read_log, leader_only=True, takes_up=True),
    Loop("clock", pass_time, leader_only=True),
    Loop("sender", send_pages, leader_only=True),
    Loop("board", show_board, leader_only=True),
    Loop("rulebook", watch_rules),
    Loop("store", mind_store),
    Loop("lease", hold_lease),
)
