"""What each rule may cost: how many false pages a month it promises to stay below, over the segments that live now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from andon.bank.thresholds import promised
from andon.model import Light, Tier
from andon.rulebook.model import Rulebook


def costs(lights: Iterable[Light], book: Rulebook) -> list[dict[str, Any]]:
    """Return every rule with a condition, in the rulebook's order: its segments that live and that learn, what it promises, whether it pages nobody."""
    live: Counter[str] = Counter()
    learning: Counter[str] = Counter()
    for light in lights:
        live[light.rule] += 1
        learning[light.rule] += light.learning_left > 0
    return [
        {
            "rule": rule.id,
            "title": rule.name,
            "owner": rule.owner,
            "live": live[rule.id],
            "learning": learning[rule.id],
            "promised": promised(rule, live[rule.id]),
            "nobody": rule.shadow or rule.tier is Tier.WATCH,
        }
        for rule in book.rules.values()
        if rule.when is not None
    ]
