from __future__ import annotations

import asyncio
import time

import pytest

from andon.clock import Behind, EventClock, FastClock, WallClock, behind, reach


def test_the_wall_clock_shows_the_true_time_at_the_true_speed() -> None:
    clock = WallClock()
    assert abs(clock.now() - time.time()) < 1.0
    assert clock.real(5.0) == 5.0


def test_set_back_by_an_hour_the_wall_clock_goes_on_half_as_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    wall, passed = [10_000.0], [0.0]
    monkeypatch.setattr(time, "time", lambda: wall[0])
    monkeypatch.setattr(time, "monotonic", lambda: passed[0])
    clock = WallClock()
    assert clock.now() == 10_000.0
    wall[0] -= 3600.0
    shown = []
    for _ in range(3):
        wall[0], passed[0] = wall[0] + 10.0, passed[0] + 10.0
        shown.append(clock.now())
    assert shown == [10_005.0, 10_010.0, 10_015.0]
    assert clock.ahead() == 10_015.0 - wall[0]
    wall[0], passed[0] = wall[0] + 7200.0, passed[0] + 7200.0
    assert clock.now() == wall[0]


def test_set_forward_the_wall_clock_follows_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wall = [10_000.0]
    monkeypatch.setattr(time, "time", lambda: wall[0])
    clock = WallClock()
    clock.now()
    wall[0] += 86_400.0
    assert clock.now() == 96_400.0


def test_the_wall_clock_starts_no_earlier_than_where_a_service_has_stood() -> None:
    clock = WallClock()
    later = time.time() + 600.0
    clock.move(later)
    assert later <= clock.now() < later + 60.0
    clock.move(0.0)
    assert clock.now() >= later


def test_that_the_machines_clock_is_behind_is_told_from_a_minute_on_and_unready_from_a_day_on() -> None:
    assert [behind(one) for one in (-7.0, 59.9, 60.0, 86_399.0)] == [Behind.NO, Behind.NO, Behind.TOLD, Behind.TOLD]
    assert behind(86_400.0) is Behind.UNREADY


def test_the_clock_of_events_goes_where_it_is_moved_and_never_back() -> None:
    clock = EventClock()
    clock.move(100.0)
    clock.move(50.0)
    assert clock.now() == 100.0
    assert clock.real(5.0) == 0.0


def test_a_fast_clock_goes_so_many_times_as_fast() -> None:
    clock = FastClock(0.0, 1000.0)
    time.sleep(0.02)
    assert 20.0 <= clock.now() < 1000.0
    assert clock.real(10.0) == 0.01


def test_a_fast_clock_waits_at_the_least_of_its_gates() -> None:
    clock = FastClock(0.0, 1e6)
    clock.allow("engine", 50.0)
    clock.allow("feed", 80.0)
    time.sleep(0.002)
    assert clock.now() == 50.0


def test_a_fast_clock_goes_on_from_its_gate_and_does_not_make_up_for_the_wait() -> None:
    clock = FastClock(0.0, 1000.0)
    clock.allow("engine", 0.0)
    time.sleep(0.02)
    clock.now()
    clock.allow("engine", 1e9)
    assert clock.now() < 10.0


def test_a_fast_clock_slows_down_without_a_jump() -> None:
    clock = FastClock(0.0, 1e6)
    time.sleep(0.002)
    before = clock.now()
    clock.go(1.0)
    assert before <= clock.now() < before + 1e6


async def test_reach_returns_once_the_clock_shows_it_and_not_before() -> None:
    clock = FastClock(0.0, 1000.0)
    await asyncio.wait_for(reach(clock, 30.0), 5.0)
    assert clock.now() >= 30.0


async def test_reach_waits_for_a_clock_that_somebody_else_moves() -> None:
    clock = EventClock()
    waiting = asyncio.create_task(reach(clock, 10.0))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    clock.move(10.0)
    await asyncio.wait_for(waiting, 5.0)
