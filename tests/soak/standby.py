"""Two services on one store: the one that leads is killed, paused and ended again and again; the other takes over each time."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from andon.store import embedded
from andon.store.lease import LASTS
from tests.runners.service import Service, free_port, start, stop
from tests.soak import Verdict
from tests.soak._scene import TOKEN, Scene, scene

TAKES_OVER = {"kill": 8.0, "pause": 8.0, "end": 3.0}
"""Seconds in which the other leads: a lease that nobody renews lasts 5 s, one that is handed over ends at once."""


class Pair:
    """Two services, the first of them the scene's own; senders and people turn to the one as to the other."""

    def __init__(self, one: Scene, redis: str) -> None:
        port, logs = free_port(), iter(range(1000))

        def launch() -> Service:
            said = {"ANDON_INGEST_TOKEN": TOKEN}
            log = f"standby-{next(logs)}.log"
            return start(
                one.folder / "rules", one.folder / "data", "--redis", redis, port=port, environment=said, log=log
            )

        self._scene = one
        self.said: dict[int, dict[str, Any]] = {}
        self._launch: list[Callable[[], Service]] = [one.launch, launch]
        self.services = [one.service, launch()]
        one.logs.append(self.services[1].log)
        self.services[1].await_ready()

    def leads(self, number: int) -> bool:
        """Tell whether a service says that it leads."""
        try:
            said = httpx.get(f"{self.services[number].url}/readyz", timeout=1.0).json()
        except httpx.TransportError as error:
            self.said[number] = {"error": repr(error)}
            return False
        self.said[number] = said
        return bool(said["ready"]) and not said["standing_by"]

    def ready(self, number: int, within: float = 20.0) -> None:
        """Return once a service does its work, or stands by."""
        until = time.monotonic() + within
        while not (self.leads(number) or self.waits(number)):
            if time.monotonic() > until:
                raise TimeoutError(f"service {number} is not ready after {within:g} s: {self._told()}")
            time.sleep(0.1)

    def waits(self, number: int) -> bool:
        """Tell whether a service said last that it stands by, and that all is well with it."""
        said = self.said.get(number, {})
        return bool(said.get("ready") and said.get("standing_by"))

    def _told(self) -> str:
        return f"{self.said}\n{''.join(service.log.read_text()[-2000:] for service in self.services)}"

    def leader(self, within: float = 20.0) -> int:
        """Return which of them leads, once exactly one does."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            found = [number for number in (0, 1) if self.leads(number)]
            if len(found) == 1:
                return found[0]
            time.sleep(0.1)
        raise TimeoutError(f"{len(found)} lead after {within:g} s: {self._told()}")

    def taken_over(self, number: int, within: float = 30.0) -> float:
        """Return after how many seconds a service leads."""
        began = time.monotonic()
        while not self.leads(number):
            if time.monotonic() - began > within:
                raise TimeoutError(f"{self.services[number].url} does not lead after {within:g} s")
            time.sleep(0.05)
        return time.monotonic() - began

    def replaced(self, number: int) -> None:
        """Start a service again that has ended."""
        self.services[number].client.close()
        self.services[number] = self._launch[number]()
        self._scene.logs.append(self.services[number].log)
        self.services[number].await_ready()

    def kill(self, number: int) -> float:
        """SIGKILL; return after how many seconds the other leads."""
        self.services[number].process.kill()
        self.services[number].process.wait()
        took = self.taken_over(1 - number)
        self.replaced(number)
        return took

    def end(self, number: int) -> float:
        """SIGTERM; return after how many seconds beyond its end the other leads."""
        if status := stop(self.services[number].process):
            self._scene.faults.append(f"it ended with status {status}")
        took = self.taken_over(1 - number)
        self.replaced(number)
        return took

    def pause(self, number: int, seconds: float) -> float:
        """SIGSTOP, and SIGCONT after so many seconds; return after how many seconds the other leads."""
        began = time.monotonic()
        self.services[number].process.send_signal(signal.SIGSTOP)
        took = self.taken_over(1 - number)
        time.sleep(max(0.0, seconds - (time.monotonic() - began)))
        self.services[number].process.send_signal(signal.SIGCONT)
        if self.leader() == number:
            self._scene.faults.append("the one that was away leads again, though nobody has ended")
        self.ready(number)
        return took


@contextmanager
def both(one: Scene, pair: Pair) -> Iterator[None]:
    """Have the sender, and whoever answers, turn to the one service as to the other; a repeat may go to either."""
    over = threading.Event()

    def turn() -> None:
        for number in iter(lambda: over.wait(0.05), True):
            del number
            urls = [service.url for service in pair.services]
            one.sender.url = urls[urls[0] == one.sender.url]

    turning = threading.Thread(target=turn, daemon=True)
    turning.start()
    try:
        yield
    finally:
        over.set()
        turning.join()


def soak(folder: Path, seed: int, rounds: int = 8, pause: float = 15.0, between: float = 4.0) -> Verdict:
    """In each round kill, pause (for so many seconds) and end whichever service leads, `between` seconds apart at most."""
    chance = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    with ExitStack() as ending:
        store = embedded.start(folder / "redis")
        ending.callback(store.stop)
        one = ending.enter_context(scene(folder, seed, redis=store.url, calls=0.2))
        pair = Pair(one, store.url)
        ending.callback(lambda: [service.end() for service in pair.services])
        one.away = pause + LASTS  # what the one that was paused had sent, the other notes once it has taken over
        took: dict[str, float] = {}
        with both(one, pair):
            for _ in range(rounds):
                for name, fault in (("kill", pair.kill), ("pause", lambda n: pair.pause(n, pause)), ("end", pair.end)):
                    time.sleep(chance.uniform(0.1, between))
                    took[name] = max(took.get(name, 0.0), fault(pair.leader()))
                    one.forgiven += 1
            one.sent(1000)
        one.figures |= {f"longest from {name} to the other's lead, s": longest for name, longest in took.items()}
        one.faults += [f"{name}: {took[name]:.1f} s" for name, most in TAKES_OVER.items() if took[name] > most]
        led = pair.leader()
        one.sender.url = pair.services[led].url
        pair.services[1 - led].end()
        one.service = pair.services[led]
        return one.finish()
