"""The lease: of all services on one server one leads (judges, pages, saves); the others stand by, and take over when it ends.

Each change of hands is a term with a number. The one that leads writes only while the newest term is its own, so that one that
was away (a paused machine, a line that broke) and comes back does not write over what its successor did.
Keys: `lease` (who leads; it expires), `term` (the newest, `NUMBER ID`), `standby` (who stands by, until when it is believed).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.exceptions import NoPermissionError, RedisError

from andon.errors import ConfigError, Unavailable
from andon.store.connect import text_of

LASTS = 5.0
"""True seconds for which a lease holds that is not renewed: how long nobody judges after the one that led was killed."""
RENEWS_EVERY = 1.0
ASKS_EVERY = 0.5
DEPOSED = "another andon leads on this store now; this one stands by"

# One script decides, by the server's own clock. Who held the newest term and finds nobody else in the lease goes on in it.
# Going on takes no memory: a server that is full lets PEXPIRE through, and not HSET. A term's number is no less than the time,
# so that one that began after a restore had put all keys aside is none that was there before.
_HOLD = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local id, who, lasts = ARGV[1], ARGV[2], tonumber(ARGV[3])
local holder = redis.call('HGET', KEYS[1], 'id')
local term = redis.call('GET', KEYS[2]) or '0 '
local number, last = string.match(term, '^(%d+) (.*)$')
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
if holder and holder ~= id and ARGV[4] == '0' then
  redis.pcall('ZADD', KEYS[3], now + lasts, who)
  return {'', redis.call('HGET', KEYS[1], 'who'), redis.call('ZRANGE', KEYS[3], 0, -1)}
end
if last ~= id then
  term = string.format('%.0f %s', math.max(tonumber(number) + 1, now), id)
  redis.call('SET', KEYS[2], term)
end
redis.call('ZREM', KEYS[3], who)
if holder ~= id or redis.call('HGET', KEYS[1], 'who') ~= who then
  redis.call('HSET', KEYS[1], 'id', id, 'who', who)
end
redis.call('PEXPIRE', KEYS[1], lasts)
return {term, who, redis.call('ZRANGE', KEYS[3], 0, -1)}
"""
_LET_GO = """
redis.call('ZREM', KEYS[3], ARGV[2])
if redis.call('HGET', KEYS[1], 'id') == ARGV[1] then redis.call('DEL', KEYS[1]) end
"""


class Holder(msgspec.Struct, frozen=True):
    """A service as others see it: `url` where its people reach it, `rules` its rulebook's version, `key` a print of its key."""

    id: str
    host: str
    pid: int
    url: str = ""
    rules: str = ""
    key: str = ""

    def __str__(self) -> str:
        """Return how an operator finds it."""
        return f"{self.url} (process {self.pid} on {self.host})"


def myself(url: str, rules: str, key: bytes) -> Holder:
    """Return this process as others are to see it; of its key they see no more than whether theirs is the same."""
    seen = hmac.new(key, b"the same key?", hashlib.sha256).hexdigest()[:16]
    return Holder(secrets.token_hex(8), socket.gethostname(), os.getpid(), url, rules, seen)


@dataclass
class Fence:
    """What keeps out writes of one that was away: `term` is the one in which the engine took its work up, "" while it rests.

    It outlives the lease, so that what is still under way when the lease is lost is refused. `key` holds the newest term.
    """

    key: str
    term: str = ""

    def check(self, newest: bytes | str | None) -> None:
        """Raise Unavailable when another's term has begun since the work was taken up."""
        if self.term and (newest is None or text_of(newest) != self.term):
            raise Unavailable(DEPOSED)


class Lease:
    """This process's part in the lease: `term` is its own while it leads, "" while it stands by.

    `leader` and `standby` are as of the last `hold`.
    """

    def __init__(self, client: Redis, me: Holder, prefix: str = "andon:") -> None:
        self.client = client
        self.me, self.fence = me, Fence(f"{prefix}term")
        self.term = ""
        self.leader: Holder | None = None
        self.standby: tuple[Holder, ...] = ()
        self._keys = [f"{prefix}lease", self.fence.key, f"{prefix}standby"]
        self._hold, self._let_go = client.register_script(_HOLD), client.register_script(_LET_GO)

    async def hold(self, *, alone: bool = False) -> None:
        """Take the lease or keep it, unless another service has it; `alone`: nobody else can be there. Unavailable."""
        who = msgspec.json.encode(self.me).decode()
        async with _asking():
            found: Any = await self._hold(self._keys, [self.me.id, who, int(LASTS * 1000), int(alone)])
        self.term = text_of(found[0])
        self.leader = _holder(found[1])
        self.standby = tuple(map(_holder, found[2]))

    async def let_go(self) -> None:
        """Hand over at once: whoever stands by leads when it asks next. Unavailable."""
        who = msgspec.json.encode(self.me).decode()
        async with _asking():
            await self._let_go(self._keys, [self.me.id, who])
        self.term = ""


async def leads(client: Redis, prefix: str = "andon:") -> tuple[Holder | None, tuple[Holder, ...]]:
    """Return who leads on a server, None when nobody does, and who stands by; nothing is written. Unavailable."""
    async with _asking():
        now, _ = await client.time()
        found: Any = await client.hget(f"{prefix}lease", "who")
        standby: Any = await client.zrangebyscore(f"{prefix}standby", now * 1000, "+inf")
    return _holder(found) if found else None, tuple(map(_holder, standby))


def _holder(raw: bytes | str) -> Holder:
    return msgspec.json.decode(raw, type=Holder)


@asynccontextmanager
async def _asking() -> AsyncIterator[None]:
    try:
        yield
    except NoPermissionError as error:
        raise ConfigError(f"the store's server does not let andon hold its lease: {error}") from error
    except (RedisError, TimeoutError, OSError) as error:
        raise Unavailable(f"the store does not answer: {error}") from error
