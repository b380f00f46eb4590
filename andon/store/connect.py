"""The line to a Redis protocol server, for the log and the store alike: the one place where such a client is made."""

from __future__ import annotations

from typing import TypeAlias

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as ServerGone

from andon.errors import ConfigError

Client: TypeAlias = Redis
"""What `connect` returns, for those who hand it on."""
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


def text_of(raw: bytes | str) -> str:
    """Return a name as text, whether the client decodes or not."""
    return raw.decode() if isinstance(raw, bytes) else raw


def _plain(url: str) -> str:
    """Return a URL without the password it may carry."""
    scheme, separator, rest = url.rpartition("://")
    return scheme + separator + rest.rpartition("@")[2]
