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
from andon.store.place import known

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
        if alone and redis and (leader := (await leads(client))[0]):
            raise ConfigError(f"{leader} works on this store: stop it first.")
        if alone and not redis:
            await client.delete("andon:lease")  # the directory is ours: whoever held it is no more
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
    if not (url := known(data)):
        raise ConfigError(f"an andon runs on {data}, and its store's address is not known: stop it for the backup.")
    return url
