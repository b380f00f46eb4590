"""The people of the demo: who answers a page, after how long, who sleeps through it, and who says how it goes."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

from andon.model import Incident, Page, Reason, State, Tier, Verb

MINUTE = 60.0
ANSWERS_AFTER = {Tier.WATCH: 6 * MINUTE, Tier.YELLOW: 6 * MINUTE, Tier.RED: 2 * MINUTE}
TELLS_AFTER = 2 * MINUTE
"""Whoever is asked how it goes says so after this."""
MENDED_AFTER = 6 * MINUTE
LATE = {"pull": 36 * MINUTE}
"""Rules whose calls are answered only when the promise is broken, so that a visitor sees that too."""
ABSENT = frozenset({"pay-slow"})
"""Rules whose first step nobody answers, so that the ladder climbs to the lead."""
CALLS = frozenset({Reason.FIRST, Reason.ADDED, Reason.WORSE, Reason.REPEAT, Reason.ACK_EXPIRED})
PROGRESS = "still at it: the cause is known, the cure is on its way"


@dataclass(order=True, frozen=True)
class Answer:
    """What somebody says of an incident at a time."""

    at: float
    incident: str
    verb: str
    by: str
    text: str = ""


@dataclass
class Cast:
    """Reads pages as people do; `missed` are those who did not answer theirs: (incident, person)."""

    waiting: list[Answer] = field(default_factory=list)
    missed: set[tuple[str, str]] = field(default_factory=set)

    def reads(self, page: Page, incident: Incident, now: float) -> bool:
        """Let a person read a page; return whether he sleeps through it."""
        if page.reason not in CALLS:
            return False
        if incident.state is State.ACKED and page.reason is Reason.ACK_EXPIRED and page.person == incident.holder:
            self._says(Answer(now + TELLS_AFTER, incident.id, Verb.NOTE.value, page.person, PROGRESS))
        if incident.state is not State.CALLED:
            return False
        if incident.rule in ABSENT and page.step == 0:
            new = (incident.id, page.person) not in self.missed
            self.missed.add((incident.id, page.person))
            return new
        at = now + ANSWERS_AFTER[page.tier]
        if incident.rule in LATE:
            at = max(now + MINUTE, page.due + LATE[incident.rule])
        self._says(Answer(at, incident.id, Verb.ACK.value, page.person))
        return False

    def mends(self, incident: Incident, fixed: float) -> None:
        """Let the one who has an incident say, a little after it was fixed, that it is."""
        at = max(fixed, incident.milestones.get("acked", fixed)) + MENDED_AFTER
        self._says(Answer(at, incident.id, Verb.RESOLVE.value, incident.holder))

    def due(self, now: float) -> list[Answer]:
        """Return what is answered by now, in order."""
        found = []
        while self.waiting and self.waiting[0].at <= now:
            found.append(heapq.heappop(self.waiting))
        return found

    def _says(self, answer: Answer) -> None:
        """Have an answer wait; one that says the same of the incident sooner stands for it, a sooner one takes its place."""
        same = next((one for one in self.waiting if (one.incident, one.verb) == (answer.incident, answer.verb)), None)
        if same is not None and same.at <= answer.at:
            return
        if same is not None:
            self.waiting.remove(same)
            heapq.heapify(self.waiting)
        heapq.heappush(self.waiting, answer)
