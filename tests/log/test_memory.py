from __future__ import annotations

import pytest

from andon.errors import Unavailable
from andon.log import memory
from andon.log.base import KEY_KEPT
from andon.log.memory import MemoryLog
from andon.model import Letter


async def test_a_key_is_forgotten_after_a_day() -> None:
    log = MemoryLog()
    first = await log.append(0.0, b"a", "key")
    assert await log.append(KEY_KEPT - 1.0, b"a", "key") == first
    assert await log.append(float(KEY_KEPT), b"a", "key") > first


async def test_forgotten_keys_take_no_room() -> None:
    log = MemoryLog()
    for i in range(100):
        await log.append(i * KEY_KEPT / 10, None, str(i))
    assert len(log._keys) == 10


async def test_the_oldest_letters_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_LETTERS", 3)
    log = MemoryLog()
    await log.append(0.0, None, letters=[Letter(at=0.0, position=i, reason="", raw=b"") for i in range(5)])
    assert [letter.position for letter in await log.letters()] == [2, 3, 4]


async def test_a_full_log_takes_nothing_until_it_is_trimmed() -> None:
    log = MemoryLog(room=1_000)
    await log.append(0.0, bytes(799))
    last = await log.append(0.0, b"x")
    with pytest.raises(Unavailable, match="80% full"):
        await log.append(0.0, b"x")
    await log.trim(last)
    await log.append(0.0, b"x")


async def test_however_many_keys_come_the_oldest_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_KEYS", 3)
    log = MemoryLog()
    positions = [await log.append(0.0, b"a", f"key {number}") for number in range(10)]
    assert len(log._keys) == 3
    assert await log.append(0.0, b"a", "key 9") == positions[9]


async def test_letters_are_bounded_in_bytes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_LETTER_BYTES", 25)
    log = MemoryLog()
    for number in range(5):
        await log.append(0.0, None, letters=[Letter(at=0.0, position=number, reason="", raw=b"0123456789")])
    assert [one.position for one in await log.letters()] == [3, 4]
