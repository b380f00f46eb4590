"""The people of a replay: a channel that delivers at once, and whoever is paged answers after a while, if at all."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from andon.model import Act, Page, Reason, Receipt, Sending, Tier, Verb

ANSWERED = frozenset({Reason.FIRST, Reason.WORSE, Reason.REPEAT, Reason.ACK_EXPIRED})


@dataclass
class Recorder:
    """Keeps every page; people answer those that ask for one after `acks` seconds, or, None, never."""

    name: ClassVar[str] = "recorder"
    acks: float | None
    pages: list[Page] = field(default_factory=list)
    acts: list[tuple[float, int, Act]] = field(default_factory=list)

    @classmethod
    def open(cls, settings: Mapping[str, str]) -> Recorder:
        """Make one whose people do not answer."""
        del settings
        return cls(None)

    async def send(self, page: Page, now: float) -> Receipt:
        """Take the page as delivered."""
        self.pages.append(page)
        if self.acks is not None and page.reason in ANSWERED and page.tier is not Tier.WATCH:
            act = Act(verb=Verb.ACK, incident=page.incident, by=page.person, via=page.channel, at=now + self.acks)
            heapq.heappush(self.acts, (act.at, len(self.pages), act))
        return Receipt(page=page.id, status=Sending.DELIVERED, at=now)
