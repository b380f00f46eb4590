"""The Log protocol: where a batch is durable before its sender hears of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from andon.errors import Conflict, Unavailable
from andon.model import Entry, Letter

KEY_KEPT = 86_400
"""Seconds for which a batch's key finds its entry again instead of writing another."""
MOST_KEYS = 1_000_000
"""Keys remembered; beyond, up to the older half goes early, so that memory has a bound."""
MOST_LETTERS = 50_000
"""Dead letters kept, about; beyond, the oldest go, so that a broken sender cannot fill the server."""
MOST_LETTER_BYTES = 64 * 1024 * 1024
"""Bytes of dead letters kept; beyond, likewise."""
_SOME = 64
FULL = 0.8
"""Share of its room from which on a log takes nothing more."""


def clear_of(share: float, what: str = "log") -> None:
    """Raise Unavailable when a log has filled this share of its room (its memory, its disk) too far."""
    if share >= FULL:
        raise Unavailable(
            f"the {what} is {share:.0%} full; {FULL:.0%} is the limit, so that what is in it can be worked off"
        )


def reused() -> Conflict:
    """Return the error for a key that stood for another batch: to take that as a repeat would lose it."""
    return Conflict(
        "this Idempotency-Key came with something else before: give each batch, and each pull, a key of its own"
    )


class Log(Protocol):
    """An append-only sequence of entries; positions are strings that sort as the log does ("" is before the first)."""

    async def append(
        self,
        at: float,
        batch: bytes | None,
        key: str = "",
        letters: Sequence[Letter] = (),
        *,
        mark: str = "",
        urgent: bool = False,
    ) -> str:
        """Write a batch (None: a tick) and what it had refused, in one transaction; return its position once durable.

        A `key` that was appended within 24 h writes nothing and returns the earlier position. `mark` tells what the key stands for:
        Conflict where it stood for something else. Unavailable when the log does not answer or is 80 % full; a tick, and what is `urgent`, is taken even then.
        """
        ...

    async def read(self, after: str, most: int = 64, wait: float = 0.0) -> list[Entry]:
        """Return up to `most` entries after a position, waiting up to `wait` true seconds for the first."""
        ...

    async def last(self) -> str:
        """Return the newest position, "" when the log is empty."""
        ...

    async def newest(self) -> Entry | None:
        """Return the newest entry, None when the log is empty."""
        ...

    async def trim(self, before: str) -> None:
        """Forget entries before a position."""
        ...

    async def letters(self, most: int = 1000) -> list[Letter]:
        """Return the oldest dead letters, oldest first; their `id` is set."""
        ...

    async def drop_letters(self, ids: Sequence[str]) -> None:
        """Forget dead letters that were sent again."""
        ...

    async def purge(self, before: float) -> None:
        """Forget dead letters that came before a time, and keys that have had theirs."""
        ...

    async def held(self) -> dict[str, float]:
        """Return how much is kept: counts and bytes by name."""
        ...


async def forget_letters(log: Log, before: float) -> None:
    """Drop the dead letters that came before a time."""
    while old := [letter.id for letter in await log.letters(_SOME) if letter.at < before]:
        await log.drop_letters(old)
