"""The parts of a page in words, each in the reader's language and zone; channels and `wording` put them together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from andon.model import Evidence, Labels, Page, Reason, State
from andon.respond import figures
from andon.respond.plain import clean, clip
from andon.respond.words import knows, say

LIGHTS: Mapping[str, str] = {"watch": "▲", "yellow": "◆", "red": "●"}
"""A tier's shape, beside its colour and its word: a light must be told by those who see no colours, too."""

CLEAR = "✔"

ASKED = frozenset({"answer", "later", "help"})
"""What a page may ask of its reader beside its reason, as `Page.asks` says it."""

HELD = frozenset({Reason.FIRST, Reason.REPEAT, Reason.AT_RISK, Reason.BROKEN})
"""Reasons that read otherwise once somebody has answered."""

TITLE, NAME, VALUE, UNIT, QUOTE, TEXT = 120, 60, 40, 16, 240, 600
PARTS, CHANGES, QUOTES, PAIRS = 5, 3, 3, 6


def light(page: Page) -> str:
    """Return the light's shape: the tier's, or a tick once it is over."""
    return CLEAR if over(page) else LIGHTS[page.tier]


def over(page: Page) -> bool:
    """Tell whether the page says that it is back to normal: recovered, or only the answer is still missing."""
    return page.reason is Reason.RECOVERED or page.asks == "answer"


def tier(page: Page, *, spoken: bool = False) -> str:
    """Return the tier's word."""
    return say(page.lang, f"tier.{page.tier}" + (".spoken" if spoken else ""))


def tag(page: Page) -> str:
    """Return the page's reason in a word or two, "" for a first call."""
    return say(page.lang, f"tag.{page.asks if page.asks in {'later', 'help'} else page.reason}")


def tagged(page: Page, key: str) -> str:
    """Return the key of a phrase's variant for this page: as it is, with the reason's tag, or recovered."""
    if over(page):
        return f"{key}.recovered"
    return f"{key}.tagged" if tag(page) else key


def title(page: Page) -> str:
    """Return what the rule calls it."""
    return clip(clean(page.title), TITLE)


def code(page: Page) -> str:
    """Return the answer code."""
    return clip(clean(page.code), 12)


def headline(page: Page) -> str:
    """Return one line: tier, reason, what and where; for a person's pull also what is wrong."""
    line = say(
        page.lang, tagged(page, "headline"), tier=tier(page), tag=tag(page), title=title(page), where=where(page)
    )
    said = "" if page.evidence else clip(clean(page.text), TITLE)
    return f"{line} {said}" if said else line


def sentence(page: Page) -> str:
    """Return why this page is sent, in one sentence."""
    if page.asks in ASKED:
        return say(page.lang, f"asks.{page.asks}")
    key = f"reason.{page.reason}"
    if page.reason in HELD and page.state is not State.CALLED:
        key += ".held"
    return say(page.lang, key, called=moment(page, page.called), round=page.round)


def where(page: Page) -> str:
    """Return the values that name what is affected: the group's, then those all its segments share, then how many."""
    shared = dict(page.labels)
    if page.segments:
        first, *others = page.segments
        shared |= {key: value for key, value in first.items() if all(other.get(key) == value for other in others)}
    named = list(dict.fromkeys(clip(clean(value), VALUE) for value in shared.values() if clean(value)))
    apart = len({tuple(sorted(segment.items())) for segment in page.segments})
    if apart > 1:
        named.append(say(page.lang, "places", n=apart))
    return say(page.lang, "and").join(named[:PAIRS]) or say(page.lang, "everywhere")


def moment(page: Page, at: float) -> str:
    """Return a time of day in the reader's zone, with the date where it is not the page's."""
    return figures.moment(at, page.zone, page.lang, page.due)


def began(page: Page) -> float:
    """Return the likeliest beginning: the evidence's, else the page's."""
    return page.evidence.since if page.evidence and math.isfinite(page.evidence.since) else page.since


def since(page: Page) -> str:
    """Return since when it has been so, and for how long."""
    at = began(page)
    ago = figures.duration(page.due - at, page.lang)
    return say(page.lang, "aged", at=moment(page, at), ago=ago)


def metric(page: Page, evidence: Evidence) -> str:
    """Return a metric's name: its own phrase, its family's with the topic or scale, else the rulebook's word."""
    word = clip(clean(evidence.metric), NAME)
    family, _, name = word.partition(":")
    if knows(f"metric.{word}"):
        return say(page.lang, f"metric.{word}")
    return say(page.lang, f"metrics.{family}", name=name) if name and knows(f"metrics.{family}") else word


def observed(page: Page, evidence: Evidence, *, spoken: bool = False) -> str:
    """Return what was seen, with its unit."""
    return figures.value(evidence.observed, _unit(evidence), page.lang, spoken=spoken)


