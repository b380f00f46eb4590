"""Inputs from inputs, the same ones each time: what a fuzzer does first, where there is no fuzzer."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.fuzz import Target


def inputs(one: Target, count: int, seed: int = 1) -> Iterator[bytes]:
    """Yield a target's seeds, and `count` inputs that differ from one of them in a few places."""
    yield from one.SEEDS
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    for _ in range(count):
        data = bytearray(chance.choice(one.SEEDS))
        for _ in range(chance.randint(1, 4)):
            _change(data, one, chance)
        yield bytes(data)


def _change(data: bytearray, one: Target, chance: random.Random) -> None:
    at, length = chance.randint(0, len(data)), chance.randint(1, 12)
    way = chance.randrange(5)
    if way == 0:
        data[at : at + length] = chance.choice(one.WORDS)
    elif way == 1:
        data[at:at] = chance.choice(one.WORDS)
    elif way == 2:
        del data[at : at + length]
    elif way == 3:
        data[at : at + 1] = bytes([chance.randrange(256)])
    else:
        other = chance.choice(one.SEEDS)
        begin = chance.randrange(len(other))
        data[at : at + length] = other[begin : begin + 4 * length]
