"""One machine, one process: the API and the board, and the loops that carry signals to people."""

from __future__ import annotations

import asyncio
import contextlib
import math
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import structlog
import uvicorn

from andon import plugins
from andon.app import Outside, assemble
from andon.channel import Channel, Closes
from andon.clock import Clock, FastClock, reach
from andon.config import Settings, secrets_of
from andon.errors import NotSetUp, RulebookError, Unavailable
from andon.log.redis import RedisLog
from andon.rulebook.load import load
from andon.rulebook.watch import fingerprint
from andon.runners.running import Running
from andon.store import embedded
from andon.store.connect import connect
from andon.store.redis import RedisStore
from andon.web.api import create_app

log = structlog.get_logger()
SAVE_EVERY = 10.0
SHOW_EVERY = 0.5
RETRY_AFTER = 0.5
TICK = 1.0
FAST_TICK = 30.0


def channels_of(settings: Settings) -> dict[str, Channel]:
    """Open every channel that is set up; one that is not is simply not there."""
    opened: dict[str, Channel] = {}
    for name, kind in plugins.channels().items():
        try:
            opened[name] = kind.open(settings.environment)
        except NotSetUp as error:
            log.info("channel not set up", channel=name, why=str(error))
    return opened


@contextlib.asynccontextmanager
async def service(settings: Settings, clock: Clock) -> AsyncIterator[Running]:
    """Start the store if it is ours, take up the saved state, yield the service, and end it all in order."""
    secrets = secrets_of(settings)
    book = load(settings.rules, settings.environment)
    child = None if settings.redis else embedded.start(settings.data)
    client = connect(child.url if child else settings.redis)
    channels = channels_of(settings)
    outside = Outside(
        log=RedisLog(client),
        store=RedisStore(client),
        clock=clock,
        secrets=secrets,
        detectors=plugins.detectors(),
        channels=channels,
        url=settings.url,
        grain=_grain(clock),
    )
    try:
        andon = assemble(book, outside)
        await andon.resume()
        yield Running(andon, settings)
    finally:
        for channel in channels.values():
            if isinstance(channel, Closes):
                await channel.close()
        await client.aclose()
        if child:
            child.stop()


async def run(running: Running) -> None:
    """Serve until `stopping` is set, then drain: what was acknowledged is in the log, what was found in the store."""
    loops = {"engine": read_log, "clock": pass_time, "sender": send_pages, "rulebook": watch_rules}
    server = _server(running)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, running.stopping.set)
    tasks = [asyncio.create_task(server.serve(), name="web")]
    tasks += [asyncio.create_task(_keep(running, name, loop), name=name) for name, loop in loops.items()]
    stop = asyncio.create_task(running.stopping.wait(), name="stop")
    await asyncio.wait([*tasks, stop], return_when=asyncio.FIRST_COMPLETED)
    running.stopping.set()
    server.should_exit = True
    await asyncio.gather(*tasks)
    stop.cancel()
    with contextlib.suppress(Unavailable):
        await running.andon.save()


def _grain(clock: Clock) -> float:
    """Return how late a timer may be and yet count as in time: the clock of events comes in strides, and no timer is late by it."""
    if isinstance(clock, FastClock):
        return 2 * FAST_TICK
    return 1.5 * TICK if clock.real(1.0) else math.inf


def _server(running: Running) -> uvicorn.Server:
    config = uvicorn.Config(
        create_app(running),
        host=running.settings.host,
        port=running.settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=2,
        server_header=False,
    )
    return _Server(config)


class _Server(uvicorn.Server):
    """uvicorn, leaving the signals of the operating system to the runner."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


async def _keep(running: Running, name: str, loop: Callable[[Running], Awaitable[None]]) -> None:
    """Run one round of a loop after another; a fault is counted, logged, and ends the round only."""
    running.alive[name] = time.monotonic()
    while not running.stopping.is_set():
        try:
            await loop(running)
            running.alive[name] = time.monotonic()
        except Unavailable as error:
            log.warning("waiting for a server", loop=name, why=str(error))
            await asyncio.sleep(RETRY_AFTER)
            await _recover(running, name)
        except Exception:
            faults = running.andon.faults
            faults[f"faults.{name}"] = faults.get(f"faults.{name}", 0.0) + 1
            log.exception("a loop failed", loop=name)
            await asyncio.sleep(RETRY_AFTER)
            await _recover(running, name)


async def _recover(running: Running, name: str) -> None:
    """After a fault the engine may be ahead of the store: go back to what was saved, and read the log again."""
    if name == "engine":
        with contextlib.suppress(Unavailable):
            await running.andon.resume()


async def read_log(running: Running) -> None:
    """Pass on what has come into the log, and save now and then."""
    andon = running.andon
    began = time.monotonic()
    while time.monotonic() - began < SAVE_EVERY and not running.stopping.is_set():
        for entry in await andon.outside.log.read(andon.position, wait=0.2):
            await andon.pass_on(entry)
            await asyncio.sleep(0)
        running.alive["engine"] = time.monotonic()
        if time.monotonic() - running.shown > SHOW_EVERY:
            await andon.show()
            running.shown = time.monotonic()
    await andon.save()


async def pass_time(running: Running) -> None:
    """Write a tick into the log, and do what has become due; a fast clock goes on once all of it is done."""
    andon = running.andon
    clock = andon.outside.clock
    if not clock.real(1.0):  # event time: the signals move it
        await asyncio.sleep(0.2)
        return
    now = clock.now()
    position = await andon.outside.log.append(now, None)
    if isinstance(clock, FastClock):
        await passed_on(running, position)
        await andon.send()
        clock.allow("engine", now + FAST_TICK)
        await reach(clock, now + FAST_TICK)
    else:
        await andon.desk.pass_time(now)
        await reach(clock, now + TICK)


async def passed_on(running: Running, position: str) -> None:
    """Return once the log has been passed on as far as `position`."""
    while running.andon.position < position and not running.stopping.is_set():
        running.andon.moved.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(running.andon.moved.wait(), RETRY_AFTER)


async def send_pages(running: Running) -> None:
    """Send what lies ready."""
    if not await running.andon.send():
        await asyncio.sleep(0.1)


async def watch_rules(running: Running) -> None:
    """Take a changed rulebook over, or keep the old one and say why."""
    andon, settings = running.andon, running.settings
    await asyncio.sleep(1.0)
    seen = fingerprint(settings.rules)
    if seen == running.seen:
        return
    first, running.seen = not running.seen, seen
    if first:
        return
    try:
        await andon.adopt(load(settings.rules, settings.environment))
        running.refused = ""
        log.info("took the rulebook over", version=andon.book.version)
    except RulebookError as error:
        running.refused = str(error)
        log.error("kept the old rulebook", why=str(error))  # noqa: TRY400 - the author's error, not a fault of ours
