"""After a definite no: the person's other channels follow, and where nobody is left to try, the ladder's next step."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from andon.model import Delivery, Incident, Outcome, Rung, Sending, State
from andon.oncall.ladder import REPEAT, channels_of, steps
from andon.respond.expand import CALM, recipient_of
from andon.respond.reached import is_room, round_reached
from andon.respond.respond import go_on
from andon.respond.stale import Fate, judge
from andon.respond.view import View
from andon.respond.work import Call, Work, begin

_FAILED = frozenset({Sending.FAILED_FOR_GOOD, Sending.DROPPED})


def after_receipt(incident: Incident, delivery: Delivery, view: View, now: float) -> Outcome | None:
    """Return what a page's definite failure leads to, None where it leads to nothing.

    `view.pages` are the incident's deliveries with this one among them. A person who may still be reached by another page of
    the same row is left alone, and so is everyone once the page has lost its reason.
    """
    page = delivery.page
    if delivery.status is not Sending.FAILED_FOR_GOOD or is_room(delivery):
        return None
    if page.reason in CALM or judge(page, incident, view.pages, now).fate is Fate.DROP:
        return None
    alike = [one for one in view.pages if one.page.row == page.row and not is_room(one)]
    if any(one.page.person == page.person and one.status not in _FAILED for one in alike):
        return None
    work = begin(Outcome(incident), now, replace(view, stored=incident.version))
    if calls := _other_channels(work, delivery, {one.page.channel for one in alike if one.page.person == page.person}):
        return go_on(work.calling(*calls))
    if any(one.status not in _FAILED for one in alike):
        return None
    return _next_step(work, delivery)


def _other_channels(work: Work, delivery: Delivery, tried: set[str]) -> list[Call]:
    """Return calls by the channels that the ladder uses at all, that the person has, and that were not tried."""
    page, policy = delivery.page, work.incident.policy
    return [
        Call(
            row=page.row,
            recipient=recipient,
            channel=channel,
            reason=page.reason,
            due=work.now,
            round=page.round,
            step=page.step,
            asks=page.asks,
            text=page.text,
        )
        for recipient in recipient_of(work.view, page.person)
        for channel in recipient.channels(channels_of(policy, work.incident.tier))
        if channel not in tried and channel in work.view.channels
    ]


def _next_step(work: Work, delivery: Delivery) -> Outcome | None:
    """Make the step after a failed one due at once, if the ladder still stands right behind it."""
    page, rung = delivery.page, _sooner(work, delivery)
    if work.incident.state not in {State.CALLED, State.ACKED} or (page.step >= 0 and rung is None):
        return None
    text = f"{page.person} could not be reached: {delivery.reason}"
    if rung is None:
        return work.wrote("skipped", text=text, reason=page.reason, data={"row": float(page.row)}).outcome()
    soon = rung.due is not None and rung.due <= work.now
    said = f"{text}; the next step goes {'at once' if soon else 'later'}"
    return go_on(work.wrote("skipped", text=said, reason=page.reason, data={"row": float(page.row)}).on(rung))


def _sooner(work: Work, delivery: Delivery) -> Rung | None:
    """Return the ladder hurried on; None for a page outside it, or when it has gone on already."""
    page, rung, incident = delivery.page, work.incident.rung, work.incident
    count = len(steps(incident.policy, incident.tier))
    if page.step < 0 or (rung.step > 0 and page.due < rung.began):
        return None
    if page.step == count:
        again = work.now + incident.policy.repeat.get(incident.tier, REPEAT[incident.tier])
        return msgspec.structs.replace(rung, due=again) if rung.last and rung.due is None else None
    if rung.due is None:
        return None
    if rung.round == page.round and rung.step == page.step + 1 and not rung.last:
        return msgspec.structs.replace(rung, due=work.now)
    return _end_of_round(work, delivery, count)


def _end_of_round(work: Work, delivery: Delivery, count: int) -> Rung | None:
    """Return the ladder at its last step if the round that a failed page ended has reached nobody."""
    page, rung = delivery.page, work.incident.rung
    at_end = page.step == count - 1 and (rung.last or (rung.step == 0 and rung.round == page.round + 1))
    first = min((one.page.due for one in work.view.pages if one.page.round == page.round), default=page.due)
    if not at_end or round_reached(page.round, first, work.view.pages):
        return None
    return Rung(round=page.round, step=count, began=work.now, due=work.now, reason=rung.reason, last=True)
