from __future__ import annotations

import fcntl
import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from andon.runners.checkup import running
from andon.runners.checkup.subject import Subject
from andon.store.looks import Verdict
from tests.runners.service import free_port

FINE, WARN, REFUSE = Verdict.FINE, Verdict.WARN, Verdict.REFUSE
READY = {"ready": True, "waiting": [], "store": "", "standing_by": ""}


@contextmanager
def answering(said: bytes) -> Iterator[str]:
    """Serve the same words to whoever asks; yield the address."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def seen(subject: Subject, said: dict[str, Any] | bytes) -> tuple[Verdict, str]:
    with answering(said if isinstance(said, bytes) else json.dumps(said).encode()) as url:
        [one] = await running.service(replace(subject, url=url))
        return one.verdict, str(one)


async def test_a_service_that_is_ready_is_fine(subject: Subject) -> None:
    verdict, said = await seen(subject, READY)
    assert (verdict, said.endswith("is ready")) == (FINE, True)


async def test_a_service_that_stands_by_says_for_whom(subject: Subject) -> None:
    verdict, said = await seen(subject, READY | {"standing_by": "http://there"})
    assert (verdict, "stands by for http://there" in said) == (FINE, True)


async def test_a_service_that_is_not_ready_is_refused_with_what_it_waits_for(subject: Subject) -> None:
    verdict, said = await seen(subject, READY | {"ready": False, "waiting": ["engine"], "store": "disk"})
    assert (verdict, "engine, disk" in said) == (REFUSE, True)


@pytest.mark.parametrize("said", [b"<html>", b"[]"])
async def test_another_server_on_the_port_is_told(subject: Subject, said: bytes) -> None:
    verdict, told = await seen(subject, said)
    assert (verdict, "is no andon" in told) == (REFUSE, True)


async def test_a_service_that_hangs_is_refused(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "PATIENCE", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        [one] = await running.service(replace(subject, url=f"http://127.0.0.1:{deaf.getsockname()[1]}"))
    assert (one.verdict, "does not answer" in one.found) == (REFUSE, True)


async def test_a_free_port_is_told_and_that_nobody_is_called(subject: Subject) -> None:
    [one] = await running.service(replace(subject, url=f"http://127.0.0.1:{free_port()}"))
    assert (one.verdict, "the port is free" in one.found) == (WARN, True)


async def test_nothing_on_another_machine_is_refused(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "PATIENCE", 0.3)
    [one] = await running.service(replace(subject, url="http://192.0.2.1:8717"))
    assert one.verdict is REFUSE


async def test_an_address_that_is_none_is_refused(subject: Subject) -> None:
    [one] = await running.service(replace(subject, url="http://[::1"))
    assert one.verdict is REFUSE


async def test_who_has_the_data_directory_is_named(subject: Subject) -> None:
    lock = held(subject.settings.data)
    with lock.open("a") as file:
        [free] = await running.holder(subject)
        fcntl.flock(file, fcntl.LOCK_EX)
        [taken] = await running.holder(subject)
    assert "nobody has" in free.found
    assert f"is process {os.getpid()} (" in taken.found


def held(data: Path) -> Path:
    data.mkdir()
    (data / "lock").touch()
    return data / "lock"


async def test_where_the_system_does_not_tell_that_is_said(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    held(subject.settings.data)
    monkeypatch.setattr(running, "LOCKS", subject.settings.data / "nothing")
    [one] = await running.holder(subject)
    assert "is not told" in one.found
