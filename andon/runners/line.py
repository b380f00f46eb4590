"""A connection, as uvicorn serves it, hung up on when it takes too long to ask: many slow ones must not keep others out.

uvicorn by itself waits for ever for a request's head, of any size (Slowloris, CVE-2007-6750).
"""

from __future__ import annotations

import asyncio
import resource
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_WITHIN = 10.0
"""True seconds in which a request's head must have come, counted from its first byte or the connection's begin."""
BODY_WITHIN = 10.0
"""True seconds in which a request's body must have come, beside those that its bytes take at the slowest pace."""
SLOWEST = 100_000.0
"""Bytes in a second; a sender who is slower sends smaller batches."""
LARGEST = 10_000_000
"""Bytes that a body is reckoned to have when it does not say."""
MOST_HEAD = 65_536
"""Bytes of a request's head."""
MOST_LINES = 2000
"""Connections at a time; beyond, who has waited longest without having asked makes room."""
_FILES_BESIDE = 256
"""Files that the service has open beside its connections, at most."""


def make_room(lines: int = MOST_LINES) -> int:
    """Let this process have as many files as that takes, where the system allows it; return for how many lines it is enough."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = lines + _FILES_BESIDE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return lines if soft == resource.RLIM_INFINITY else max(1, min(lines, soft - _FILES_BESIDE))


class Line(HttpToolsProtocol):
    """Serves one connection; `most` is how many there may be."""

    most = MOST_LINES

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asking = True
        """Waiting for a request's head, none of it answered yet."""
        self.since = 0.0
        self._head = 0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Begin to wait, unless there are too many already."""
        super().connection_made(transport)
        self.since = self.loop.time()
        self._wait(HEAD_WITHIN)
        if len(self.connections) > self.most:
            waiting = [one for one in self.connections if isinstance(one, Line) and one.asking]
            min(waiting, key=lambda one: one.since).hang_up()  # at worst this one

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what was sent, and no more of a head than it may have."""
        if self.asking:
            self._head += len(data)
        super().data_received(data)
        if self.asking and self._head > MOST_HEAD and not self.transport.is_closing():
            self.send_400_response(f"a request's head has at most {MOST_HEAD} bytes")

    def on_message_begin(self) -> None:
        """Begin to wait for the rest of a head."""
        if not self.asking:  # the first is waited for since the connection was made
            self.asking, self.since, self._head = True, self.loop.time(), 0
            self._wait(HEAD_WITHIN)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Begin to wait for the body."""
        self.asking = False
        said = next((value for name, value in self.headers if name == b"content-length"), b"")
        size = min(int(said), LARGEST) if said.isdigit() else LARGEST
        self._wait(BODY_WITHIN + size / SLOWEST)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Stop waiting: the rest is ours to do."""
        self._stop()
        super().on_message_complete()

    def hang_up(self) -> None:
        """End the connection at once."""
        self._stop()
        self.connections.discard(self)
        self.transport.abort()

    def _wait(self, seconds: float) -> None:
        self._stop()
        self._timer = self.loop.call_later(seconds, self.hang_up)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
