from __future__ import annotations

import asyncio

import pytest

from andon.web import pacing
from andon.web.pacing import Busy, Pacing


async def held(one: Pacing) -> float:
    """Return for how many seconds a sender was held before it was sent away."""
    began = asyncio.get_running_loop().time()
    with pytest.raises(Busy, match="too much"):
        await one.send_away("too much")
    return asyncio.get_running_loop().time() - began


async def test_who_is_sent_away_is_counted_and_waits_for_its_turn() -> None:
    one = Pacing(asyncio.Event())
    waits = await asyncio.gather(*(held(one) for _ in range(20)))
    assert one.shed == len(waits)
    assert max(waits) >= 19 / pacing.REFUSALS


async def test_who_has_waited_as_long_as_is_allowed_comes_back_at_a_time_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pacing, "MOST_HELD_OFF", 0.1)
    one = Pacing(asyncio.Event())
    waits = await asyncio.gather(*(held(one) for _ in range(60)))
    longest = sorted(waits)[20:]
    assert longest[-1] - longest[0] > 0.02


async def test_once_the_service_is_stopped_nobody_is_held() -> None:
    stopping = asyncio.Event()
    one = Pacing(stopping)
    stopping.set()
    await asyncio.wait_for(asyncio.gather(*(held(one) for _ in range(1000))), pacing.MOST_HELD_OFF / 2)
    assert one.shed == 1000
