"""Routing: a person's quiet hours hold yellow pages for one digest when they end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from andon.model import Tier
from andon.oncall.duty import Recipient
from andon.respond.work import Call, Work
from andon.walltime import at_minute, local


def route(work: Work) -> Work:
    """Hold what is not red until its reader's quiet hours end."""
    if work.incident.tier is Tier.RED:
        return work
    return replace(work, calls=tuple(_quietly(call) for call in work.calls))


def quiet_until(recipient: Recipient, at: float) -> float | None:
    """Return when the quiet hours end that `at` lies in, None outside them; they may reach past midnight."""
    if recipient.quiet is None:
        return None
    start, end = recipient.quiet
    if end <= start:
        end += 24 * 60
    today = local(at, recipient.zone).date()
    for day in (today - timedelta(days=1), today):
        until = at_minute(day, end, recipient.zone)
        if at_minute(day, start, recipient.zone) <= at < until:
            return until
    return None


def _quietly(call: Call) -> Call:
    until = quiet_until(call.recipient, call.due)
    return call if until is None else replace(call, due=until, held="quiet")
