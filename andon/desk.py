"""The desk: the one door of incidents. Findings, acts, receipts and passing time come in; pages lie ready in the outbox.

Each event is one transaction: load, decide, respond, commit; when somebody else wrote first, all of it again.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import structlog

from andon.errors import AndonError, Conflict, Refused, Unavailable
from andon.incidents.machine import Handed, Input, Tick, concerns, decide, key_of
from andon.incidents.timers import wake
from andon.model import Acceptance, Act, Finding, Incident, Outcome, Receipt
from andon.respond.fallback import after_receipt
from andon.respond.links import sign
from andon.respond.respond import respond
from andon.respond.view import View
from andon.rulebook.model import Rulebook
from andon.store.base import Store

log = structlog.get_logger()
TRIES = 20
LIMITS_LOOK_BACK = 3 * 3600.0
LINK_LIVES = 7 * 86_400.0


class Desk:
    """Applies events to incidents. `grain`: a timer that is at most so late is decided as of when it was due.

    `hand` writes into the log, once, what was accepted as the new normal. The ledger's row comes first, with the wish that it be
    written; the wish is a timer of the incident until it has been, so that no crash tears the two apart.
    `posted` is set whenever pages were put into the outbox. `faults` counts, by incident, what failed by a fault of ours as time
    passed.
    """

    def __init__(
        self, store: Store, book: Rulebook, channels: frozenset[str], *, key: bytes, url: str, grain: float = math.inf
    ) -> None:
        self.store, self.book = store, book
        self.posted = asyncio.Event()
        self.faults: Counter[str] = Counter()
        self.hand: Callable[[Incident, Acceptance], Awaitable[None]] | None = None
        self._channels, self._key, self._url, self._grain = channels, key, url, grain

    async def find(self, findings: Sequence[Finding]) -> None:
        """Apply what the bank found."""
        wanted = [finding for finding in findings if concerns(finding)]
        still_open = {one.id: one for one in await self.store.open_incidents()} if wanted else {}
        for finding in wanted:
            key = key_of(finding, self.book, still_open.values())
            outcome = await self._change(partial(self.store.incident, key), finding, finding.at)
            if outcome is not None:
                still_open[outcome.incident.id] = outcome.incident

    async def act(self, act: Act) -> Outcome:
        """Apply what a person said; Refused when there is no such incident, or the act is not allowed."""
        outcome = await self._change(partial(self.store.find, act.incident), act, act.at)
        if outcome is None:
            raise Refused(f"there is no incident {act.incident!r}")
        await self._hand_in(outcome.incident)
        return outcome

    async def pass_time(self, until: float) -> None:
        """Do what has become due, in order, each as of its own time."""
        done: set[tuple[float, str]] = set()
        while fresh := [one for one in await self.store.due(until) if one not in done]:
            when, name = fresh[0]
            done.add(fresh[0])
            now = when if until - when <= self._grain else until
            await self._tick(name, now)

    async def _tick(self, name: str, now: float) -> None:
        """Pass time for one incident; a fault of ours in it is counted and told, and no other incident waits for it."""
        try:
            outcome = await self._change(partial(self.store.find, name), Tick(), now)
            if outcome is not None:
                await self._hand_in(outcome.incident)
        except AndonError:
            raise
        except Exception:  # one incident that cannot be decided must not silence all others
            self.faults[name] += 1
            if self.faults[name] == 1:  # the same fault again and again is counted, and told once
                log.exception("fault", incident=name)

    async def receive(self, incident: str, receipt: Receipt) -> None:
        """Apply what became of a page, and go on where a definite no leads; what a sender tells again leaves no second row."""
        if not await self._has_heard(incident, receipt):
            await self._change(partial(self.store.find, incident), receipt, receipt.at)
        for _ in range(TRIES):
            current, delivery = await self.store.find(incident), await self.store.delivery(receipt.page)
            if current is None or delivery is None:
                return
            further = after_receipt(current, delivery, await self._view(current, receipt.at, current), receipt.at)
            if further is None or await self._commit(further):
                return

    async def _hand_in(self, incident: Incident) -> None:
        """Hand what was accepted to the log; where the log is away, that stays due, and is done when time passes next."""
        accepted = incident.acceptance
        if accepted is None or accepted.due is None or self.hand is None:
            return
        with contextlib.suppress(Unavailable):
            await self.hand(incident, accepted)
            await self._change(partial(self.store.find, incident.id), Handed(accepted.row), accepted.at)

    async def _has_heard(self, incident: str, receipt: Receipt) -> bool:
        """Tell whether the ledger has a receipt: a sender that ended before it could note that it told tells it again."""
        said = {"page": receipt.page, "status": receipt.status.value}
        return any(row.kind == "receipt" and row.data == said for row in await self.store.ledger(incident))

    async def _change(self, load: Callable[[], Awaitable[Incident | None]], event: Input, now: float) -> Outcome | None:
        for _ in range(TRIES):
            old, codes = await asyncio.gather(load(), self.store.codes())
            outcome = decide(old, event, now, self.book, codes)
            if outcome is None:
                return None
            outcome = respond(outcome, now, await self._view(outcome.incident, now, old))
            if outcome.incident is old or await self._commit(outcome):
                return outcome
        raise Conflict(f"the incident changed {TRIES} times while {type(event).__name__} was to be applied; try again")

    async def _commit(self, outcome: Outcome) -> bool:
        try:
            await self.store.commit(outcome, wake(outcome.incident))
        except Conflict:
            return False
        if outcome.pages:
            self.posted.set()
        return True

    async def _view(self, incident: Incident, now: float, stored: Incident | None) -> View:
        still_open, pages, recent = await asyncio.gather(  # at once: each question is a way to the store and back
            self.store.open_incidents(), self.store.pages(incident.id), self.store.sent(now - LIMITS_LOOK_BACK)
        )
        return View(
            book=self.book,
            stored=stored.version if stored is not None and stored.id == incident.id else 0,
            others=tuple(one for one in still_open if one.id != incident.id),
            pages=tuple(pages),
            recent=recent,
            channels=self._channels,
            answer_url=self._answer_url,
            board_url=self._url,
        )

    def _answer_url(self, incident: str, person: str, now: float) -> str:
        return f"{self._url}/a/{sign(self._key, incident, person, now + LINK_LIVES)}"
