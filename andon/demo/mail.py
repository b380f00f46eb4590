"""The demo's customers' line to the service: batches by HTTP, some late, some twice, some broken, all counted here.

The count is kept by the sender, apart from the service, so that at the end nothing can be lost unnoticed.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec
import numpy as np

LATE_SHARE = 0.01
LATEST = 25 * 60.0
REPEATED_SHARE = 0.01
BROKEN_EVERY = 12
BROKEN = (
    b'{"kind":"rating","name":"csat","value":11,"segment":{"product":"shop"}}',
    b'{"kind":"rating","name":"csat","val',
    b'{"kind":"mood","value":3}',
    b'{"kind":"crash","value":5,"of":2,"segment":{"platform":"ios"}}',
)
ONCE = frozenset({"rating", "complaint"})


@dataclass
class Mail:
    """Sends; `sent`, `repeated`, `broken` are its own counts, `taken`, `duplicate`, `refused` what it was told.

    Nothing is held back beyond `ends`.
    """

    client: httpx.AsyncClient
    random: np.random.Generator
    ends: float
    sent: int = 0
    repeated: int = 0
    broken: int = 0
    taken: int = 0
    refused: int = 0
    posts: int = 0
    held: list[tuple[float, int, dict[str, Any]]] = field(default_factory=list)

    async def post(self, signals: list[dict[str, Any]], now: float) -> None:
        """Send a stretch of signals, what was held back until now, and now and then something broken."""
        going = [one for one in signals if not self._hold(one, now)]
        while self.held and self.held[0][0] <= now:
            going.append(heapq.heappop(self.held)[2])
        twice = [one for one in going if one["kind"] in ONCE and self.random.random() < REPEATED_SHARE]
        lines = [msgspec.json.encode(one) for one in (*going, *twice)]
        self.sent, self.repeated, self.posts = self.sent + len(going), self.repeated + len(twice), self.posts + 1
        if self.posts % BROKEN_EVERY == 0:
            lines.append(BROKEN[self.broken % len(BROKEN)])
            self.broken += 1
        await self._send(b"\n".join(lines))

    def _hold(self, signal: dict[str, Any], now: float) -> bool:
        if self.random.random() >= LATE_SHARE or now + LATEST > self.ends:
            return False
        heapq.heappush(self.held, (now + float(self.random.uniform(60.0, LATEST)), len(self.held) + self.sent, signal))
        return True

    async def _send(self, body: bytes) -> None:
        if not body:
            return
        answer = await self.client.post("/v1/signals", content=body, headers={"Idempotency-Key": f"demo-{self.posts}"})
        answer.raise_for_status()
        said = answer.json()
        self.taken += int(said["taken"])
        self.refused += int(said["refused"])
