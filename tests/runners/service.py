"""`andon up` as its users run it: a child process with a store, a port and a data directory of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

STARTS_WITHIN = 30.0
STOPS_WITHIN = 15.0
COMMAND = (sys.executable, "-c", "from andon.cli import main; main()")


@dataclass
class Service:
    """A running service; `log` is what it has printed."""

    url: str
    data: Path
    log: Path
    process: subprocess.Popen[bytes]
    client: httpx.Client
    sent: int = 0

    @property
    def token(self) -> str:
        """What a sender must show."""
        return (self.data / "ingest-token").read_text().strip()

    def await_ready(self, within: float = STARTS_WITHIN) -> None:
        """Return once it does its work; TimeoutError with its last lines when it does not."""
        until = time.monotonic() + within
        while time.monotonic() < until and self.process.poll() is None:
            if self.is_ready():
                return
            time.sleep(0.05)
        status, said = self.process.poll(), self.log.read_text()[-2000:]
        raise TimeoutError(f"the service is not ready (exit status {status}):\n{said}")

    def is_ready(self) -> bool:
        """Tell whether it does its work."""
        try:
            return self.client.get("/readyz").is_success
        except httpx.TransportError:
            return False

    def end(self) -> int:
        """End it as an operator does, and return its exit status."""
        self.client.close()
        return stop(self.process)

    def get(self, path: str, **query: Any) -> Any:
        """Ask for JSON."""
        answer = self.client.get(path, params=query)
        answer.raise_for_status()
        return answer.json()

    def send(self, lines: Sequence[bytes], batch: int = 500) -> dict[str, int]:
        """Send NDJSON lines over HTTP, in order, as fast as they are taken; return the counts of what was taken."""
        counts = {"taken": 0, "duplicate": 0, "refused": 0}
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/x-ndjson"}
        for begin in range(0, len(lines), batch):
            body = b"\n".join(lines[begin : begin + batch])
            while (answer := self.client.post("/v1/signals", content=body, headers=headers)).status_code == 429:
                time.sleep(float(answer.headers["Retry-After"]))
            answer.raise_for_status()
            for name in counts:
                counts[name] += answer.json()[name]
        self.sent += counts["taken"] + counts["duplicate"]
        return counts

    def act(self, incident: str, verb: str, by: str, **said: Any) -> None:
        """Say something of an incident."""
        self.client.post(f"/v1/incidents/{incident}/acts", json={"verb": verb, "by": by} | said).raise_for_status()

    def settle(self, within: float = 60.0) -> None:
        """Return once all that was sent has been judged, and what it caused is in the store."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            facts = self.get("/v1/board")["facts"]
            seen = sum(facts.get(name, 0.0) for name in ("signals", "repeated", "expired"))
            if seen >= self.sent:
                return
            time.sleep(0.05)
        raise TimeoutError(f"{seen} of {self.sent} signals were judged in {within} s:\n{self.log.read_text()[-2000:]}")

    def incidents(self) -> list[dict[str, Any]]:
        """Return every incident with its whole story, oldest first; one past retention may go while they are read."""
        found = sorted(self.get("/v1/incidents", most=1000), key=lambda one: (one["called"], one["id"]))
        stories = [self.client.get(f"/v1/incidents/{one['id']}") for one in found]
        return [one.raise_for_status().json() for one in stories if one.status_code != httpx.codes.NOT_FOUND]


@contextmanager
def up(rules: Path, data: Path, *options: str) -> Iterator[Service]:
    """Start `andon up`, yield it once it is ready, and end it, its store with it."""
    service = start(rules, data, *options)
    try:
        service.await_ready()
        yield service
    finally:
        service.end()


def start(
    rules: Path,
    data: Path,
    *options: str,
    port: int = 0,
    environment: Mapping[str, str] | None = None,
    log: str = "service.log",
) -> Service:
    """Start `andon up` and return at once; port 0 takes a free one, `environment` comes on top of this process's."""
    data.mkdir(parents=True, exist_ok=True)
    port, path = port or free_port(), data / log
    asked = ["up", "--rules", str(rules), "--data", str(data), "--port", str(port), *options]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ANDON_")}
    with path.open("wb") as out:
        process = subprocess.Popen([*COMMAND, *asked], stdout=out, stderr=out, env=inherited | dict(environment or {}))
    url = f"http://127.0.0.1:{port}"
    return Service(url, data, path, process, httpx.Client(base_url=url, timeout=30.0))


def stop(process: subprocess.Popen[bytes]) -> int:
    """End a service as an operator does, and make sure that it has ended; return its exit status."""
    process.terminate()
    try:
        return process.wait(STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
