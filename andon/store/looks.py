"""Looks at a server that is not ours: how it could lose what it has answered for, and whether andon can work on it at all."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from redis.asyncio import Redis

from andon.errors import ConfigError
from andon.log.base import FULL
from andon.store.connect import text_of
from andon.store.server import FORBIDDEN, Server, ask

OLDEST = (6, 2)
"""The first version with all that andon asks for: XTRIM MINID, and ranges without their first entry."""
SLOW = 0.05
"""Seconds of a durable write from which on senders wait noticeably."""
APART = 2.0
"""Seconds by which two clocks may differ."""


class Verdict(StrEnum):
    """What a look comes to: nothing to say, something an operator should know, or no way to work like this."""

    FINE = "fine"
    WARN = "warn"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look saw: `value` as it was found, `found` in a sentence, what harm that does, what to do about it."""

    look: str
    verdict: Verdict
    value: str
    found: str
    harm: str = ""
    todo: str = ""

    def __str__(self) -> str:
        """Return all of it in a line."""
        harm, todo = (f": {self.harm}" if self.harm else ""), (f". {self.todo}" if self.todo else "")
        return f"{self.found}{harm}{todo}"


async def look(client: Redis, *, probe: bool = True) -> list[Seen]:
    """Return what every look saw. Unavailable and ConfigError as `ask`."""
    server = await ask(client, probe=probe)
    return [one(server) for one in LOOKS]


def doubts(found: Sequence[Seen]) -> list[Seen]:
    """Return what an operator should know of; ConfigError when andon cannot work on this server, with all the reasons."""
    if refused := [str(one) for one in found if one.verdict is Verdict.REFUSE]:
        raise ConfigError(f"this server cannot be used: {'; '.join(refused)}")
    return [one for one in found if one.verdict is not Verdict.FINE]


def version(server: Server) -> Seen:
    """See how old it is."""
    said = text_of(server.info.get("redis_version", "?"))
    name = f"Valkey {text_of(server.info['valkey_version'])}" if "valkey_version" in server.info else f"Redis {said}"
    numbers = tuple(int(one) for one in re.findall(r"\d+", said)[:2])
    if numbers >= OLDEST:
        return Seen("version", Verdict.FINE, name, f"it is {name}")
    needed = ".".join(map(str, OLDEST))
    return Seen(
        "version",
        Verdict.REFUSE,
        name,
        f"it is {name}",
        "andon asks for what it does not know",
        f"Run Redis {needed} or later, or any Valkey.",
    )


def cluster(server: Server) -> Seen:
    """See whether it is one node of a Redis Cluster."""
    if not server.info.get("cluster_enabled"):
        return Seen("cluster", Verdict.FINE, "no", "it is no cluster")
    return Seen(
        "cluster",
        Verdict.REFUSE,
        "yes",
        "it is a node of a Redis Cluster",
        "andon writes several keys in one transaction, which a cluster keeps on several nodes",
        "Name a server with cluster-enabled no; replicas and Sentinel beside it are welcome.",
    )


def primary(server: Server) -> Seen:
    """See whether it may be written to."""
    if text_of(server.info.get("role", "master")) == "master":
        return Seen("primary", Verdict.FINE, "yes", "it is a primary")
    of = f"{text_of(server.info.get('master_host', '?'))}:{server.info.get('master_port', '?')}"
    return Seen(
        "primary",
        Verdict.REFUSE,
        of,
        f"it is a replica of {of}",
        "nothing that is written there is kept",
        "Name its primary.",
    )


def scripts(server: Server) -> Seen:
    """See whether it runs scripts."""
    if not server.scripts:
        return Seen("scripts", Verdict.FINE, "yes", "it runs scripts")
    return Seen(
        "scripts",
        Verdict.REFUSE,
        server.scripts,
        f"it runs no scripts ({server.scripts})",
        "a batch and what it had refused could not be written in one go",
        "Allow the user andon comes as +@scripting.",
    )


def writes(server: Server) -> Seen:
    """See whether it can be written to, and how long that takes."""
    if server.writes.startswith(FORBIDDEN):
        return Seen(
            "writes",
            Verdict.REFUSE,
            server.writes,
            f"it does not let andon write ({server.writes})",
            todo="Allow the user andon comes as all keys that begin with andon: (ACL SETUSER NAME ~andon:* +@write).",
        )
    if server.writes:
        return Seen(
            "writes",
            Verdict.WARN,
            server.writes,
            f"it takes no writes now ({server.writes})",
            "every batch is answered 503 until it does",
            "Make room in its memory and on its disk; andon goes on by itself.",
        )
    if math.isnan(server.seconds):
        return Seen("writes", Verdict.FINE, "", "it was not written to")
    took = f"{server.seconds * 1000:.1f} ms"
    if server.seconds < SLOW:
        return Seen("writes", Verdict.FINE, took, f"a write takes {took}")
    return Seen(
        "writes",
        Verdict.WARN,
        took,
        f"a write takes {took}",
        "senders wait for each batch, and pages are late",
        "Bring it nearer, or give its append-only file a faster disk.",
    )


