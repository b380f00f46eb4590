"""An HTTP server that notes when each ticket was first told of, and shows Prometheus the tickets there are."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field

from tests.bench._line import Answer

_TICKET = re.compile(rb"ticket-(\d+)")
_OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: %d\r\n\r\n%s"


@dataclass
class Receiver:
    """`told[path][ticket]` is when, in monotonic seconds, a ticket was first posted to a path; `open` is what /metrics shows."""

    told: dict[str, dict[int, float]] = field(default_factory=dict)
    open: set[int] = field(default_factory=set)
    port: int = 0
    _server: asyncio.Server | None = None
    _lines: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict)

    async def start(self) -> None:
        """Listen on a free port of this machine."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listen no more, and hang up."""
        if self._server:
            self._server.close()
        for line in self._lines.values():
            line.close()
        await asyncio.gather(*self._lines)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (task := asyncio.current_task()) is not None:
            self._lines[task] = writer
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                said = Answer(0, head.lower(), b"")
                body = await reader.readexactly(int(said.header(b"content-length") or 0))
                self._note(head.split(b" ", 2)[1].decode(), body, time.monotonic())
                shown = self._metrics() if head.startswith(b"GET") else b""
                writer.write(_OK % (len(shown), shown))
        except (OSError, EOFError):
            pass
        finally:
            writer.close()

    def _note(self, path: str, body: bytes, now: float) -> None:
        told = self.told.setdefault(path, {})
        for ticket in _TICKET.findall(body):
            told.setdefault(int(ticket), now)

    def _metrics(self) -> bytes:
        return "".join(f'tips{{ticket="ticket-{one}"}} 1\n' for one in sorted(self.open)).encode()
