"""One machine, one process: the service is put together, runs until it is told to stop, and ends in order."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import math
import signal
import socket
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import structlog
import uvicorn

from andon import plugins
from andon.app import Outside, assemble
from andon.channel import Channel
from andon.clock import Clock, EventClock, FastClock
from andon.config import Secrets, Settings, secrets_of
from andon.errors import ConfigError, Unavailable
from andon.log.redis import RedisLog
from andon.log.room import Room
from andon.rulebook.load import load
from andon.rulebook.watch import fingerprint
from andon.runners.channels import channels_of, close
from andon.runners.leading import take_place
from andon.runners.line import Line, make_room
from andon.runners.loops import FAST_TICK, LOOPS, TICK, keep, passed_on
from andon.runners.order import InOrder
from andon.runners.running import Running
from andon.store import embedded
from andon.store.connect import connect
from andon.store.lease import Lease, myself
from andon.store.redis import RedisStore
from andon.store.tending import Tending
from andon.web.api import create_app

__all__ = ["passed_on", "run", "service"]

log = structlog.get_logger()
DRAINS_WITHIN = 1.8
"""True seconds that the loops have to finish what they are at; what they could not is done after the next start."""
SAVES_WITHIN = 1.5


@contextlib.asynccontextmanager
async def service(settings: Settings, clock: Clock) -> AsyncIterator[Running]:
    """Start the store if it is ours, take up the saved state, yield the service, and end it all in order.

    Port 0 takes a free one. ConfigError: settings, rulebook, port or data directory cannot be used.
    """
    seen = fingerprint(settings.rules)  # before it is read, so that an edit in between is taken over
    book = load(settings.rules, settings.environment)
    secrets = secrets_of(settings)
    async with contextlib.AsyncExitStack() as ending:
        line = ending.enter_context(_listen(settings))
        settings = replace(settings, port=line.getsockname()[1])
        child = None if settings.redis else embedded.start(settings.data)
        if child:
            ending.callback(child.stop)
        client = connect(child.url if child else settings.redis)
        ending.push_async_callback(client.aclose)
        room = Room(client, settings.data if child else None)
        tending = Tending(client, room, child)
        await tending.survey.look(time.monotonic())
        channels, missing = channels_of(settings)
        ending.push_async_callback(close, channels)
        lease = Lease(client, myself(settings.url, book.version[:12], secrets.key))
        andon = assemble(book, _outside(settings, clock, secrets, channels, room, lease))
        if isinstance(clock, EventClock):
            andon.wait = InOrder(andon).wait
        running = Running(andon, settings, lease, tending, seen=seen, missing=missing, line=line, child=child)
        await take_place(running)
        yield running


def _outside(
    settings: Settings, clock: Clock, secrets: Secrets, channels: Mapping[str, Channel], room: Room, lease: Lease
) -> Outside:
    """Return what the service stands on, all of it on the server that the lease is on."""
    return Outside(
        log=RedisLog(lease.client, room=room),
        store=RedisStore(lease.client, fence=lease.fence),
        clock=clock,
        secrets=secrets,
        detectors=plugins.detectors(),
        channels=channels,
        url=settings.url,
        grain=_grain(clock),
    )


async def run(running: Running) -> None:
    """Serve until `stopping` is set, then drain: what was acknowledged is in the log, what was found in the store.

    Unavailable when it ended without being asked to.
    """
    server = _server(running)
    gc.freeze()  # what stands by now stays: looking all of it through for garbage holds up a page for a tenth of a second
    sockets = [running.line] if running.line else None
    running.andon.beat = lambda: running.came_round("engine")
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, running.stopping.set)
    tasks = [asyncio.create_task(keep(running, loop), name=loop.name) for loop in LOOPS]
    tasks.append(asyncio.create_task(server.serve(sockets), name="web"))
    stop = asyncio.create_task(running.stopping.wait(), name="stop")
    await asyncio.wait([stop, *tasks], return_when=asyncio.FIRST_COMPLETED)
    asked = running.stopping.is_set()
    running.stopping.set()
    server.should_exit = True
    await _drained(running, [stop, *tasks])
    await _save(running)
    for task in tasks:
        if not task.cancelled():
            task.result()
    if not asked:
        raise Unavailable("the web server ended by itself; its last lines say why. Start andon again.")


async def _drained(running: Running, tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Return when what is under way has come to its end, or was ended."""
    sending = running.andon.sender.under_way
    _, late = await asyncio.wait([*tasks, *sending], timeout=DRAINS_WITHIN)
    late |= {task for task in sending if not task.done()}
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)


async def _save(running: Running) -> None:
    try:
        async with asyncio.timeout(SAVES_WITHIN):
            await running.andon.save()
            await running.lease.let_go()
    except (Unavailable, TimeoutError) as error:
        log.warning("not_saved", why=str(error) or f"no answer within {SAVES_WITHIN:g} s")


def _grain(clock: Clock) -> float:
    """Return how late a timer may be and yet count as in time: the clock of events comes in strides, and no timer is late by it."""
    if isinstance(clock, FastClock):
        return 2 * FAST_TICK
    return 1.5 * TICK if clock.real(1.0) else math.inf


def _listen(settings: Settings) -> socket.socket:
    """Return a socket on the service's address, ConfigError when somebody else has it: better now than after the start."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        line = socket.create_server((settings.host, settings.port), family=family, backlog=1024)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else a kept connection waits 40 ms for each answer
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or error
        raise ConfigError(
            f"{settings.host}:{settings.port} cannot be listened on: {why}. Is another andon running there? "
            "Choose another address with --host and --port."
        ) from error
    return line


def _server(running: Running) -> uvicorn.Server:
    Line.most = make_room()
    config = uvicorn.Config(
        create_app(running),
        http=Line,
        host=running.settings.host,
        port=running.settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
        server_header=False,
    )
    return _Server(config)


class _Server(uvicorn.Server):
    """uvicorn, leaving the signals of the operating system to the runner."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield
