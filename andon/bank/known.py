"""Known days: what a stretch of time is said to bring beforehand, and how surely."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from andon.model import Direction, Floats
from andon.rulebook.model import Event

VOLUME, LEAST, MOST = "volume", "least", "most"
SURE = 0.25
"""The share of its logarithm by which a factor may be off where its author states no range: 4x means 2.8x to 5.7x."""


def overlap(events: Sequence[Event], begin: float, end: float) -> list[Event]:
    """Return the events that a stretch of time has part in."""
    return [event for event in events if event.start < end and event.end > begin]


def factor(event: Event, lean: Direction) -> float:
    """Return how many times the usual volume an event brings at most (RISES), at least (FALLS), or by its word."""
    stated = event.expect.get(VOLUME, 1.0)
    apart = sorted((stated ** (1.0 - SURE), stated ** (1.0 + SURE)))
    if lean is Direction.NONE:
        return stated
    name, otherwise = (MOST, apart[1]) if lean is Direction.RISES else (LEAST, apart[0])
    return event.expect.get(name, otherwise)


def exposure(events: Sequence[Event], end: float, seconds: Floats, lean: Direction) -> Floats:
    """Return windows that end at `end`, (w,), in seconds of usual traffic: inside an event a second counts as many.

    Where events overlap, the shorter one has the word, since it was said of less; of two as long, the later one in the rulebook.
    """
    telling = [event for event in reversed(events) if VOLUME in event.expect]
    telling.sort(key=lambda event: event.end - event.start)
    found = seconds.astype(np.float64)
    for place, length in enumerate(seconds.tolist()):
        begin = end - length
        edges = {begin, end, *(edge for event in telling for edge in (event.start, event.end) if begin < edge < end)}
        ordered = sorted(edges)
        for left, right in pairwise(ordered):
            inside = overlap(telling, left, right)
            if inside:
                found[place] += (right - left) * (factor(inside[0], lean) - 1.0)
    return found


def words(events: Sequence[Event], begin: float, end: float) -> list[str]:
    """Return what the events in a stretch of time were expected to bring, as evidence says it."""
    telling = [event for event in overlap(events, begin, end) if VOLUME in event.expect]
    return [f"{event.name}: {event.expect[VOLUME]:.3g}x expected" for event in telling]
