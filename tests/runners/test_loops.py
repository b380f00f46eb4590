from __future__ import annotations

import asyncio
import math
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from andon.clock import WallClock
from andon.config import Settings
from andon.errors import Unavailable
from andon.log.memory import MemoryLog
from andon.rulebook.watch import fingerprint
from andon.runners import loops
from andon.runners.running import STALE_AFTER, Running
from andon.store.memory import MemoryStore
from tests.acceptance.timeline import HandClock, Story
from tests.kitchen import HEAD, HOT
from tests.runners.alone import Alone, Untended

LOOPS = {one.name: one for one in loops.LOOPS}


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Running:
    """A service that lives in memory; its loops wait for milliseconds."""
    for name in ("RETRY_AFTER", "TICK"):
        monkeypatch.setattr(loops, name, 0.01)
    monkeypatch.setattr(loops, "SAVE_EVERY", 0.05)
    (tmp_path / "book.yml").write_text(HEAD)
    story = Story(HEAD)
    seen = fingerprint(tmp_path)
    settings = Settings(rules=tmp_path, data=tmp_path)
    return Running(story.andon, settings, Alone(), Untended(), term="1 here", seen=seen, save_every=0.05)


async def kept(running: Running, name: str, loop: Callable[[Running], Awaitable[None]], until: asyncio.Event) -> None:
    """Keep a loop until something has happened, then stop it in order."""
    task = asyncio.create_task(loops.keep(running, replace(LOOPS[name], round=loop)))
    await asyncio.wait_for(until.wait(), 5.0)
    running.stopping.set()
    await asyncio.wait_for(task, 5.0)


async def test_a_fault_is_counted_and_ends_one_round_only(running: Running) -> None:
    rounds, done = [0], asyncio.Event()

    async def faulty(_: Running) -> None:
        rounds[0] += 1
        if rounds[0] < 3:
            raise ValueError("a fault of ours")
        done.set()
        await asyncio.sleep(0)

    await kept(running, "sender", faulty, done)
    assert running.andon.faults == {"faults.sender": 2.0}


async def test_a_server_that_is_away_is_no_fault(running: Running) -> None:
    rounds, done = [0], asyncio.Event()

    async def waiting(_: Running) -> None:
        rounds[0] += 1
        if rounds[0] < 3:
            raise Unavailable("away")
        done.set()
        await asyncio.sleep(0)

    await kept(running, "sender", waiting, done)
    assert running.andon.faults == {}


async def test_a_loop_that_fails_does_not_spin(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "RETRY_AFTER", 0.1)
    rounds = [0]

    async def failing(_: Running) -> None:
        rounds[0] += 1
        raise Unavailable("away")

    task = asyncio.create_task(loops.keep(running, replace(LOOPS["clock"], round=failing)))
    await asyncio.sleep(0.35)
    running.stopping.set()
    await task
    assert rounds[0] <= 5


async def test_after_a_fault_the_engine_goes_back_to_what_was_saved_before_it_reads_on(running: Running) -> None:
    andon, done, positions = running.andon, asyncio.Event(), []
    await andon.save()

    async def engine(_: Running) -> None:
        positions.append(andon.position)
        if len(positions) == 1:
            andon.position = "ahead of the store"
            raise Unavailable("away")
        done.set()
        await asyncio.sleep(0)

    await kept(running, "engine", engine, done)
    assert positions[:2] == ["", ""]


class Away(MemoryStore):
    """A store that is away until it is back."""

    away = True

    async def saved(self) -> tuple[bytes, str] | None:
        if self.away:
            raise Unavailable("away")
        return await super().saved()


async def test_the_engine_reads_nothing_until_it_could_go_back(running: Running) -> None:
    andon, store, rounds = running.andon, Away(), [0]
    andon.outside = replace(andon.outside, store=store)
    back = asyncio.Event()

    async def engine(_: Running) -> None:
        rounds[0] += 1
        if store.away:
            raise Unavailable("away")
        back.set()
        await asyncio.sleep(0)

    task = asyncio.create_task(loops.keep(running, replace(LOOPS["engine"], round=engine)))
    await asyncio.sleep(0.1)
    assert rounds[0] == 1
    store.away = False
    await asyncio.wait_for(back.wait(), 5.0)
    running.stopping.set()
    await task


