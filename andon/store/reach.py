"""Reaches a store from outside the service: one that runs, or one that is started for as long as it is needed."""

from __future__ import annotations

import fcntl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from redis.asyncio import Redis

from andon.errors import ConfigError
from andon.store import embedded
from andon.store.connect import connect
from andon.store.lease import leads

PATIENCE = 300
"""True seconds that it may take for one answer: to put a large backup in its place is one step."""


@asynccontextmanager
async def reached(data: Path, redis: str, *, alone: bool = False) -> AsyncIterator[Redis]:
    """Yield a line to the server at `redis`, or, for "", to the store of a data directory; on the main thread.

    `alone`: nobody may work on it. ConfigError when somebody does, or it cannot be reached from here.
    """
    async with AsyncExitStack() as ending:
        url = redis or ("" if alone else _running(data))
        if not url:
            child = embedded.start(data)
            ending.callback(child.stop)
            url = child.url
        client = connect(f"{url}{'&' if '?' in url else '?'}socket_timeout={PATIENCE}")
        ending.push_async_callback(client.aclose)
        if alone and redis:
            leader, _ = await leads(client)
            if leader:
                raise ConfigError(f"{leader} works on this store: stop it first.")
        yield client


def _running(data: Path) -> str:
    """Return where the store answers that runs on a data directory, "" when none does."""
    with (data / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            return ""
    if not (path := data / "store.sock").exists():
        raise ConfigError(f"an andon runs on {data}, whose path is too long for a socket: stop it for the backup.")
    return f"unix://{path}"
