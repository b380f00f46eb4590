"""Doing what becomes due in the order of its time, where time is the signals' and waits for nobody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from andon.app import Andon

Due = tuple[float, str, int]
"""When something is due, what, and how often it has been written so far."""


class InOrder:
    """Lets pages be sent, people answer and timers go off, each as of its own time.

    `others` tells what else is due until a time, and `do` does what is due at one: in a replay, what people say.
    """

    def __init__(
        self,
        andon: Andon,
        others: Callable[[float], list[Due]] | None = None,
        do: Callable[[float], Awaitable[None]] | None = None,
    ) -> None:
        self._andon, self._others, self._do = andon, others, do
        self._store = andon.outside.store

    async def wait(self, until: float) -> None:
        """Do what becomes due until a time.

        What is still due after it was done once is left alone, as long as nothing else has happened to it.
        """
        done: set[Due] = set()
        while fresh := [one for one in await self._due(until) if one not in done]:
            now = min(when for when, _, _ in fresh)
            done |= {one for one in fresh if one[0] <= now}
            if not await self._andon.sender.run_once(now):
                if self._do:
                    await self._do(now)
                await self._andon.desk.pass_time(now)

    async def _due(self, until: float) -> list[Due]:
        found = [(when, name, await self._version(name)) for when, name in await self._store.due(until)]
        found += [(one.next_try or 0.0, one.page.id, one.version) for one in await self._store.outbox(until)]
        return found + (self._others(until) if self._others else [])

    async def _version(self, incident: str) -> int:
        found = await self._store.find(incident)
        return found.version if found else 0
