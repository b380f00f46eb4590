from __future__ import annotations

import asyncio
import time

import pytest

from tests.bench import page
from tests.bench._line import Line
from tests.bench._receiver import Receiver


def test_ten_times_as_fast_holds_and_the_slowest_decides_p99() -> None:
    told = {"ours": dict.fromkeys(range(99), 0.02) | {99: 0.2}, "theirs": dict.fromkeys(range(100), 1.5)}
    wanted, middle, worst = page.rows(told, 100, 5000.0)
    assert [round(row.ours, 6) for row in (wanted, middle, worst)] == [200.0, 20.0, 200.0]
    assert [row.theirs for row in (wanted, middle, worst)] == [150.0, 1500.0, 1500.0]
    assert [row.holds for row in (wanted, middle, worst)] == [False, True, False]


def test_an_event_that_nobody_told_of_is_no_result() -> None:
    with pytest.raises(RuntimeError, match="2 of 3"):
        page.rows({"ours": {0: 0.1, 1: 0.1}}, 3, 0.0)


def test_without_the_peer_only_ours_is_told() -> None:
    assert len(page.rows({"ours": {0: 0.1}}, 1, 0.0)) == 1


async def test_the_receiver_notes_when_a_ticket_was_first_told_of_and_shows_those_that_are_open() -> None:
    receiver = Receiver()
    await receiver.start()
    async with Line(receiver.port) as line:
        before = time.monotonic()
        for _ in range(2):
            await line.post("/ours", b'{"labels": {"ticket": "ticket-7"}}')
        assert before <= receiver.told["/ours"][7] <= time.monotonic()
        receiver.open.add(7)
        assert b'tips{ticket="ticket-7"} 1\n' in (await line.get("/metrics")).body
    await asyncio.wait_for(receiver.stop(), 5)
