"""Asking a Redis protocol server about itself: its settings, its clock, and how long a durable write takes."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError, ResponseError

from andon.errors import ConfigError, Unavailable
from andon.store.connect import text_of

FORBIDDEN = "not allowed"
_PROBES = 5
_KEPT = 60


@dataclass(frozen=True, slots=True)
class Server:
    """What a server told of itself: INFO, `appendfsync` ("" where CONFIG is forbidden), and what came of trying it.

    `scripts`, `writes`: what kept it from running a script, from writing; "" for nothing. `seconds` of a durable write, the median
    of a few, NaN untried; `ahead`: by how many seconds its clock is in front of ours.
    """

    info: Mapping[str, Any]
    fsync: str = "always"
    scripts: str = ""
    writes: str = ""
    seconds: float = math.nan
    ahead: float = 0.0


async def ask(client: Redis, prefix: str = "andon:", *, probe: bool = True) -> Server:
    """Ask a server what the looks go by; `probe` writes a key of ours a few times, which the server forgets after a minute.

    Unavailable when it does not answer; ConfigError when it does not let us in.
    """
    try:
        info: dict[str, Any] = await client.info()
        began = time.time()
        seconds, micros = await client.time()
        ahead = seconds + micros / 1e6 - (began + time.time()) / 2
        scripts = await _refusal(client.eval("return redis.call('TIME')[1]", 0))
        writes, took = await _writes(client, f"{prefix}probe") if probe else ("", math.nan)
        return Server(info, await _fsync(client), scripts, writes, took, ahead)
    except (AuthenticationError, NoPermissionError) as error:
        raise ConfigError(
            f"the server does not let andon in: {error}. Name a user in the URL (redis://USER:PASSWORD@HOST) who may use all keys "
            f"under {prefix} and the commands +@all -@dangerous +info."
        ) from error
    except ResponseError as error:
        if "HELLO" not in str(error):
            raise Unavailable(f"the server refuses: {error}") from error
        raise ConfigError("the server is older than Redis 6. Run Redis 6.2 or later, or any Valkey.") from error
    except (RedisError, TimeoutError, OSError) as error:
        raise Unavailable(f"the server does not answer: {error}") from error


async def _refusal(answer: Any) -> str:
    try:
        await answer
    except NoPermissionError as error:
        return f"{FORBIDDEN}: {error}"
    except ResponseError as error:
        return str(error)
    return ""


async def _writes(client: Redis, key: str) -> tuple[str, float]:
    took = []
    for _ in range(_PROBES):
        began = time.perf_counter()
        if refused := await _refusal(client.set(key, "written", ex=_KEPT)):
            return refused, math.nan
        took.append(time.perf_counter() - began)
    return "", statistics.median(took)


async def _fsync(client: Redis) -> str:
    try:
        found: dict[Any, Any] = await client.config_get("appendfsync")
    except ResponseError:
        return ""
    return "".join(text_of(value) for value in found.values())
