from __future__ import annotations

import gzip
from typing import Any

import httpx
import msgspec
import numpy as np
import pytest

from andon.demo.company import World, minute
from andon.demo.mail import BROKEN, BROKEN_EVERY, LATE_SHARE, LATEST, REPEATED_SHARE, Mail
from andon.ingest.door import Door
from andon.model import Scale

START = 1_780_934_400.0 + 9 * 3600
SCALES = {"csat": Scale("csat", 1, 5, (4, 5), (1, 2)), "stars": Scale("stars", 1, 5, (5, 5), (1, 2))}
SCALES["nps"] = Scale("nps", 0, 10, (9, 10), (0, 6))


class Service:
    """A service of one door, that counts for itself what comes in."""

    def __init__(self, status: int = 202) -> None:
        self.door, self.status, self.now = Door(SCALES, b"k" * 32, 86_400.0), status, START
        self.keys: list[str] = []
        self.lines: list[bytes] = []
        self.unique: set[bytes] = set()
        self.answers = {"taken": 0, "duplicate": 0, "refused": 0}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = request.content
        assert not body.startswith(gzip.compress(b"")[:2])
        taken = self.door.open(body, self.now)
        self.door.appended(taken)
        self.keys.append(request.headers["Idempotency-Key"])
        self.lines += body.split(b"\n")
        self.unique |= {line for line in body.split(b"\n") if line not in BROKEN}
        said = {"taken": taken.taken, "duplicate": taken.duplicate, "refused": taken.refused}
        for name, count in said.items():
            self.answers[name] += count
        return httpx.Response(self.status, json=said)


def mail(service: Service, ends: float = START + 86_400, seed: int = 3) -> Mail:
    client = httpx.AsyncClient(transport=httpx.MockTransport(service), base_url="http://kite")
    return Mail(client, np.random.default_rng(seed), ends)


async def play(sender: Mail, service: Service, minutes: int, begins: float = START) -> list[dict[str, Any]]:
    random, made = np.random.default_rng(1), []
    for number in range(minutes):
        at = begins + 60.0 * number
        signals = minute(World(), at, 60.0, random)
        made += signals
        service.now = at + 60.0
        await sender.post(signals, service.now)
    return made


async def test_what_was_made_is_sent_or_still_held() -> None:
    service = Service()
    sender = mail(service)
    made = await play(sender, service, 60)
    assert len(made) == sender.sent + len(sender.held)
    assert sender.held


async def test_the_service_finds_as_many_as_the_sender_counts() -> None:
    service = Service()
    sender = mail(service)
    await play(sender, service, 60)
    assert len(service.unique) == sender.sent
    assert len(service.lines) == sender.sent + sender.repeated + sender.broken
    assert service.answers == {"taken": sender.sent, "duplicate": sender.repeated, "refused": sender.broken}


async def test_what_it_was_told_is_summed_beside_its_own_counts() -> None:
    service = Service()
    sender = mail(service)
    await play(sender, service, 30)
    assert (sender.taken, sender.refused) == (service.answers["taken"], service.answers["refused"])


async def test_late_items_come_in_time_and_never_before_a_minute() -> None:
    service = Service()
    sender = mail(service, ends=START + 3600 + LATEST)
    made = await play(sender, service, 60)
    before = sender.sent
    late = len(sender.held)
    service.now = START + 3600 + LATEST
    await sender.post([], service.now)
    assert sender.sent == before + late == len(made)
    assert not sender.held
    assert len(service.unique) == len(made)


async def test_about_one_in_a_hundred_is_late() -> None:
    service = Service()
    sender = mail(service)
    signals = [{"kind": "gauge", "name": "g", "value": float(n), "time": START} for n in range(20_000)]
    await sender.post(signals, START + 60.0)
    assert len(sender.held) == pytest.approx(20_000 * LATE_SHARE, abs=5 * (20_000 * LATE_SHARE) ** 0.5)
    assert all(START + 120.0 <= due <= START + 60.0 + LATEST for due, *_ in sender.held)


async def test_nothing_is_held_beyond_the_end() -> None:
    service = Service()
    sender = mail(service, ends=START + 3600)
    made = await play(sender, service, 60)
    assert not sender.held
    assert sender.sent == len(made)


async def test_signals_of_one_due_time_can_be_held_together() -> None:
    service = Service()
    sender = mail(service)
    same = {"kind": "gauge", "name": "g", "value": 1.0, "time": START}
    sender.held = [(START + 1.0, n, same) for n in range(3)]
    await sender.post([], START + 60.0)
    assert sender.sent == 3


async def test_only_what_counts_once_an_id_is_sent_twice() -> None:
    service = Service()
    sender = mail(service)
    await play(sender, service, 60)
    twice = {line for line in service.lines if service.lines.count(line) > 1 and line not in BROKEN}
    assert len(twice) == sender.repeated > 0
    assert {msgspec.json.decode(line)["kind"] for line in twice} <= {"rating", "complaint"}


async def test_about_one_in_a_hundred_of_those_is_sent_twice() -> None:
    service = Service()
    sender = mail(service)
    signals = [{"kind": "complaint", "id": str(n), "text": "x", "time": START} for n in range(20_000)]
    await sender.post(signals, START + 60.0)
    assert sender.repeated == pytest.approx(sender.sent * REPEATED_SHARE, abs=5 * (20_000 * REPEATED_SHARE) ** 0.5)


async def test_every_twelfth_post_has_one_broken_line_each_kind_in_turn() -> None:
    service = Service()
    sender = mail(service)
    await play(sender, service, 4 * BROKEN_EVERY)
    assert [line for line in service.lines if line in BROKEN] == list(BROKEN)
    assert sender.broken == 4


@pytest.mark.parametrize("line", BROKEN)
def test_each_broken_line_is_refused_by_the_door_and_its_neighbours_are_taken(line: bytes) -> None:
    good = b'{"kind":"gauge","name":"g","value":1}'
    taken = Door(SCALES, b"k" * 32, 86_400.0).open(b"\n".join((good, line)), START)
    assert (taken.taken, taken.refused) == (1, 1)


async def test_every_post_has_a_key_of_its_own() -> None:
    service = Service()
    await play(mail(service), service, 20)
    assert len(set(service.keys)) == len(service.keys) == 20


async def test_a_minute_without_signals_is_not_posted() -> None:
    service = Service()
    sender = mail(service)
    await sender.post([], START)
    assert service.keys == []
    assert sender.sent == 0


async def test_a_service_that_refuses_the_whole_batch_ends_the_demo() -> None:
    sender = mail(service := Service(503))
    with pytest.raises(httpx.HTTPStatusError):
        await play(sender, service, 1)


async def test_the_same_seed_holds_and_repeats_the_same() -> None:
    first, second = Service(), Service()
    for service in (first, second):
        await play(mail(service), service, 15)
    assert first.lines == second.lines
