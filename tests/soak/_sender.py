"""An independent sender: numbered signals over HTTP, each batch repeated under its key until an answer is heard, counted by itself."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from tests.soak._book import LINES, PRODUCTS, desk

TEN = 10
Cell = tuple[str, str, int, str]
"""Projection (numbers, stars), its series' value, the ten seconds that begin at 10 * this, the frame's column."""
HEARD = frozenset({202})
AGAIN = frozenset({429, 503})
SIGNALS, PULLS = "/v1/signals", "/v1/pulls"


@dataclass
class Told:
    """What was acknowledged, as the sender counts it: cells of frames, pulls by their text, single signals that must page."""

    cells: Counter[Cell] = field(default_factory=Counter)
    signals: int = 0
    batches: int = 0
    repeats: int = 0
    pulls: dict[str, float] = field(default_factory=dict)
    guests: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


@dataclass
class Sender:
    """Sends `rate` signals a second in batches of `batch` on `lines` lines, and a pull or a furious guest every `calls` s.

    `clock` stamps the signals. `stop` begins nothing new, and returns once all that was begun has been acknowledged.
    """

    url: str
    token: str
    seed: int = 1
    rate: float = 1000.0
    batch: int = 50
    lines: int = 2
    calls: float = 0.5
    patience: float = 3.0
    clock: Callable[[], float] = time.time
    told: Told = field(default_factory=Told)

    def __post_init__(self) -> None:
        self._stopping, self._lock = threading.Event(), threading.Lock()
        self._numbers = itertools.count(1)
        jobs = [lambda line=line: self._signals(line) for line in range(self.lines)]
        self._threads = [threading.Thread(target=job, daemon=True) for job in (*jobs, self._calls)]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self, within: float = 60.0) -> None:
        """End, once everything begun has been acknowledged; what was not in time is noted as wrong."""
        self._stopping.set()
        until = time.monotonic() + within
        begun = [thread for thread in self._threads if thread.ident]
        for thread in begun:
            thread.join(max(0.0, until - time.monotonic()))
        if any(thread.is_alive() for thread in begun):
            self.told.wrong.append(f"a batch was not acknowledged within {within:g} s of the end")

    def _signals(self, line: int) -> None:
        chance, step = random.Random(self.seed * 100 + line), self.batch * self.lines / self.rate  # noqa: S311 - to be repeated, not to be secret
        due = time.monotonic()
        with httpx.Client(timeout=self.patience) as client:
            while not self._stopping.is_set():
                numbers = [next(self._numbers) for _ in range(self.batch)]
                made = [self._signal(number, line, chance) for number in numbers]
                self._until_heard(client, SIGNALS, f"batch {self.seed} {numbers[0]}", made)
                due = max(due + step, time.monotonic() - 1.0)  # what a pause has cost is made up for a second at most
                self._stopping.wait(max(0.0, due - time.monotonic()))

    def _signal(self, number: int, line: int, chance: random.Random) -> dict[str, Any]:
        """Two in three have nothing but the batch's key to keep them from being counted twice."""
        now = round(self.clock() - chance.expovariate(0.3), 3)
        if number % 3 == 0:
            return {
                "kind": "gauge",
                "name": "number",
                "value": number,
                "time": now,
                "segment": {"line": str(line % LINES)},
            }
        more = {"id": f"{self.seed}-{number}"} if number % 3 == 1 else {}
        product = chance.choice(PRODUCTS)
        value = chance.choice((2, 3, 4, 5, 5))
        return {"kind": "rating", "name": "stars", "value": value, "time": now, "segment": {"product": product}} | more

    def _calls(self) -> None:
        """Pull the cord and be furious in turn, each under a key: a pull by the door of all signals or by its own."""
        with httpx.Client(timeout=self.patience) as client:
            for number in itertools.count(1):
                if self._stopping.wait(self.calls):
                    return
                now, name = round(self.clock(), 3), f"{self.seed}-{number}"
                if number % 2:
                    pull = {"text": f"pull {name}", "by": "ana", "owner": desk(number // 2)}
                    path = PULLS if number % 4 == 1 else SIGNALS
                    one: dict[str, Any] = (
                        pull if path == PULLS else pull | {"kind": "pull", "id": f"p{name}", "time": now}
                    )
                else:
                    path, guest = SIGNALS, {"product": f"dish {name}", "guest": "vip"}
                    one = {
                        "kind": "rating",
                        "name": "stars",
                        "value": 1,
                        "segment": guest,
                        "id": f"g{name}",
                        "time": now,
                    }
                self._until_heard(client, path, f"call {name}", [one])

    def _until_heard(self, client: httpx.Client, path: str, key: str, made: list[dict[str, Any]]) -> None:
        body = b"\n".join(msgspec.json.encode(one) for one in made)
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json" if path == PULLS else "application/x-ndjson",
            "Idempotency-Key": key,
        }
        for tries in itertools.count():
            wait = self._try(client, path, body, headers, len(made))
            if wait is None:
                self._acknowledged(made, tries)
                return
            time.sleep(wait)

    def _try(
        self, client: httpx.Client, path: str, body: bytes, headers: Mapping[str, str], count: int
    ) -> float | None:
        """Send once; return None when it was acknowledged, else the seconds to wait before it is sent again."""
        try:
            answer = client.post(self.url + path, content=body, headers=headers)
        except httpx.TransportError:
            return 0.1
        if answer.status_code in AGAIN:
            return float(answer.headers["Retry-After"])
        if answer.status_code not in HEARD:
            self.told.wrong.append(f"{path} answered {answer.status_code}: {answer.text[:200]}")
            return 1.0
        said = answer.json()
        if path == SIGNALS and said["taken"] + said["duplicate"] != count:
            self.told.wrong.append(f"{count} signals were sent, and answered with {said}")
        return None

    def _acknowledged(self, made: list[dict[str, Any]], tries: int) -> None:
        with self._lock:
            told = self.told
            told.signals += len(made)
            told.batches += 1
            told.repeats += tries
            for one in made:
                if "text" in one:
                    told.pulls[one["text"]] = time.monotonic()
                    continue
                if "guest" in one["segment"]:
                    told.guests[one["segment"]["product"]] = time.monotonic()
                told.cells.update(cells(one))


def cells(one: Mapping[str, Any]) -> Counter[Cell]:
    """Return what a signal adds to frames."""
    ten, value, segment = int(one["time"] // TEN), one["value"], one["segment"]
    if one["kind"] == "gauge":
        place = ("numbers", segment["line"], ten)
        return Counter({(*place, "n"): 1, (*place, "sum"): value, (*place, "squares"): value * value})
    return Counter({("stars", segment["product"], ten, str(value)): 1})
