"""Whose turn it is in one layer of a schedule."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta

from andon.rulebook.model import Layer
from andon.walltime import at_minute, instant, local

DAY = 1440
"""Minutes."""


def turn(layer: Layer, zone: str, at: float) -> str:
    """Return who has the turn at an instant, "" while the layer does not count."""
    if not layer.people or not counts(layer, zone, at):
        return ""
    begun = _begun(layer, zone, at)
    return layer.people[max(begun - 1, 0) % len(layer.people)] if begun is not None else ""


def counts(layer: Layer, zone: str, at: float) -> bool:
    """Return whether an instant lies in the days and hours of a layer; a night's hours belong to the day they begin on."""
    if not layer.only and layer.hours is None:
        return True
    start, end = layer.hours or (0, DAY)
    if end <= start:
        end += DAY
    today = local(at, zone).date()
    return any(
        (not layer.only or day.weekday() in layer.only)
        and at_minute(day, start, zone) <= at < at_minute(day, end, zone)
        for day in (today, today - timedelta(days=1))
    )


def handover(layer: Layer, zone: str, number: int) -> float:
    """Return the instant at which turn `number` (from 0) begins, were there no days off.

    Hours are true hours: an hour that the wall clock skips is nobody's turn lost.
    """
    start = datetime.fromisoformat(layer.start)
    if layer.rotate == "hourly":
        return instant(start, zone) + 3600.0 * number
    if layer.rotate == "monthly":
        return instant(start + relativedelta(months=number), zone)
    return instant(start + timedelta(days=number * (7 if layer.rotate == "weekly" else 1)), zone)


def _begun(layer: Layer, zone: str, at: float) -> int | None:
    """Return how many turns have begun by an instant, None before the first; days off do not use up turns."""
    last = _latest(layer, zone, at)
    if last < 0:
        return None
    if not layer.only or layer.rotate in {"weekly", "monthly"}:
        return last + 1
    first = datetime.fromisoformat(layer.start).date()
    if layer.rotate == "daily":
        return _days_among(layer.only, first, last + 1)
    return _hours_among(layer, zone, first, last)


def _latest(layer: Layer, zone: str, at: float) -> int:
    """Return the number of the turn that began last by an instant, below 0 before the first."""
    start, now = datetime.fromisoformat(layer.start), local(at, zone)
    if layer.rotate == "hourly":
        return int((at - instant(start, zone)) // 3600)
    if layer.rotate == "monthly":
        guess = (now.year - start.year) * 12 + now.month - start.month
    else:
        guess = (now - start).days // (7 if layer.rotate == "weekly" else 1)
    guess += 1
    while guess >= 0 and handover(layer, zone, guess) > at:
        guess -= 1
    return guess


def _days_among(only: frozenset[int], first: date, days: int) -> int:
    """Return how many of `days` days from `first` are among some weekdays."""
    weeks, rest = divmod(days, 7)
    return weeks * len(only) + sum((first.weekday() + ahead) % 7 in only for ahead in range(rest))


def _hours_among(layer: Layer, zone: str, first: date, last: int) -> int:
    """Return how many of the hourly turns 0..last begin on the layer's days."""
    begin = handover(layer, zone, 0)
    end = local(handover(layer, zone, last), zone).date()
    total = 0
    for ahead in range((end - first).days + 1):
        day = first + timedelta(days=ahead)
        if day.weekday() in layer.only:
            lowest = max(-int((begin - at_minute(day, 0, zone)) // 3600), 0)
            highest = min(-int((begin - at_minute(day, DAY, zone)) // 3600) - 1, last)
            total += max(highest - lowest + 1, 0)
    return total
