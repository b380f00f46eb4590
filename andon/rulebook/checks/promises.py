"""What the rules promise in sum."""

from __future__ import annotations

from collections.abc import Iterable

from andon.bank.thresholds import promised
from andon.rulebook.check import Level, Notice, World, check
from andon.rulebook.model import Place, Rule, Rulebook


def in_all(rule: Rule) -> bool:
    """Return whether every promise of a rule is for the rule as a whole."""
    return all(test.promise.in_all for test in rule.when.tests if test.promise) if rule.when else True


@check("false-pages")
def false_pages(book: Rulebook, world: World) -> Iterable[Notice]:
    """Add up the false pages a month that the rules allow themselves, as far as it is known how many segments they have."""
    known, open_ended = 0.0, 0
    for rule in book.rules.values():
        live = world.live.get(rule.id)
        pages = promised(rule, 1 if live is None else live)
        if not promised(rule, 1):
            continue
        each = "" if in_all(rule) or live is not None else " and ".join(rule.projection.by)
        known, open_ended = (known, open_ended + 1) if each else (known + pages, open_ended)
        text = f"rule {rule.id!r} promises false pages a month: at most {pages:.2g} {_over(each, live)}"
        yield Notice(Level.INFO, "false-pages", rule.place, text)
    more = f", beside {open_ended} that promise for each of their segments" if open_ended else ""
    text = f"all rules together promise false pages a month: at most {known:.2g}{more}"
    yield Notice(Level.INFO, "false-pages", Place(), text)


def _over(each: str, live: int | None) -> str:
    if live is not None:
        return "over the 1 segment that lives now" if live == 1 else f"over the {live} segments that live now"
    if each:
        return f"for each {each}; `andon check --live` asks a running service how many there are"
    return "in all"