async def test_a_large_state_is_saved_less_often(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async def slowly() -> None:
        await asyncio.sleep(0.02)

    monkeypatch.setattr(type(running.andon), "save", lambda _: slowly())
    await loops.read_log(running)
    assert running.save_every >= 0.02 / loops.SAVING


async def test_on_the_clock_of_the_wall_a_tick_is_written_so_that_time_passes_without_signals(running: Running) -> None:
    await loops.pass_time(running)
    (entry,) = await running.andon.outside.log.read("")
    assert entry.batch is None


class FullLog(MemoryLog):
    """A log that takes nothing more."""

    async def append(self, at: float, batch: bytes | None, *rest: Any, **more: Any) -> str:
        del at, batch, rest, more
        raise Unavailable("the log is 80% full")


async def test_ladders_climb_on_while_the_log_is_full(running: Running) -> None:
    andon = running.andon
    pull = b'{"kind":"pull","by":"ana","text":"help","owner":"shop"}'
    await andon.receive(pull, "application/x-ndjson", "", "")
    for entry in await andon.outside.log.read(""):
        await andon.pass_on(entry)
    [due] = await andon.outside.store.due(math.inf)
    andon.outside = replace(andon.outside, log=FullLog(), clock=HandClock(due[0] + 1.0))
    with pytest.raises(Unavailable, match="full"):
        await loops.pass_time(running)
    assert await andon.outside.store.due(math.inf) != [due]


async def test_a_clock_that_was_set_back_by_days_is_told_and_not_waited_for_in_silence(running: Running) -> None:
    clock = WallClock()
    clock.move(clock.now() + 3 * 86_400.0)
    running.andon.outside = replace(running.andon.outside, clock=clock)
    with pytest.raises(Unavailable, match=r"3\.0 days ahead of this machine's clock"):
        await loops.pass_time(running)


async def test_ladders_climb_on_though_the_clock_was_set_back_by_days(running: Running) -> None:
    andon = running.andon
    pull = b'{"kind":"pull","by":"ana","text":"help","owner":"shop"}'
    await andon.receive(pull, "application/x-ndjson", "", "")
    for entry in await andon.outside.log.read(""):
        await andon.pass_on(entry)
    [due] = await andon.outside.store.due(math.inf)
    clock = WallClock()
    clock.move(max(due[0], clock.now()) + 3 * 86_400.0)
    andon.outside = replace(andon.outside, clock=clock)
    with pytest.raises(Unavailable):
        await loops.pass_time(running)
    assert await andon.outside.store.due(math.inf) != [due]


async def test_a_changed_rulebook_is_taken_over(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    unhurried(running, monkeypatch)
    edit(running, HOT)
    await loops.watch_rules(running)
    assert "oven" in running.andon.book.rules
    assert running.refused == ""


async def test_a_bad_rulebook_is_told_and_the_old_one_stays_until_it_is_mended(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    unhurried(running, monkeypatch)
    before = running.andon.book
    for bad in (
        HOT.replace("above", "abvoe"),
        HOT.replace("above: 240, over: 1m", "rises: true, using: burn_rate"),
        "",
    ):
        edit(running, bad)
        await loops.watch_rules(running)
        assert running.refused
        assert running.andon.book is before
    edit(running, HOT)
    await loops.watch_rules(running)
    assert running.refused == ""


async def test_a_rulebook_that_is_as_it_was_is_not_read_again(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    unhurried(running, monkeypatch)
    before = running.andon.book
    await loops.watch_rules(running)
    assert running.andon.book is before


async def test_an_edit_that_met_a_store_that_is_away_is_tried_again(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    unhurried(running, monkeypatch)
    edit(running, HOT)
    adopt = type(running.andon).adopt

    async def away(*_: object) -> None:
        raise Unavailable("away")

    monkeypatch.setattr(type(running.andon), "adopt", away)
    with pytest.raises(Unavailable):
        await loops.watch_rules(running)
    monkeypatch.setattr(type(running.andon), "adopt", adopt)
    await loops.watch_rules(running)
    assert "oven" in running.andon.book.rules


async def test_who_has_not_come_round_for_four_seconds_is_late(running: Running) -> None:
    running.came_round("engine")
    assert running.late() == []
    running.alive["engine"] -= 4.1
    assert running.late() == ["engine"]


async def test_a_pause_ends_when_the_service_is_told_to_stop(running: Running) -> None:
    running.stopping.set()
    await asyncio.wait_for(running.pause(60.0), 1.0)


def unhurried(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(_: float) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr(running, "pause", at_once)


def edit(running: Running, text: str) -> None:
    path = running.settings.rules / "book.yml"
    path.write_text(text)
    later = path.stat().st_mtime_ns + 1_000_000
    os.utime(path, ns=(later, later))


async def test_however_long_the_board_took_to_be_told_it_is_told_again_before_that_counts_as_standing_still(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused = []

    async def noted(seconds: float) -> None:
        paused.append(seconds)
        await asyncio.sleep(0)

    monkeypatch.setattr(running, "pause", noted)
    monkeypatch.setattr(loops, "SHOWING", 1e-9)  # as if it had taken for ever
    await loops.show_board(running)
    assert 0.0 < paused[0] < STALE_AFTER
