from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

import pytest
from starlette.types import Message, Scope

from andon.ingest.inflate import MOST_SENT
from andon.web import gate, pacing
from andon.web.api import create_app
from tests.web.stage import INGEST
from tests.web.tiny import Tiny

GOOD = '{"kind":"crash","value":1,"of":10,"segment":{"platform":"ios"}}'
BAD = '{"kind":"mood","value":3}'


async def test_signals_are_in_the_log_when_they_are_answered(here: Tiny) -> None:
    answer = await here.sent(f"{GOOD}\n{GOOD}")
    assert answer.status_code == HTTPStatus.ACCEPTED
    assert answer.json() == {"taken": 2, "duplicate": 0, "refused": 0, "reasons": []}
    assert len(await here.log.read("")) == 1


async def test_a_json_array_is_taken_too(here: Tiny) -> None:
    assert (await here.sent(f"[{GOOD},{GOOD}]", content_type="application/json")).json()["taken"] == 2


async def test_a_sender_that_breaks_off_in_the_middle_is_no_fault_and_nothing_is_taken(here: Tiny) -> None:
    said = [(b"authorization", f"Bearer {INGEST}".encode())]
    scope: Scope = {"type": "http", "method": "POST", "path": "/v1/signals", "headers": said, "query_string": b""}
    coming: list[Message] = [
        {"type": "http.request", "body": GOOD.encode(), "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return coming.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await create_app(here.running)(scope, receive, send)
    assert sent[0]["status"] == HTTPStatus.BAD_REQUEST
    assert await here.log.read("") == []


async def test_what_is_refused_is_named_and_the_rest_is_taken(here: Tiny) -> None:
    said = (await here.sent(f"{GOOD}\n{BAD}\n{GOOD}")).json()
    assert (said["taken"], said["refused"]) == (2, 1)
    assert said["reasons"][0]["position"] == 2
    assert "kind is one of" in said["reasons"][0]["reason"]


async def test_no_token_is_401_even_from_this_machine(here: Tiny) -> None:
    answer = await here.client.post("/v1/signals", content=GOOD)
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert "Authorization: Bearer" in answer.json()["detail"]
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("said", ["Bearer", "Bearer ", "Bearer wrong", f"Basic {INGEST}", f"Bearer {INGEST}x", INGEST])
async def test_a_wrong_token_is_401(here: Tiny, said: str) -> None:
    answer = await here.client.post("/v1/signals", content=GOOD, headers={"Authorization": said})
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert INGEST not in answer.text


async def test_gzip_is_undone(here: Tiny) -> None:
    assert (await here.sent(gzip.compress(GOOD.encode()), content_encoding="gzip")).json()["taken"] == 1


async def test_what_is_not_in_its_encoding_is_400(here: Tiny) -> None:
    answer = await here.sent(GOOD, content_encoding="gzip")
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "encoding" in answer.json()["detail"]


async def test_an_unknown_encoding_is_400_and_names_the_known(here: Tiny) -> None:
    answer = await here.sent(GOOD, content_encoding="br")
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "gzip" in answer.json()["detail"]


async def test_too_much_is_413_and_says_what_is_allowed(here: Tiny) -> None:
    answer = await here.sent(b" " * (MOST_SENT + 1))
    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert f"{MOST_SENT:,}" in answer.json()["detail"]


async def test_what_is_announced_as_more_than_fits_at_all_is_413_and_not_asked_to_come_again(here: Tiny) -> None:
    answer = await here.sent(GOOD, content_length=str(100 * MOST_SENT))
    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


async def test_too_much_without_a_length_is_413_too(here: Tiny) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(12):
            yield b" " * 1_000_000

    answer = await here.client.post("/v1/signals", content=pieces(), headers={"Authorization": f"Bearer {INGEST}"})
    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


async def test_too_many_at_once_are_429_and_told_when_to_come_again_and_a_small_batch_is_taken(
    here: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "AT_ONCE", 1)
    go = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield GOOD.encode()
        await go.wait()

    def large() -> asyncio.Task[Any]:
        sent = here.client.post("/v1/signals", content=slowly(), headers={"Authorization": f"Bearer {INGEST}"})
        return asyncio.create_task(sent)

    first = large()
    await asyncio.sleep(0.05)
    second = await large()
    assert second.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert int(second.headers["retry-after"]) >= 1
    assert (await here.client.get("/readyz")).json()["shed"] == 1
    assert (await here.client.get("/v1/board")).json()["facts"]["shed"] == 1
    assert (await here.sent(GOOD)).status_code == HTTPStatus.ACCEPTED
    go.set()
    assert (await first).json()["taken"] == 1
    assert (await large()).status_code == HTTPStatus.ACCEPTED


async def test_while_the_engine_is_behind_large_batches_are_429_and_small_ones_taken(
    here: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in (("BEHIND", 0.0), ("MOST_BEHIND", 0.05), ("PATIENCE", 0.1)):
        monkeypatch.setattr(gate, name, seconds)
    await here.sent(GOOD)  # nobody reads the log here
    large = GOOD + " " * gate.SMALL
    assert (await here.sent(large)).status_code == HTTPStatus.TOO_MANY_REQUESTS
    await here.passed_on()
    assert (await here.sent(large)).status_code == HTTPStatus.ACCEPTED


async def test_what_waits_for_a_store_that_is_away_is_503_and_not_too_much_traffic(
    here: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "AT_ONCE", 0)
    here.running.alive = {"engine": time.monotonic() - 60.0}
    answer = await here.sent(GOOD)
    assert (answer.status_code, answer.headers["retry-after"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "2")
    assert "engine" in answer.json()["detail"]


async def test_who_is_held_while_the_service_is_stopped_is_answered_503(
    here: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "BEHIND", 0.0)
    monkeypatch.setattr(gate, "PATIENCE", 60.0)
    await here.sent(GOOD)  # nobody reads the log here
    held = asyncio.create_task(here.sent(GOOD))
    await asyncio.sleep(0.05)
    here.running.stopping.set()
    answer = await asyncio.wait_for(held, 5.0)
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.headers["retry-after"].isdecimal()


async def test_refusals_come_no_faster_than_the_service_can_afford(here: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "AT_ONCE", 0)
    monkeypatch.setattr(pacing, "REFUSALS", 50.0)
    began = time.monotonic()
    answers = await asyncio.gather(*(here.sent(GOOD) for _ in range(10)))
    assert {one.status_code for one in answers} == {HTTPStatus.TOO_MANY_REQUESTS}
    assert time.monotonic() - began >= 0.19


async def test_a_log_that_is_away_is_503_and_nothing_is_dropped(here: Tiny) -> None:
    here.log.gone = True
    answer = await here.sent(GOOD)
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert int(answer.headers["retry-after"]) >= 1
    here.log.gone = False
    assert (await here.sent(GOOD)).json()["taken"] == 1


async def test_a_batch_that_is_sent_again_with_its_key_is_in_the_log_once(here: Tiny) -> None:
    for _ in range(3):
        assert (await here.sent(GOOD, idempotency_key="batch 1")).status_code == HTTPStatus.ACCEPTED
    assert len(await here.log.read("")) == 1


async def test_another_batch_under_the_same_key_is_refused_and_not_taken_for_a_repeat(here: Tiny) -> None:
    other = GOOD.replace("10", "20")
    assert (await here.sent(GOOD, idempotency_key="batch 1")).status_code == HTTPStatus.ACCEPTED
    answer = await here.sent(other, idempotency_key="batch 1")
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "a key of its own" in answer.json()["detail"]
    assert (await here.sent(other, idempotency_key="batch 2")).json()["duplicate"] == 0
    assert len(await here.log.read("")) == 2


async def test_a_batch_that_was_packed_anew_is_the_same_batch(here: Tiny) -> None:
    for level in (1, 9):
        packed = gzip.compress(GOOD.encode(), level, mtime=level)
        answer = await here.sent(packed, idempotency_key="batch 1", content_encoding="gzip")
        assert answer.status_code == HTTPStatus.ACCEPTED
    assert len(await here.log.read("")) == 1


async def test_an_endless_key_is_refused(here: Tiny) -> None:
    answer = await here.sent(GOOD, idempotency_key="k" * 201)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "idempotency-key" in answer.json()["detail"]


@pytest.mark.parametrize("body", [b"", b"\n\n", b"[]", b"null", b"\xff\xfe", b"[" * 5000, b'{"kind":', b"0"])
async def test_rubbish_is_answered_and_never_a_fault(here: Tiny, body: bytes) -> None:
    answer = await here.sent(body)
    assert answer.status_code == HTTPStatus.ACCEPTED
    assert answer.json()["taken"] == 0
    json.dumps(answer.json())