def appendonly(server: Server) -> Seen:
    """See whether what it answers for is on its disk."""
    if not server.info.get("aof_enabled"):
        return Seen(
            "appendonly",
            Verdict.WARN,
            "no",
            "appendonly is no, not yes",
            "what is acknowledged is lost when it stops",
            "CONFIG SET appendonly yes, and write it into its configuration.",
        )
    if (status := text_of(server.info.get("aof_last_write_status", "ok"))) != "ok":
        return Seen(
            "appendonly",
            Verdict.WARN,
            status,
            f"its last write to the append-only file failed ({status})",
            "it takes no more until that works",
            "Look at its disk.",
        )
    return Seen("appendonly", Verdict.FINE, "yes", "it keeps an append-only file")


def appendfsync(server: Server) -> Seen:
    """See whether it is there before it is answered for."""
    if server.fsync == "always":
        return Seen("appendfsync", Verdict.FINE, "always", "it writes before it answers")
    if not server.fsync:
        return Seen(
            "appendfsync",
            Verdict.WARN,
            "?",
            "it does not tell its settings (CONFIG GET is forbidden)",
            "with another appendfsync than always, what was acknowledged in the last second may be lost with the machine",
            "Allow +config|get, or see for yourself that it runs with appendfsync always.",
        )
    return Seen(
        "appendfsync",
        Verdict.WARN,
        server.fsync,
        f"appendfsync is {server.fsync}, not always",
        "what was acknowledged in the last second may be lost with the machine",
        "CONFIG SET appendfsync always, and write it into its configuration.",
    )


def eviction(server: Server) -> Seen:
    """See whether it forgets when it is full."""
    policy = text_of(server.info.get("maxmemory_policy", "?"))
    if policy == "noeviction":
        return Seen("eviction", Verdict.FINE, policy, "when it is full it says so")
    return Seen(
        "eviction",
        Verdict.WARN,
        policy,
        f"maxmemory-policy is {policy}, not noeviction",
        "when it is full it forgets what it should keep",
        "CONFIG SET maxmemory-policy noeviction, and give what needs another one another server.",
    )


def limit(server: Server) -> Seen:
    """See whether it knows how much it may hold."""
    if most := int(server.info.get("maxmemory", 0)):
        return Seen("limit", Verdict.FINE, str(most), f"it may hold {most / 1e9:.1f} GB")
    return Seen(
        "limit",
        Verdict.WARN,
        "0",
        "it has no maxmemory",
        "andon cannot tell when it is nearly full, and the machine ends it without a word",
        "CONFIG SET maxmemory to half of the machine's memory, and write it into its configuration.",
    )


def memory(server: Server) -> Seen:
    """See how much room it has left."""
    used, most = int(server.info.get("used_memory", 0)), int(server.info.get("maxmemory", 0)) or math.inf
    share = f"{used / most:.0%}"
    if used / most < FULL:
        return Seen("memory", Verdict.FINE, share, f"its memory is {share} full")
    return Seen(
        "memory",
        Verdict.WARN,
        share,
        f"its memory is {share} full",
        f"from {FULL:.0%} on batches are answered 503, until what is in the log has been worked off",
        "Give it more (maxmemory), or look what else is kept there.",
    )


def clock(server: Server) -> Seen:
    """See whether its clock and ours agree."""
    if abs(server.ahead) <= APART:
        return Seen("clock", Verdict.FINE, f"{server.ahead:+.1f} s", "its clock agrees with this machine's")
    return Seen(
        "clock",
        Verdict.WARN,
        f"{server.ahead:+.1f} s",
        f"its clock is {server.ahead:+.1f} s from this machine's",
        "one of them is wrong: on-duty hours and promises go by this machine's",
        "Run NTP on both.",
    )


LOOKS: tuple[Callable[[Server], Seen], ...] = (
    version,
    cluster,
    primary,
    scripts,
    writes,
    appendonly,
    appendfsync,
    eviction,
    limit,
    memory,
    clock,
)
