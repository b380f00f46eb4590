"""Turns what is due into pages: the whole way of a call, from the decision to the outbox, in one chain."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from andon.model import Outcome
from andon.respond.dedupe import dedupe
from andon.respond.expand import expand
from andon.respond.inhibit import inhibit
from andon.respond.limit import limit
from andon.respond.record import record
from andon.respond.route import route
from andon.respond.silence import silence
from andon.respond.take import take_steps
from andon.respond.view import View
from andon.respond.work import Work, begin

HOLD = (
    silence,  # a shelved incident's pages wait until the shelving ends
    inhibit,  # one that an open incident explains is not paged for while that one is open
)
CALL = (
    expand,  # pages that the decision made due: whom they mean, by which channels
    take_steps,  # the ladder's steps that are due: who is on duty now
)
DELIVER = (
    dedupe,  # nobody twice for one thing by one channel
    limit,  # what is more than a person can bear is bundled into one later page
    route,  # quiet hours
    record,  # a row and a page each
)


def respond(outcome: Outcome, now: float, view: View) -> Outcome:
    """Return an outcome with what is due by `now` turned into pages, each with the row that says so.

    The very same outcome comes back where nothing is due.
    """
    return _through(HOLD + CALL + DELIVER, begin(outcome, now, view))


def go_on(work: Work) -> Outcome:
    """Return the outcome of calls that were decided already, and of a ladder that was hurried on."""
    return _through((*HOLD, take_steps, *DELIVER), work)


def _through(stages: Sequence[Callable[[Work], Work]], work: Work) -> Outcome:
    for stage in stages:
        work = stage(work)
    return work.outcome()
