"""Months of a small company's life in little time: what comes in, what people answer, what is kept, what is forgotten."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from andon import plugins
from andon.app import Andon, Outside, assemble
from andon.config import Secrets
from andon.figures import show, tidy
from andon.log.base import Log
from andon.model import Act, Incident, State, Verb
from andon.rulebook.model import Rulebook
from andon.store.base import Store
from tests.acceptance.timeline import HandClock, Phone

HOUR, DAY = 3600.0, 86_400.0
START = 1_772_359_200.0
BOOK = """\
version: 1
people:
  ana: {name: Ana, zone: UTC, slack: U01}
  bo:  {name: Bo, zone: UTC, slack: U02}
owners:
  shop:     {on-duty: [ana], lead: bo}
  everyone: {on-duty: [bo], lead: ana}
promises:
  yellow: {respond: 4h, resolve: 2d, clock: always}
policies:
  default: {yellow: [{notify: on-duty, by: [slack]}, {after: 8h, unless: acked, notify: lead, by: [slack]}], red: [{notify: lead, by: [slack]}]}
defaults: {policy: default, owner: shop, every: 6h, clear_after: 6h}
rules:
  - {name: hot, id: oven, watch: "gauge:heat", by: [shop], when: {above: 240, over: 6h}}
  - {name: slower, id: slower, watch: p95, by: [shop], when: {rises: true, false_alarms: 1 per 30d}}
  - {name: complaints, id: gripes, watch: complaints, by: [shop], when: {rises: true, false_alarms: 1 per 30d}}
  - {name: one furious guest, id: furious, watch: ratings, each: {stars: {below: 2}, guest: vip}, group: {by: [shop]}}
"""


class Life:
    """A service on a clock that is put forward six hours at a time; people answer most calls within the day."""

    def __init__(self, book: Rulebook, store: Store, log: Log) -> None:
        self.clock = HandClock(START)
        self.phone = Phone("slack")
        outside = Outside(
            log=log,
            store=store,
            clock=self.clock,
            secrets=Secrets(key=bytes(32), ingest="", act=""),
            detectors=plugins.detectors(),
            channels={"slack": self.phone},
            url="http://andon.example",
        )
        self.andon: Andon = assemble(book, outside)
        self.step = 0

    @property
    def day(self) -> float:
        """Days since the start."""
        return (self.clock.time - START) / DAY

    async def live(self, days: float) -> None:
        """Let days go by."""
        await self.andon.resume()
        until = self.clock.time + days * DAY
        while self.clock.time < until:
            self.clock.time += 6 * HOUR
            self.step += 1
            key = f"batch {self.step}"
            await self.andon.receive(b"\n".join(self._lines()), "application/x-ndjson", "", key)
            await self.andon.outside.log.append(self.clock.time, None)
            await self._work()
            await self._answer()
            self.phone.pages.clear()
        await show(self.andon)

    async def _work(self) -> None:
        for entry in await self.andon.outside.log.read(self.andon.position):
            await self.andon.pass_on(entry)
        await self.andon.desk.pass_time(self.clock.time)
        while await self.andon.send():
            pass
        await self.andon.save()
        await tidy(self.andon)

    async def _answer(self) -> None:
        """Whoever is called answers after a while; what they have said never to answer stays open."""
        now = self.clock.time
        for one in await self.andon.outside.store.open_incidents():
            if "for ever" in one.title:
                continue
            verb = _next(one, now)
            await self.andon.desk.act(Act(verb=verb, incident=one.id, by="ana", at=now, text="done"))

    def _lines(self) -> Iterator[bytes]:
        """Six hours of signals: new shops, customers and versions all the time, and some that nobody can read."""
        at, day = self.clock.time - 60.0, int(self.day)
        shop = {"shop": f"shop {day}", "clerk": f"clerk {self.step}"}
        hot = self.step % 4 == 1
        told: list[dict[str, Any]] = [
            {"kind": "gauge", "name": "heat", "value": 300.0 if hot else 200.0, "segment": shop},
            {"kind": "latency", "value": 80.0 + self.step % 7, "segment": shop},
            {"kind": "complaint", "text": f"cold soup {self.step}", "segment": shop, "id": f"c{self.step}"},
            {"kind": "change", "name": f"v{self.step}", "segment": shop, "id": f"v{self.step}"},
        ]
        if self.step % 8 == 7:
            guest = {"guest": "vip", "shop": f"shop {day}"}
            told.append(
                {"kind": "rating", "name": "stars", "value": 1, "segment": guest, "id": f"s{self.step}", "text": "bad"}
            )
        if self.step == 3:
            told.append({"kind": "pull", "by": "ana", "text": "broken for ever", "id": "p1"})
        yield from (json.dumps(one | {"time": at}).encode() for one in told)
        yield b'{"kind":"rating","name":"stars","value":99,"customer":"%d"}' % self.step


def _next(one: Incident, now: float) -> Verb:
    """What somebody says next of an incident."""
    if one.state is State.CALLED:
        return Verb.ACK
    if one.resolved_at is None:
        return Verb.RESOLVE
    return Verb.CLOSE if now - one.resolved_at > DAY else Verb.NOTE


def sizes(root: object) -> Counter[str]:
    """Return how much is held below an object, by the attributes that lead there: characters, items, numbers of arrays."""
    found: Counter[str] = Counter()
    seen: set[int] = set()
    queue: deque[tuple[str, object]] = deque([("", root)])
    while queue:
        path, one = queue.popleft()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, str | bytes | bytearray):
            found[path] += len(one)
        elif isinstance(one, np.ndarray):
            found[path] += one.size
        elif isinstance(one, Mapping):
            found[path] += len(one)
            queue.extend((path, part) for item in one.items() for part in item)
        elif isinstance(one, list | tuple | set | frozenset | deque):
            found[path] += len(one)
            queue.extend((path, part) for part in one)
        elif type(one).__module__.startswith(("andon", "detectors", "channels")):
            queue.extend((f"{path}.{name}", getattr(one, name)) for name in _names(one))
    return found


def _names(one: object) -> list[str]:
    """The attributes of one of our objects, wherever they are kept."""
    slots = [name for kind in type(one).__mro__ for name in getattr(kind, "__slots__", ())]
    names = [*getattr(one, "__dict__", {}), *slots, *getattr(one, "__struct_fields__", ())]
    return [name for name in dict.fromkeys(names) if hasattr(one, name)]
