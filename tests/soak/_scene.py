"""The stage of every soak: a service, its sender, its receiver, somebody who answers; and the check at the end."""

from __future__ import annotations

import asyncio
import itertools
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from andon.errors import Unavailable
from andon.store import embedded
from andon.store.connect import connect
from andon.store.redis import RedisStore
from tests.runners.service import Service, free_port, start, stop
from tests.soak import Verdict, _book
from tests.soak._check import examine
from tests.soak._receiver import Got, Receiver
from tests.soak._sender import Sender

TOKEN = "soak"
SOON = 60.0
"""Seconds: a ladder that goes on later is not waited for."""
ACKED = 3
"""Every third pull is acked as soon as its first page has come."""


@dataclass
class Scene:
    """A service under fire. `forgiven`: duplicates that the faults so far explain; `hard`: whose pages may fail, or come twice.

    `away`: seconds that another service may need to note what became of a page.
    """

    folder: Path
    service: Service
    sender: Sender
    receiver: Receiver
    launch: Callable[[], Service]
    redis: str = ""
    forgiven: int = 0
    acked: dict[str, str] = field(default_factory=dict)
    hard: frozenset[str] = frozenset()
    away: float = 0.0
    logs: list[Path] = field(default_factory=list)
    figures: dict[str, float | str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def kill(self) -> None:
        """SIGKILL: it may have sent one page of which it could not note that it was sent."""
        self.service.process.kill()
        self.service.process.wait()
        self.service.client.close()
        self.forgiven += 1

    def end(self) -> float:
        """SIGTERM; return after how many seconds it has ended."""
        began = time.monotonic()
        status = stop(self.service.process)
        took = time.monotonic() - began
        self.service.client.close()
        if status:
            self.faults.append(f"it ended with status {status}: {self.service.log.read_text()[-500:]}")
        return took

    def restart(self) -> float:
        """Start it again where it has ended; return after how many seconds it was ready."""
        began = time.monotonic()
        self.service = self.launch()
        self.logs.append(self.service.log)
        self.service.await_ready()
        return time.monotonic() - began

    def sent(self, signals: int, within: float = 60.0) -> None:
        """Return once so many signals more have been acknowledged."""
        goal, until = self.sender.told.signals + signals, time.monotonic() + within
        while self.sender.told.signals < goal:
            if time.monotonic() > until:
                raise TimeoutError(f"{goal - self.sender.told.signals} signals were not acknowledged in {within:g} s")
            time.sleep(0.01)

    def finish(self, within: float = 90.0) -> Verdict:
        """Let the sender end, wait until nothing is under way, end the service with SIGTERM, and compare."""
        self.sender.stop(within)
        self._quiet(within)
        self.figures["seconds from SIGTERM to the end"] = self.end()
        return self.verdict()

    def verdict(self) -> Verdict:
        """Compare what is in the store of a service that has ended; a crash of ours in its log is a fault, too."""
        self.sender.stop(0.0)
        found, faults = self._examined()
        crashes = [
            f"{log}: {log.read_text()[-1500:]}"
            for log in self.logs
            if "Traceback" in log.read_text() or '"fault"' in log.read_text()
        ]
        told = self.sender.told
        counted = {"signals": told.signals, "batches": told.batches, "repeats": told.repeats}
        calls = {"pulls": len(told.pulls), "single signals": len(told.guests), "acked": len(self.acked)}
        extra = sum(1 for one in self.receiver.got if one.well) - found["pages"]  # type: ignore[operator] # a count
        return Verdict(counted | calls | found | {"pages twice": extra} | self.figures, self.faults + faults + crashes)

    def _quiet(self, within: float) -> None:
        """Return once the log is worked off, and no page is due now or under way."""
        until, since = time.monotonic() + within, 0.0
        while time.monotonic() < until:
            time.sleep(0.2)
            if not self._is_quiet():
                since = 0.0
            elif not since:
                since = time.monotonic()
            elif time.monotonic() - since > 1.0:
                return
        self.faults.append(f"not quiet within {within:g} s")

    def _is_quiet(self) -> bool:
        """Tell whether all that was sent has been judged, everybody is called, and nothing more is due for a while."""
        try:
            board = self.service.get("/v1/board")
            incidents = self.service.get("/v1/incidents", most=1000)
        except httpx.HTTPError:
            return False
        told, facts = self.sender.told, board["facts"]
        judged = facts.get("signals", 0.0) + facts.get("repeated", 0.0) >= told.signals
        called = len(incidents) >= min(1000, len(told.pulls) + len(told.guests))
        return judged and called and not asyncio.run(self._under_way(board["now"]))

    async def _under_way(self, now: float) -> int:
        """Return how many pages are not settled, and how many ladders go on soon."""
        client = connect(self.redis or f"unix://{self.service.data / 'store.sock'}")
        try:
            store = RedisStore(client)
            return len(await store.outbox(math.inf)) + len(await store.due(now + SOON))
        except Unavailable:
            return 1
        finally:
            await client.aclose()

    def _examined(self) -> tuple[dict[str, float | str], list[str]]:
        with ExitStack() as ending:
            url = self.redis
            if not url:
                child = embedded.start(self.service.data)
                ending.callback(child.stop)
                url = child.url
            work = examine(
                url,
                self.folder / "rules",
                self.sender.told,
                self.receiver.got,
                kills=self.forgiven,
                acked=self.acked,
                hard=self.hard,
                away=self.away,
            )
            return asyncio.run(work)


@contextmanager
def scene(
    folder: Path,
    seed: int,
    *options: str,
    environment: Mapping[str, str] | None = None,
    redis: str = "",
    on_duty: Sequence[str] = ("ana",),
    clock: Callable[[], float] = time.time,
    **sending: float,
) -> Iterator[Scene]:
    """Raise the curtain: a service with `options` that is ready, its sender at work; all of it is ended at the end.

    `sending`: rate, batch, lines, calls, patience of the sender.
    """
    receiver = Receiver()
    rules, port, count = _book.write(folder / "rules", receiver.url, on_duty), free_port(), itertools.count()
    asked: Sequence[str] = (*options, *(("--redis", redis) if redis else ()))

    def launch() -> Service:
        log = f"service-{next(count)}.log"
        said = {"ANDON_INGEST_TOKEN": TOKEN} | dict(environment or {})
        return start(rules, folder / "data", *asked, port=port, environment=said, log=log)

    sender = Sender(f"http://127.0.0.1:{port}", TOKEN, seed, clock=clock, **sending)  # type: ignore[arg-type] # some are whole
    with ExitStack() as ending:
        ending.callback(receiver.close)
        one = Scene(folder, launch(), sender, receiver, launch, redis)
        one.logs.append(one.service.log)
        ending.callback(lambda: stop(one.service.process))
        ending.callback(lambda: sender.stop(0.0))
        receiver.heard = Answers(one).heard
        one.service.await_ready()
        sender.start()
        yield one


class Answers:
    """Somebody who acks every third pull when its first page comes, and says it again until it is heard."""

    def __init__(self, one: Scene) -> None:
        self._scene = one

    def heard(self, got: Got) -> None:
        """Answer a page, on a thread of its own: the receiver must not wait for it."""
        number = got.title.rpartition("-")[2]
        wanted = got.title.startswith("pull") and int(number) % ACKED == 0 and got.reason == "first"
        if wanted and got.person == "ana" and got.title not in self._scene.acked:
            threading.Thread(target=self._ack, args=(got,), daemon=True).start()

    def _ack(self, got: Got) -> None:
        said = {"verb": "ack", "by": "ana", "id": f"ack {got.incident}"}
        url = f"{self._scene.sender.url}/v1/incidents/{got.incident}/acts"
        while True:
            try:
                if httpx.post(url, json=said, timeout=3.0).is_success:
                    self._scene.acked[got.title] = "ana"
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.2)
