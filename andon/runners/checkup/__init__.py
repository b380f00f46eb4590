"""A check-up: everything an operator asks at three in the morning, whether the service runs or not. Nothing is changed by it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from andon.runners.checkup import machine, running, store
from andon.runners.checkup.subject import Subject
from andon.store.looks import Seen

LOOKS: tuple[Callable[[Subject], Awaitable[Sequence[Seen]]], ...] = (
    machine.versions,
    machine.zones,
    machine.rulebook,
    machine.channels,
    machine.directory,
    machine.disk,
    machine.key,
    running.service,
    running.holder,
    store.server,
    store.formats,
    store.leader,
    store.judged,
    store.log,
    store.pages,
)


async def check_up(subject: Subject) -> list[Seen]:
    """Return what every look saw, in order."""
    return [seen for look in LOOKS for seen in await look(subject)]
