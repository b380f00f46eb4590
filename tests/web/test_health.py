from __future__ import annotations

import asyncio
import contextlib
import time
from http import HTTPStatus

import pytest

from andon.errors import Unavailable
from andon.runners import loops
from andon.runners.running import STALE_AFTER
from tests.web.tiny import Tiny


async def test_a_process_that_lives_says_so(here: Tiny) -> None:
    answer = await here.client.get("/healthz")
    assert (answer.status_code, answer.json()) == (HTTPStatus.OK, {"status": "alive"})


async def test_before_its_loops_have_begun_it_is_not_ready(here: Tiny) -> None:
    answer = await here.client.get("/readyz")
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    found = answer.json()
    assert (found["ready"], found["waiting"], found["behind"], found["shed"]) == (False, ["start"], 0.0, 0)


async def test_it_is_ready_while_every_loop_comes_round(here: Tiny) -> None:
    here.running.alive = {"engine": time.monotonic(), "sender": time.monotonic() - STALE_AFTER / 2}
    found = (await here.client.get("/readyz")).json()
    assert (found["ready"], found["waiting"]) == (True, [])


async def test_a_loop_that_stands_still_is_named(here: Tiny) -> None:
    here.running.alive = {"engine": time.monotonic(), "sender": time.monotonic() - STALE_AFTER - 0.1}
    answer = await here.client.get("/readyz")
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.json()["waiting"] == ["sender"]
    assert (await here.client.get("/v1/board")).json()["waiting"] == ["sender"]


async def test_a_store_in_trouble_is_named_by_readiness_and_on_the_board_and_how_full_it_is(here: Tiny) -> None:
    here.running.tending._room.disk = 0.913
    here.running.tending._tell("disk", "the store's disk is 91% full")
    here.running.alive = {"engine": time.monotonic()}
    answer = await here.client.get("/readyz")
    assert (answer.status_code, answer.json()["store"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "disk")
    board = (await here.client.get("/v1/board")).json()
    assert (board["store"], board["store_why"]) == ("disk", "the store's disk is 91% full")
    assert board["facts"]["store.disk"] == 0.91


async def test_readiness_and_the_board_tell_by_how_much_the_machines_clock_was_set_back(here: Tiny) -> None:
    here.running.alive = {"engine": time.monotonic()}
    here.running.setback.seconds = 3599.6
    found = (await here.client.get("/readyz")).json()
    assert (found["ready"], found["set_back"]) == (True, 3600)
    assert (await here.client.get("/v1/board")).json()["set_back"] == 59 * 60, (
        "whole minutes: else it changed all the time"
    )


@pytest.mark.parametrize("hangs", [False, True])
async def test_five_seconds_after_the_store_has_gone_it_is_not_ready(
    here: Tiny, monkeypatch: pytest.MonkeyPatch, *, hangs: bool
) -> None:
    assert STALE_AFTER < 5.0
    monkeypatch.setattr("andon.runners.running.STALE_AFTER", 0.6)
    monkeypatch.setattr(loops, "RETRY_AFTER", 0.05)
    here.clock.time = time.time()

    async def gone(*_: object) -> None:
        if hangs:
            await asyncio.sleep(60)
        raise Unavailable("gone")

    kept = [one for one in loops.LOOPS if one.name in {"engine", "sender"}]
    tasks = [asyncio.create_task(loops.keep(here.running, one)) for one in kept]
    await asyncio.sleep(0.2)
    assert (await here.client.get("/readyz")).status_code == HTTPStatus.OK
    with monkeypatch.context() as patched:
        for name in ("outbox", "show", "save"):
            patched.setattr(here.store, name, gone)
        await asyncio.sleep(0.9)
        answer = await here.client.get("/readyz")
        assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert "sender" in answer.json()["waiting"]
    if not hangs:
        await asyncio.sleep(0.4)
        assert (await here.client.get("/readyz")).status_code == HTTPStatus.OK
    here.running.stopping.set()
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
