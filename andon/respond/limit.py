"""Limits: how many pages a person gets by a channel in a stretch of time; what is over is bundled into one later page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from andon.model import Tier
from andon.respond.work import Call, Work

MINUTE = 60.0
LIMITS: Mapping[str, tuple[tuple[float, int], ...]] = {
    "sms": ((MINUTE, 1), (15 * MINUTE, 5), (60 * MINUTE, 11), (180 * MINUTE, 21)),
    "phone": ((MINUTE, 1), (15 * MINUTE, 3), (60 * MINUTE, 7), (180 * MINUTE, 15)),
}
"""By channel: (seconds, pages) pairs that all hold; channels that are not here have no limit."""


def limit(work: Work) -> Work:
    """Put off what is over a person's limits to the first moment that allows it; red waits for nothing but the minute."""
    planned: dict[tuple[str, str], list[float]] = {}
    calls = []
    for call in work.calls:
        key = (call.recipient.id, call.channel)
        times = planned.setdefault(key, list(work.view.recent.get(key, ())))
        put_off = _put_off(call, times, work.incident.tier)
        times.append(put_off.due)
        calls.append(put_off)
    return replace(work, calls=tuple(calls))


def allowed_at(times: Sequence[float], now: float, limits: Sequence[tuple[float, int]]) -> float:
    """Return the first moment from `now` at which one more page is within the limits.

    A bundle is one page: its parts share one time. A page that is still to come (later than `now`) is joined rather than
    followed within a minute.
    """
    past = sorted({at for at in times if at <= now})
    free = now
    for seconds, most in limits:
        if len(past) >= most:
            free = max(free, past[-most] + seconds)
    ahead = [at for at in times if now < at < free + MINUTE]
    return min(ahead) if ahead else free


def _put_off(call: Call, times: Sequence[float], tier: Tier) -> Call:
    limits = LIMITS.get(call.channel, ())
    if tier is Tier.RED:
        limits = limits[:1]
    if not limits or call.held:
        return call
    due = allowed_at(times, call.due, limits)
    return call if due <= call.due else replace(call, due=due, held="limit")
