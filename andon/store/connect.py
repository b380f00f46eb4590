"""The line to a Redis protocol server, for the log and the store alike: the one place where such a client is made."""

from __future__ import annotations

from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as ServerGone
from redis.exceptions import RedisError, ResponseError

from andon.errors import ConfigError, Unavailable

ANSWERS_WITHIN = 5.0
CONNECTS_WITHIN = 2.0


def connect(url: str) -> Redis:
    """Return a client for redis://, rediss:// or unix://; nothing is asked of the server yet. ConfigError for another URL.

    A server that hangs is away after 5 s (the URL's `socket_timeout` says otherwise); a line that broke is opened once more,
    and all further patience is the caller's.
    """
    try:
        return Redis.from_url(
            url,
            socket_timeout=ANSWERS_WITHIN,
            socket_connect_timeout=CONNECTS_WITHIN,
            retry=Retry(NoBackoff(), 1, supported_errors=(ServerGone,)),
        )
    except ValueError as error:
        raise ConfigError(f"the server's URL {_plain(url)!r} cannot be used: {error}") from error


async def doubts(client: Redis) -> list[str]:
    """Return what an operator should know of a server whose settings are not ours: how it could lose what it has answered for.

    Unavailable when it does not answer; a server that does not tell (CONFIG forbidden) is a doubt of its own.
    """
    try:
        found: dict[Any, Any] = await client.config_get("append*", "maxmemory-policy")
    except ResponseError:
        return ["it does not tell its settings; it should run with appendonly yes, appendfsync always, noeviction"]
    except (RedisError, OSError) as error:
        raise Unavailable(f"the server does not answer: {error}") from error
    said = {text_of(name): text_of(value) for name, value in found.items()}
    wanted = {
        "appendonly": ("yes", "what is acknowledged is lost when it stops"),
        "appendfsync": ("always", "what was acknowledged in the last second may be lost with the machine"),
        "maxmemory-policy": ("noeviction", "when it is full it forgets what it should keep"),
    }
    return [
        f"{name} is {said.get(name, 'not known')}, not {right}: {harm}"
        for name, (right, harm) in wanted.items()
        if said.get(name) != right
    ]


def text_of(raw: bytes | str) -> str:
    """Return a name as text, whether the client decodes or not."""
    return raw.decode() if isinstance(raw, bytes) else raw


def _plain(url: str) -> str:
    """Return a URL without the password it may carry."""
    scheme, separator, rest = url.rpartition("://")
    return scheme + separator + rest.rpartition("@")[2]
