"""Which of the services on one store leads: the others stand by, serve HTTP, and take over when it ends."""

from __future__ import annotations

import time

import structlog
from msgspec.structs import replace

from andon.clock import Clock, EventClock
from andon.errors import ConfigError
from andon.runners.running import Running
from andon.store.formats import readable
from andon.store.lease import ASKS_EVERY, LASTS, RENEWS_EVERY, Lease

log = structlog.get_logger()


async def take_place(running: Running) -> None:
    """Lead or stand by; ConfigError where another leads that no other may stand by for."""
    lease, clock = running.lease, running.andon.outside.clock
    until = time.monotonic() + LASTS + RENEWS_EVERY
    await lease.hold(alone=running.child is not None)
    while running.standing_by and isinstance(clock, EventClock) and time.monotonic() < until:
        await running.pause(ASKS_EVERY)  # one that was killed leads for as long as its lease lasts
        await lease.hold()
    if not running.standing_by:
        await running.take_up()
        if (
            running.child
        ):  # nobody else can be there: what was being sent as we ended need not wait for its claim to end
            await running.andon.sender.release(clock.now())
        return
    suits(lease, clock)
    readable(await running.andon.outside.store.formats(), "what the store keeps")
    log.warning("lease.standing_by", leader=running.standing_by)
    await running.rest()


def suits(lease: Lease, clock: Clock) -> None:
    """Raise ConfigError unless this service may stand by for the one that leads."""
    elsewhere = "For an andon of its own, name another database of the server: redis://HOST:PORT/1."
    if isinstance(clock, EventClock):
        raise ConfigError(f"{lease.leader} works on this store, and beside it nobody on --clock events. {elsewhere}")
    if lease.leader and lease.leader.key != lease.me.key:
        raise ConfigError(
            f"{lease.leader} works on this store, with another key: each would know customers by other pseudonyms. To have this "
            f"one stand by, copy the files key and ingest-token from its data directory. {elsewhere}"
        )


async def hold_lease(running: Running) -> None:
    """Keep the lease, or ask for it; say so when it changes hands."""
    lease, before = running.lease, running.standing_by
    lease.me = replace(lease.me, rules=running.andon.book.version[:12])
    await lease.hold()
    if (now := running.standing_by) != before:
        log.warning("lease.standing_by" if now else "lease.taken", term=lease.term, leader=str(lease.leader))
    await running.pause(ASKS_EVERY if now else RENEWS_EVERY)
