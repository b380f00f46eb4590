"""Who is looked at: the settings as `andon up` would take them, the service's address, and the line to its store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from andon.config import Settings
from andon.store.connect import Client, connect
from andon.store.looks import Seen, Verdict
from andon.store.place import known


@dataclass(frozen=True, slots=True)
class Subject:
    """`url`: where the service answers, if it runs. `client`: the line to its store, None where there is none to be had."""

    settings: Settings
    url: str
    client: Client | None = None


@asynccontextmanager
async def subject(settings: Settings, url: str) -> AsyncIterator[Subject]:
    """Yield a subject with a line to the store that is named, or to the bundled one where that would answer. ConfigError: its URL."""
    if not (where := settings.redis or known(settings.data)):
        yield Subject(settings, url)
        return
    client = connect(where)
    try:
        yield Subject(settings, url, client)
    finally:
        await client.aclose()


def fine(look: str, found: str, value: str = "") -> Seen:
    """Return that there is nothing to say but what was found."""
    return Seen(look, Verdict.FINE, value, found)


def warn(look: str, found: str, harm: str = "", todo: str = "") -> Seen:
    """Return what an operator should know."""
    return Seen(look, Verdict.WARN, "", found, harm, todo)


def refuse(look: str, found: str, harm: str = "", todo: str = "") -> Seen:
    """Return what keeps andon from working."""
    return Seen(look, Verdict.REFUSE, "", found, harm, todo)
