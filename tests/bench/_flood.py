"""Sends far more than a service takes, and heeds no Retry-After: `python -m tests.bench._flood PORT SECONDS RATE LINES`.

The token comes on the standard input. What is printed at the end, as JSON, is an independent count of what was answered how.
"""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass, field
from uuid import uuid4

import msgspec

from tests.bench._line import Line
from tests.bench._traffic import traffic

BODY = 500
PIECES = 200
"""Bodies that are sent over and over: none of their signals has an id, so each counts every time."""


@dataclass
class Flood:
    """`answers` by status; `taken` signals were acknowledged; `told` of the refusals said when to come again."""

    answers: dict[int, int] = field(default_factory=dict)
    taken: int = 0
    told: int = 0
    seconds: float = 0.0

    def note(self, status: int, retry_after: str, taken: int) -> None:
        """Count an answer."""
        self.answers[status] = self.answers.get(status, 0) + 1
        self.taken += taken
        self.told += bool(status != 202 and retry_after.isdecimal())


def bodies() -> list[bytes]:
    """Return the bodies, in the signals' time about now."""
    given = traffic(int(1.2 * BODY * PIECES), 50_000.0, BODY, start=time.time() - 10.0)
    lines = [line for _, body in given.bodies for line in body.split(b"\n") if b'"id"' not in line]
    return [b"\n".join(lines[at : at + BODY]) for at in range(0, BODY * (len(lines) // BODY), BODY)]


async def flood(port: int, token: str, seconds: float, rate: float, lines: int) -> Flood:
    """Offer `rate` signals a second for so long over so many connections; a batch whose answer is lost is sent again."""
    given, count, began = bodies(), Flood(), time.monotonic()
    turn = iter(range(sys.maxsize))

    async def work(line: Line) -> None:
        while (due := began + (number := next(turn)) * BODY / rate) < began + seconds > time.monotonic():
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            body, key = given[number % len(given)], uuid4().hex
            while True:
                try:
                    answer = await line.post("/v1/signals", body, key=key)
                except (OSError, EOFError):
                    await asyncio.sleep(0.2)
                    continue
                count.note(answer.status, answer.retry_after, answer.json()["taken"] if answer.status == 202 else 0)
                break

    kept = [Line(port, token) for _ in range(lines)]
    await asyncio.gather(*map(work, kept))
    for line in kept:
        line.close()
    count.seconds = time.monotonic() - began
    return count


if __name__ == "__main__":
    at, length, offered, connections = sys.argv[1:]
    found = asyncio.run(flood(int(at), sys.stdin.readline().strip(), float(length), float(offered), int(connections)))
    print(msgspec.json.encode(found).decode())  # noqa: T201 - its parent reads it
