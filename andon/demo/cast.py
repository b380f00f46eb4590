"""The people of the demo: who answers a page, after how long, and who sleeps through it."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

from andon.model import Incident, Page, Reason, State, Tier, Verb

MINUTE = 60.0
ANSWERS_AFTER = 4 * MINUTE
MENDED_AFTER = 6 * MINUTE
LATE = {"pull": 36 * MINUTE}
"""Rules whose calls are answered only when the promise is broken, so that a visitor sees that too."""
ABSENT = frozenset({"pay-slow"})
"""Rules whose first step nobody answers, so that the ladder climbs to the lead."""
CALLS = frozenset({Reason.FIRST, Reason.WORSE, Reason.REPEAT, Reason.ACK_EXPIRED})


@dataclass(order=True, frozen=True)
class Answer:
    """An answer that somebody gives at a time."""

    at: float
    incident: str
    verb: str
    by: str


@dataclass
class Cast:
    """Reads pages as people do; `missed` are those who did not answer theirs."""

    waiting: list[Answer] = field(default_factory=list)
    taken: set[tuple[str, Reason, Tier]] = field(default_factory=set)
    missed: set[tuple[str, str]] = field(default_factory=set)

    def reads(self, page: Page, incident: Incident, now: float) -> bool:
        """Let a person read a page; return whether he sleeps through it."""
        call = (incident.id, page.reason, page.tier)
        if page.reason not in CALLS or incident.state is not State.CALLED or call in self.taken:
            return False
        if incident.rule in ABSENT and page.step == 0:
            new = (incident.id, page.person) not in self.missed
            self.missed.add((incident.id, page.person))
            return new
        self.taken.add(call)
        at = max(now + MINUTE, incident.called + LATE[incident.rule]) if incident.rule in LATE else now + ANSWERS_AFTER
        heapq.heappush(self.waiting, Answer(at, incident.id, Verb.ACK.value, page.person))
        return False

    def mends(self, incident: Incident, fixed: float) -> None:
        """Let the one who has an incident say, a little after it was fixed, that it is."""
        at = max(fixed, incident.milestones.get("acked", fixed)) + MENDED_AFTER
        heapq.heappush(self.waiting, Answer(at, incident.id, Verb.RESOLVE.value, incident.holder))

    def due(self, now: float) -> list[Answer]:
        """Return what is answered by now, in order."""
        found = []
        while self.waiting and self.waiting[0].at <= now:
            found.append(heapq.heappop(self.waiting))
        return found
