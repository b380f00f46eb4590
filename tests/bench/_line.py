"""A kept HTTP connection that costs its client next to nothing, so that what is measured is the service."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import msgspec


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service said: the status, the headers as they came in lower case, the body."""

    status: int
    head: bytes
    body: bytes

    @property
    def retry_after(self) -> str:
        """Return what the header of that name says, "" if there is none."""
        return self.header(b"retry-after")

    def header(self, name: bytes) -> str:
        """Return a header's value, "" if there is none."""
        _, found, rest = self.head.partition(b"\r\n" + name + b":")
        return rest.partition(b"\r\n")[0].strip().decode() if found else ""

    def json(self) -> dict[str, Any]:
        """Return the body decoded."""
        return msgspec.json.decode(self.body, type=dict[str, Any])


class Line:
    """One kept connection to `port` of this machine, opened when it is first used and whenever it was closed."""

    def __init__(self, port: int, token: str = "") -> None:
        self._port = port
        self._said = f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n".encode()
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> Self:
        """Return the line."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        self.close()

    async def get(self, path: str) -> Answer:
        """Ask for a path."""
        return await self._ask(b"GET %s HTTP/1.1\r\n%s\r\n" % (path.encode(), self._said))

    async def post(self, path: str, body: bytes, kind: str = "application/x-ndjson", key: str = "") -> Answer:
        """Post a body; `key` is its Idempotency-Key."""
        named = f"Idempotency-Key: {key}\r\n" if key else ""
        more = f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n{named}".encode()
        return await self._ask(b"POST %s HTTP/1.1\r\n%s%s\r\n%s" % (path.encode(), self._said, more, body))

    def close(self) -> None:
        """Close the connection, if one is open."""
        if self._writer:
            self._writer.close()
        self._reader = self._writer = None

    async def _ask(self, request: bytes) -> Answer:
        reader, writer = await self._open()
        try:
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            answer = Answer(int(head[9:12]), head, b"")
            body = await reader.readexactly(int(answer.header(b"content-length") or 0))
        except (OSError, EOFError):
            self.close()
            raise
        if answer.header(b"connection") == "close":
            self.close()
        return Answer(answer.status, head, body)

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._reader is None or self._writer is None or self._writer.is_closing():
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self._reader, self._writer
