"""A real service among clients that are slow, idle, or lie about what they send."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.runners.service import Service, up
from tests.web.tiny import RULES

pytestmark = pytest.mark.long
IDLE = 1000
GOOD = b'{"kind":"complaint","text":"slow"}'
LIES = {
    "less than it has": b"Content-Length: 5\r\n\r\n" + GOOD,
    "no number": b"Content-Length: many\r\n\r\n" + GOOD,
    "below nothing": b"Content-Length: -1\r\n\r\n" + GOOD,
    "a number beyond all": b"Content-Length: 99999999999999999999999\r\n\r\n" + GOOD,
    "two of them": b"Content-Length: 5\r\nContent-Length: 34\r\n\r\n" + GOOD,
    "a length and pieces": b"Content-Length: 34\r\nTransfer-Encoding: chunked\r\n\r\n" + GOOD,
    "pieces without a size": b"Transfer-Encoding: chunked\r\n\r\nrubbish\r\n",
    "a piece longer than it says": b"Transfer-Encoding: chunked\r\n\r\n3\r\n" + GOOD + b"\r\n0\r\n\r\n",
    "a piece beyond all": b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n" + GOOD,
    "gzip that is none": b"Content-Encoding: gzip\r\nContent-Length: 34\r\n\r\n" + GOOD,
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("slow")
    (folder / "rules").mkdir()
    (folder / "rules" / "a.yml").write_text(RULES)
    with up(folder / "rules", folder / "data") as one:
        yield one


def _line(service: Service) -> socket.socket:
    host, port = service.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=20)


def _answer(line: socket.socket) -> bytes:
    """Return the answer's first line, b"" when the other side hangs up instead."""
    try:
        return line.makefile("rb").readline()
    except ConnectionError:
        return b""


def test_a_thousand_idle_and_dribbling_clients_keep_nobody_out(service: Service) -> None:
    lines = [_line(service) for _ in range(IDLE)]
    try:
        for number, line in enumerate(lines):
            line.sendall(b"POST /v1/sig"[: number % 12])
        began = time.monotonic()
        with httpx.Client(base_url=service.url, timeout=20) as client:
            assert client.get("/readyz").is_success
            pull = {"by": "tom", "text": "nobody can pay", "owner": "app"}
            assert client.post("/v1/pulls", json=pull).status_code == httpx.codes.ACCEPTED
        assert time.monotonic() - began < 5
    finally:
        for line in lines:
            line.close()


def test_bodies_that_never_come_hold_no_place(service: Service) -> None:
    head = f"POST /v1/signals HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {service.token}\r\n"
    lines = [_line(service) for _ in range(20)]
    try:
        for line in lines:
            line.sendall(head.encode() + b"Content-Length: 40\r\n\r\n" + GOOD[:9])
        assert service.send([GOOD])["taken"] == 1
    finally:
        for line in lines:
            line.close()


@pytest.mark.parametrize("lie", LIES)
def test_who_lies_about_a_body_is_refused_or_hung_up_on(service: Service, lie: str) -> None:
    with _line(service) as line:
        head = f"POST /v1/signals HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {service.token}\r\n"
        line.sendall(head.encode() + LIES[lie])
        line.shutdown(socket.SHUT_WR)
        first = _answer(line)
    assert first == b"" or first.split()[1] in {b"400", b"413", b"202"}, first
    assert b"202" not in first or lie == "less than it has"  # five bytes that are no signal are a dead letter
    assert service.is_ready()
