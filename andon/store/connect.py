"""The line to a Redis protocol server, for the log and the store alike: the one place where such a client is made."""

from __future__ import annotations

from redis.asyncio import Redis

from andon.errors import ConfigError


def connect(url: str) -> Redis:
    """Return a client for redis://, rediss:// or unix://; nothing is asked of the server yet. ConfigError for another URL."""
    try:
        return Redis.from_url(url)
    except ValueError as error:
        raise ConfigError(f"the server's URL {_plain(url)!r} cannot be used: {error}") from error


def _plain(url: str) -> str:
    """Return a URL without the password it may carry."""
    scheme, separator, rest = url.rpartition("://")
    return scheme + separator + rest.rpartition("@")[2]
