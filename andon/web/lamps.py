"""Many lights become a few lamps: one for each owner and segment, the calm ones only counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from andon.model import AlertState, Incident, Kind, Labels, Light, State
from andon.rulebook.model import Rulebook

ORDER = ("red", "yellow", "watch", "no_data", "learning", "ok")
"""What a lamp can show, worst first."""
MOST = 24
"""Lamps of one owner that are shown one by one; the rest is counted."""
FEW = 4
"""So many lamps of an owner without data are shown one by one; more are counted."""
BAD = frozenset({AlertState.FIRING, AlertState.RECOVERING})


@dataclass(slots=True)
class Lamp:
    """What is known of one owner's segment: the worst it shows, and by which rules."""

    segment: Labels
    shows: str = "ok"
    better: bool = True
    rules: set[str] = field(default_factory=set)

    def add(self, shows: str, rule: str, *, better: bool) -> None:
        """Take one more view in; the worst wins, and among equals the one that does not recover."""
        if ORDER.index(shows) < ORDER.index(self.shows):
            self.shows, self.better, self.rules = shows, better, {rule}
        elif shows == self.shows:
            self.better, self.rules = self.better and better, self.rules | {rule}


def lamps(lights: Iterable[Light], incidents: Iterable[Incident], book: Rulebook) -> dict[str, dict[str, Any]]:
    """Return, for each owner who is watched or called, the worst shown, how many show what, and the lamps not calm."""
    watched = {rule.owner for rule in book.rules.values() if rule.metric.kind is not Kind.PULL}
    known: dict[str, dict[Segment, Lamp]] = {name: {} for name in sorted(book.owners) if name in watched}
    for light in lights:
        rule = book.rules.get(light.rule)
        if rule is not None and light.state is not AlertState.RETIRED:
            better = light.state is AlertState.RECOVERING
            _lamp(known, rule.owner, light.segment).add(shown(light), rule.name, better=better)
    for one in incidents:
        if one.state in {State.VERIFIED, State.CLOSED}:
            continue
        for alert in one.alerts.values():
            if alert.state in BAD:
                better = alert.state is AlertState.RECOVERING or one.state is State.RECOVERING
                _lamp(known, one.owner, alert.segment).add(alert.tier.value, one.title, better=better)
    return {owner: _view(list(found.values())) for owner, found in known.items()}


Segment = tuple[tuple[str, str], ...]


def shown(light: Light) -> str:
    """Return what a light adds to its lamp: no data is never all right, and a detector that still learns only watches."""
    if light.state in BAD:
        return "watch" if light.learning_left > 0 else light.tier.value
    if light.state is AlertState.PENDING:
        return "watch"
    if light.state is AlertState.NO_DATA:
        return "no_data"
    return "learning" if light.learning_left > 0 else "ok"


def _lamp(known: dict[str, dict[Segment, Lamp]], owner: str, segment: Labels) -> Lamp:
    mine = known.setdefault(owner, {})
    return mine.setdefault(tuple(sorted(segment.items())), Lamp(segment))


def _view(found: list[Lamp]) -> dict[str, Any]:
    counts: Mapping[str, int] = {name: sum(lamp.shows == name for lamp in found) for name in ORDER}
    calm = {"ok", "learning", *(["no_data"] if counts["no_data"] > FEW else [])}
    lit = [lamp for lamp in found if lamp.shows not in calm]
    lit.sort(key=lambda lamp: (ORDER.index(lamp.shows), lamp.better, sorted(lamp.segment.items())))
    return {
        "shows": next((name for name in ORDER if counts[name]), "none"),
        "counts": counts,
        "lamps": [
            {"segment": one.segment, "shows": one.shows, "better": one.better, "rules": sorted(one.rules)}
            for one in lit[:MOST]
        ],
        "more": max(0, len(lit) - MOST),
        "more_shows": lit[MOST].shows if len(lit) > MOST else "",
    }
