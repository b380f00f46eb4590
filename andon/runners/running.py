"""A service as it runs: what its loops and its web server share."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from andon.app import Andon
from andon.config import Settings

STALE_AFTER = 4.0


@dataclass
class Running:
    """A running service and how its loops fare.

    `alive`: when each loop last came round, and `shown`: when the board was last published, in monotonic seconds.
    `seen`: the rulebook's fingerprint as it was last looked at; `refused`: why the changed one was not taken.
    """

    andon: Andon
    settings: Settings
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    alive: dict[str, float] = field(default_factory=dict)
    shown: float = 0.0
    seen: str = ""
    refused: str = ""

    def late(self) -> list[str]:
        """Return the loops that have not come round lately; none when the service is ready."""
        since = time.monotonic() - STALE_AFTER
        return [name for name, at in sorted(self.alive.items()) if at < since]