def expected(page: Page, evidence: Evidence) -> str:
    """Return what was expected with its 95 % interval; "" where neither is known."""
    unit = _unit(evidence)
    middle, low, high = (figures.value(x, unit, page.lang) for x in (evidence.expected, evidence.low, evidence.high))
    if math.isfinite(evidence.low) and math.isfinite(evidence.high):
        return say(page.lang, "interval", expected=middle, low=low, high=high)
    return middle if math.isfinite(evidence.expected) else ""


def behind(page: Page, evidence: Evidence) -> str:
    """Return how many stand behind it and in how long a window; "" where that is not known."""
    if not math.isfinite(evidence.n):
        return ""
    n = figures.number(evidence.n)
    known = math.isfinite(evidence.seconds) and evidence.seconds > 0
    return say(page.lang, "over", n=n, window=figures.duration(evidence.seconds, page.lang)) if known else n


def bad(page: Page, *, spoken: bool = False, usual: bool = True) -> str:
    """Return how bad it is, against what is usual, in a few words; what a person said where nothing was measured."""
    evidence = page.evidence
    if over(page):
        return say(page.lang, "bad.unanswered") if page.asks == "answer" else ""
    if evidence is None:
        return clip(clean(page.text), QUOTE)
    seen = observed(page, evidence, spoken=spoken)
    norm = figures.value(evidence.expected, _unit(evidence), page.lang, spoken=spoken)
    key = "bad.usual" if usual and math.isfinite(evidence.expected) else "bad"
    return say(page.lang, key, metric=metric(page, evidence), observed=seen, expected=norm)


def rarity(page: Page) -> str:
    """Return how rare it is by chance, in words; "" where that is not known."""
    return figures.odds(page.evidence.odds, page.lang) if page.evidence else ""


def learning(page: Page) -> str:
    """Return how long the detector still has to learn what is usual; "" once it has."""
    left = page.evidence.learning_left if page.evidence else 0.0
    return say(page.lang, "line.learning", left=figures.duration(left, page.lang)) if left > 0 else ""


def promised(page: Page) -> str:
    """Return how many false pages the rule has promised to stay below; "" where it promises nothing."""
    evidence = page.evidence
    if evidence is None or not evidence.promised > 0:
        return ""
    key = "line.promised" if evidence.live > 1 else "line.promised.one"
    return say(page.lang, key, pages=figures.number(evidence.promised), n=figures.number(evidence.live))


def labelled(labels: Labels, lang: str) -> str:
    """Return dimensions with their values."""
    pairs = [(clip(clean(key), VALUE), clip(clean(value), VALUE)) for key, value in labels.items()]
    return say(lang, "and").join(f"{key} {value}" for key, value in pairs[:PAIRS] if value)


def parts(page: Page) -> list[str]:
    """Return the finer segments that carry it, largest first, each with its share."""
    every = page.evidence.parts if page.evidence else []
    ranked = sorted(every, key=lambda part: -part.share if math.isfinite(part.share) else 0.0)
    shown = [
        say(
            page.lang,
            "part",
            labels=labelled(part.labels, page.lang),
            share=figures.value(part.share, "share", page.lang),
        )
        for part in ranked[:PARTS]
    ]
    return _more(shown, every, page.lang)


def changes(page: Page) -> list[str]:
    """Return what changed lately, newest first, each with its time and where."""
    every = page.evidence.changes if page.evidence else []
    shown: list[str] = []
    for change in sorted(every, key=lambda change: -change.at if math.isfinite(change.at) else math.inf)[:CHANGES]:
        labels = labelled(change.labels, page.lang)
        name = clip(clean(f"{change.name} {change.text}"), NAME)
        shown.append(
            say(
                page.lang, "change.labels" if labels else "change", name=name, at=moment(page, change.at), labels=labels
            )
        )
    return _more(shown, every, page.lang)


def quotes(page: Page) -> list[str]:
    """Return up to three of the customers' sentences, as plain text."""
    every = (clip(clean(quote), QUOTE) for quote in (page.evidence.quotes if page.evidence else [])[: 2 * QUOTES])
    return [quote for quote in every if quote][:QUOTES]


def holder(page: Page) -> str:
    """Return who has it, or that nobody has."""
    name = clip(clean(page.holder), NAME)
    return say(page.lang, "held", holder=name) if name else say(page.lang, "free")


def promise(page: Page) -> str:
    """Return by when it has to be answered; "" where nothing is promised or somebody has answered."""
    if page.respond_by is None or page.state is not State.CALLED:
        return ""
    return say(page.lang, "by.over" if page.due >= page.respond_by else "by", at=moment(page, page.respond_by))


def _unit(evidence: Evidence) -> str:
    return clip(clean(evidence.unit), UNIT)


def _more(shown: list[str], every: Sequence[object], lang: str) -> list[str]:
    left = len(every) - len(shown)
    return [*shown, say(lang, "line.more", n=left)] if left else shown
