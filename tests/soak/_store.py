"""What every soak of the store's faults needs: its process, how senders and probes are answered meanwhile, a small disk."""

from __future__ import annotations

import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.soak._scene import TOKEN, Scene

SOON = 5.0
"""Seconds within which a service without its store is not ready."""
PROBE = b'{"kind":"latency","value":3}'


def store_of(one: Scene) -> int:
    """Return the process id of the service's store, 0 while it has none."""
    pid = one.service.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return next((int(child) for child in children if _is_store(child)), 0)


def _is_store(child: str) -> bool:
    try:
        return "-server" in Path(f"/proc/{child}/comm").read_text()
    except OSError:
        return False


@dataclass
class Seen:
    """What a probe sees of a fault from its begin on: answers to a batch, when the service was not ready, and when again."""

    one: Scene
    began: float = field(default_factory=time.monotonic)
    unready: float = 0.0
    ready: float = 0.0
    said: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    hasty: int = 0
    silent: int = 0
    last: str = ""
    over: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Ask whether it is ready until it is over."""
        with httpx.Client(base_url=self.one.sender.url, timeout=3.0) as client:
            while not self.over.wait(0.05):
                try:
                    answer = client.get("/readyz")
                except httpx.TransportError:
                    self.silent += 1
                    continue
                if answer.is_success:
                    self.ready = self.ready or time.monotonic() if self.unready else 0.0
                else:
                    self.unready, self.ready, self.last = self.unready or time.monotonic(), 0.0, answer.text
                    self.said[answer.json()["store"]] += 1

    def probe(self) -> None:
        """Send a batch again and again, as somebody who needs no answer."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with httpx.Client(base_url=self.one.sender.url, timeout=10.0) as client:
            while not self.over.wait(0.2):
                try:
                    answer = client.post("/v1/signals", content=PROBE, headers=headers)
                except httpx.TransportError:
                    self.silent += 1
                    continue
                self.answers[answer.status_code] += 1
                self.hasty += answer.status_code in {429, 503} and "retry-after" not in answer.headers

    def lasts(self, seconds: float) -> None:
        """Return after so many seconds, and not before it has been noticed and a sender has been refused."""
        until, most = time.monotonic() + seconds, time.monotonic() + seconds + 30.0
        while time.monotonic() < until or (time.monotonic() < most and not (self.unready and self.answers[503])):
            time.sleep(0.02)

    def recovered(self, within: float = 30.0) -> float:
        """Return in how many seconds from now it is ready and takes signals again."""
        began, taken = time.monotonic(), self.answers[202]
        while not (self.ready and self.answers[202] > taken):
            if time.monotonic() - began > within:
                raise TimeoutError(f"not ready {within:g} s after the fault was over: {self.answers}, {self.last}")
            time.sleep(0.02)
        return time.monotonic() - began


@contextmanager
def fault(one: Scene, name: str, store: str = "") -> Iterator[Seen]:
    """Watch a fault that is made and mended inside; then judge what senders and probes were told, and by `store` what the reason was."""
    seen, service = Seen(one), one.service.process
    threads = [threading.Thread(target=job, daemon=True) for job in (seen.watch, seen.probe)]
    for thread in threads:
        thread.start()
    try:
        yield seen
        one.figures[f"{name}: ready again after, s"] = seen.recovered()
    finally:
        seen.over.set()
        for thread in threads:
            thread.join(12.0)
    one.forgiven += 1
    one.figures[f"{name}: not ready after, s"] = seen.unready - seen.began
    one.figures[f"{name}: answers"] = ", ".join(f"{count} x {code}" for code, count in sorted(seen.answers.items()))
    if seen.silent:
        one.figures[f"{name}: questions without an answer"] = seen.silent
    one.faults += [f"{name}: {wrong}" for wrong in _wrong(seen, store)]
    if service.poll() is not None:
        one.faults.append(f"{name}: the service ended with {service.poll()}")


def _wrong(seen: Seen, store: str) -> Iterator[str]:
    if not 0.0 < seen.unready - seen.began < SOON:
        yield f"not ready after {seen.unready - seen.began:.1f} s, {SOON:g} s are allowed"
    if not seen.answers[503] or set(seen.answers) - {202, 429, 503}:
        yield f"a sender was answered {dict(seen.answers)}"
    if seen.hasty:
        yield f"{seen.hasty} refusals had no Retry-After"
    if store and not seen.said[store]:
        yield f"/readyz named {dict(seen.said)}, not {store!r}"


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[bool]:
    """Mount a file system of `size` bytes on a folder, where this machine lets us; tell whether it does."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "andon-soak", str(folder)]
    try:
        mounted = subprocess.run(command, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        mounted = False
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
