"""Looks at the store: the server, who leads on it, what it keeps, and what waits in it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from functools import wraps

from andon.clock import Behind, behind
from andon.errors import AndonError, ConfigError, Unavailable
from andon.log.waiting import waiting
from andon.runners.checkup.subject import Subject, fine, refuse, warn
from andon.store import embedded, looks
from andon.store.connect import Client
from andon.store.formats import readable
from andon.store.lease import leads
from andon.store.looks import Seen
from andon.store.redis import RedisStore

LATE = 60.0
"""Seconds after which a page that is due should have been sent."""
LONG = 300.0
"""Seconds after which what is in the log should have been judged and saved, about."""


def asking(look: Callable[[Client], Awaitable[Seen]]) -> Callable[[Subject], Awaitable[Sequence[Seen]]]:
    """Have a look ask the store, and see nothing where there is none or it does not answer: `server` says so."""

    @wraps(look)
    async def wrapped(subject: Subject) -> Sequence[Seen]:
        if subject.client is None:
            return []
        try:
            return [await look(subject.client)]
        except AndonError:
            return []

    return wrapped


async def server(subject: Subject) -> Sequence[Seen]:
    """See what the server is and how it is set up; of a bundled store that does not run, what would be started."""
    if subject.client is None:
        return [_bundled()]
    try:
        return await looks.look(subject.client, probe=bool(subject.settings.redis))
    except ConfigError as error:
        return [refuse("store", str(error))]
    except Unavailable as error:
        if subject.settings.redis:
            harm, todo = "every batch is answered 503", "Start it, or name another with --redis."
            return [refuse("store", str(error), harm, todo)]
        return [_bundled(f" ({error})")]


def _bundled(why: str = "") -> Seen:
    try:
        return fine("store", f"the bundled store does not run{why}; {embedded.executable()} would be started")
    except ConfigError as error:
        return refuse("store", str(error))


@asking
async def formats(client: Client) -> Seen:
    """See whether this version reads what is kept."""
    found = await RedisStore(client).formats()
    try:
        readable(found, "what the store keeps")
    except ConfigError as error:
        return refuse("formats", str(error))
    return fine("formats", f"written by andon {found['version']}" if found else "nothing is kept yet")


@asking
async def leader(client: Client) -> Seen:
    """See who leads on the store, and who stands by."""
    found, others = await leads(client)
    beside = f"; {', '.join(map(str, others))} stands by" if others else ""
    said = f"{found or 'nobody'} leads{beside}"
    if found and any(one.rules != found.rules for one in others):
        return warn("leader", said, "they go by different rulebooks", "Give them the same, or calls change with hands.")
    return fine("leader", said)


@asking
async def judged(client: Client) -> Seen:
    """See whether this machine's clock is where it was when andon last judged."""
    saved = await RedisStore(client).stands()
    ahead = _at(saved) - time.time()
    said = f"what was judged lies {ahead / 3600:.1f} h ahead of this machine's clock"
    match behind(ahead):
        case Behind.NO:
            return fine("judged", f"judged and saved {_ago(-ahead)}" if saved else "nothing has been judged yet")
        case Behind.TOLD:
            return warn("judged", said, "time goes half as fast until it has come up", "If the clock is wrong, set it.")
        case Behind.UNREADY:
            todo = "If the clock is wrong, set it; if it was wrong then, start on another data directory."
            return refuse("judged", said, "no service is ready until it has come up, though ladders climb on", todo)


@asking
async def log(client: Client) -> Seen:
    """See what waits in the log, and what was refused."""
    after = await RedisStore(client).stands()
    found = await waiting(client, after)
    said = f"{found.entries} entries since the last save, {found.letters} dead letters"
    oldest = time.time() - found.oldest if found.oldest else 0.0
    if oldest > LONG:
        return warn("log", f"{said}; the oldest waits since {_ago(oldest)}", "it is not judged", "Is a service ready?")
    return fine("log", said)


@asking
async def pages(client: Client) -> Seen:
    """See whether pages are due and not sent."""
    now, store = time.time(), RedisStore(client)
    due = [one.next_try or 0.0 for one in await store.outbox(now)]
    still_open = len(await store.open_incidents())
    said = f"{still_open} incidents are open, {len(due)} pages are due"
    if due and now - min(due) > LATE:
        return warn(
            "pages", f"{said}; the oldest since {_ago(now - min(due))}", "people are called late", "Is a service ready?"
        )
    return fine("pages", said)


def _at(position: str) -> float:
    """Return the time of a log position, in epoch seconds by the server's clock; 0 before the first."""
    return int(position.partition("-")[0]) / 1000 if position else 0.0


def _ago(seconds: float) -> str:
    return (
        f"{seconds:.0f} s ago"
        if seconds < 600
        else f"{seconds / 60:.0f} min ago"
        if seconds < 7200
        else f"{seconds / 3600:.0f} h ago"
    )
