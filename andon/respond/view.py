"""What a decision about pages may look at, beside the incident itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from andon.model import Delivery, Incident
from andon.rulebook.model import Rulebook


def no_link(incident: str, person: str, now: float) -> str:
    """Return no link."""
    del incident, person, now
    return ""


@dataclass(frozen=True, slots=True)
class View:
    """The world at one moment.

    `stored`: the incident's version in the store (0: new). `others`: the other open incidents. `pages`: this incident's
    deliveries so far. `channels`: those that are set up. `recent`: by (person, channel), when their pages of the last hours
    were or will be due. `answer_url` (incident, person, now): a signed link.
    """

    book: Rulebook
    stored: int
    others: tuple[Incident, ...] = ()
    pages: tuple[Delivery, ...] = ()
    channels: frozenset[str] = frozenset()
    recent: Mapping[tuple[str, str], Sequence[float]] = field(default_factory=dict)
    answer_url: Callable[[str, str, float], str] = no_link
    board_url: str = ""
