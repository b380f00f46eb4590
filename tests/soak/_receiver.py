"""A webhook's other end on loopback: it notes every page it was given, and does to each what its mood says."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Mood = Callable[[str, dict[str, Any]], None]
"""Told of (person, page) before the answer goes out: it may wait, or raise Bad or Reset."""
LINGER_NOT = struct.pack("ii", 1, 0)


class Bad(Exception):
    """Answer 500."""


class Reset(Exception):
    """Break the line off without an answer."""


def well(person: str, page: dict[str, Any]) -> None:
    """Take everything at once."""
    del person, page


@dataclass(frozen=True)
class Got:
    """A page that came in whole: when (monotonic), for whom, its send key, incident, title and reason; whether it was answered 200."""

    at: float
    person: str
    key: str
    incident: str
    title: str
    reason: str
    well: bool


@dataclass
class Receiver:
    """Takes pages until it is closed; `got` is every one that came, `mood` may be changed while it runs."""

    mood: Mood = well
    got: list[Got] = field(default_factory=list)
    heard: Callable[[Got], None] = lambda _: None

    def __post_init__(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                receiver.take(self)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
                """Keep quiet."""

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def take(self, request: BaseHTTPRequestHandler) -> None:
        """Note a page and answer as the mood says."""
        body = request.rfile.read(int(request.headers["Content-Length"]))
        page = json.loads(body)["page"]
        person = request.path.strip("/")
        status = 200
        try:
            self.mood(person, page)
        except Bad:
            status = 500
        except Reset:
            request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
            request.close_connection = True
            self._note(person, page, status=0)
            return
        self._note(person, page, status)
        try:
            request.send_response(status)
            request.send_header("Content-Length", "0")
            request.end_headers()
        except OSError:  # who asked has gone meanwhile
            request.close_connection = True

    def close(self) -> None:
        """Take no more."""
        self._server.shutdown()
        self._server.server_close()

    def _note(self, person: str, page: dict[str, Any], status: int) -> None:
        names = (page["id"], page["incident"], page["title"], page["reason"])
        one = Got(time.monotonic(), person, *names, well=status == 200)
        self.got.append(one)
        if one.well:
            self.heard(one)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet: a sender that is killed breaks its line off."""
