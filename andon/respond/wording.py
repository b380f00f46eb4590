"""A page in three lengths: one SMS, plain lines, twenty seconds of speech; the most important first in each."""

from __future__ import annotations

import unicodedata

from andon.model import Evidence, Page
from andon.respond import phrases
from andon.respond.phrases import headline
from andon.respond.plain import clean, clip, fits, fold, septets
from andon.respond.words import say, tongue

__all__ = ["headline", "lines", "link", "short", "speech"]

WORDS, SIGNS = 45, 70
"""What a voice says in under twenty seconds: words of English, or signs of Chinese."""

WORD = 24
LINE, LINK = 1000, 800
"""A line's and a link's greatest length; a longer link is left out, as half of one leads nowhere."""


def lines(page: Page) -> list[str]:
    """Return the page as plain lines, none empty: what and why, the evidence, who has it, how to answer, which rule."""
    everything = [
        f"{phrases.light(page)} {headline(page)}",
        phrases.sentence(page),
        *_evidence(page),
        say(page.lang, "line.bundled", n=len(page.bundled)) if page.bundled else "",
        say(page.lang, "comma").join(filter(None, (phrases.holder(page), phrases.promise(page)))),
        _answer(page),
        *source(page),
    ]
    return [clip(line, LINE) for line in everything if line]


def short(page: Page) -> str:
    """Return one SMS: 160 GSM 7-bit characters in English, 70 in Chinese or where a name is in another script.

    Tier, reason, what and the answer code are always there; where, how bad, the promise and since when as far as they fit.
    """
    wide = tongue(page.lang) == "en" and septets(fold(phrases.title(page) + phrases.where(page))) is not None
    alone = not phrases.bad(page)  # a pull's title is all there is to say
    for most in (90 if alone else 48, 24, 8) if wide else (36 if alone else 20, 10, 3):
        text = _message(page, most)
        if fits(text):
            return text
    return _message(page, 0)


def speech(page: Page) -> str:
    """Return what a voice reads out in under twenty seconds; the answer code letter by letter, the keys at the end."""
    lang = page.lang
    code = say(lang, "speech.and").join(phrases.code(page)[:6].upper())
    head = say(lang, phrases.tagged(page, "speech.head"), tier=phrases.tier(page, spoken=True), tag=phrases.tag(page))
    tail = [say(lang, "speech.code", code=code), say(lang, "speech.keys")]
    said = [head]
    where = "" if phrases.where(page) == say(lang, "everywhere") else phrases.where(page)
    for key, text, share in (("title", phrases.title(page), 0.5), ("where", where, 0.5), ("bad", _spoken(page), 1.0)):
        room = _breath(lang) - sum(
            _length(lang, each) for each in (*said, *tail, say(lang, f"speech.{key}", **{key: ""}))
        )
        heard = _cut(lang, text, int(room * share))
        if heard:
            said.append(say(lang, f"speech.{key}", **{key: heard}))
    return ("" if tongue(lang) == "zh" else " ").join([*said, *tail])


def source(page: Page) -> list[str]:
    """Return the rule's file and line, and the runbook, as far as they are known."""
    rule, runbook = clip(clean(page.where), phrases.TITLE), link(page.runbook)
    return [
        *([say(page.lang, "line.rule", rule=rule)] if rule else []),
        *([say(page.lang, "line.runbook", runbook=runbook)] if runbook else []),
    ]


def _evidence(page: Page) -> list[str]:
    over = ".recovered" if phrases.over(page) else ""
    since = say(page.lang, f"line.since{over}", since=phrases.since(page))
    if page.evidence is None:
        return [since]
    measured = _measured(page, page.evidence, over)
    return [measured, since] if over else [measured, since, *_details(page, page.evidence)]


def _measured(page: Page, evidence: Evidence, over: str) -> str:
    lang, usual, behind = page.lang, phrases.expected(page, evidence), phrases.behind(page, evidence)
    metric, observed = phrases.metric(page, evidence), phrases.observed(page, evidence)
    said = [say(lang, f"line.measured{over}", metric=metric, observed=observed)]
    if usual:
        said.append(say(lang, "line.expected", expected=usual))
    if behind:
        said.append(say(lang, "line.n", n=behind))
    return "".join(said)


def _details(page: Page, evidence: Evidence) -> list[str]:
    """Return how rare it is, who carries it, what changed, what customers said; "" for what is not known."""
    lang, parts, changes = page.lang, phrases.parts(page), phrases.changes(page)
    return [
        phrases.rarity(page),
        phrases.promised(page),
        phrases.learning(page),
        clip(clean(evidence.text), phrases.TEXT),
        say(lang, "line.parts", parts=say(lang, "list").join(parts)) if parts else "",
        say(lang, "line.changes", changes=say(lang, "list").join(changes)) if changes else "",
        *(say(lang, "line.quote", quote=quote) for quote in phrases.quotes(page)),
    ]


def _answer(page: Page) -> str:
    url = link(page.answer_url)
    return say(page.lang, "line.link" if url else "line.answer", code=phrases.code(page), url=url)


def link(url: str) -> str:
    """Return a link as it is set: without blanks and control signs, and not at all if it is too long."""
    return "" if len(url) > LINK else clean(url)


def _message(page: Page, most: int) -> str:
    """Return the SMS whose title has at most `most` characters, with whatever else fits, by importance."""
    lang, chosen = page.lang, dict.fromkeys(("head", "where", "bad", "since", "more", "by", "code"), "")
    title = clip(phrases.title(page), most)
    chosen["head"] = say(
        lang, phrases.tagged(page, "short.head"), tier=phrases.tier(page), tag=phrases.tag(page), title=title
    )
    chosen["code"] = say(lang, "short.code", code=phrases.code(page))
    for name, candidates in _extras(page):
        for candidate in candidates:
            tried = chosen | {name: candidate}
            if fits(_joined(lang, tried)):
                chosen = tried
                break
    return _joined(lang, chosen)


def _extras(page: Page) -> list[tuple[str, list[str]]]:
    """Return an SMS's further parts by importance, each in all its lengths, longest first."""
    lang, where, bad, promise = page.lang, phrases.where(page), phrases.bad(page), phrases.promise(page)
    at = phrases.moment(page, phrases.began(page))
    shorter = [phrases.bad(page, usual=False)] if page.evidence else [clip(bad, most) for most in (60, 30, 12)]
    by = say(lang, "short.by", at=phrases.moment(page, page.respond_by)) if promise and page.respond_by else ""
    return [
        ("where", [say(lang, "short.where", where=clip(where, most)) for most in (40, 20, 10)]),
        ("bad", [say(lang, "short.bad", bad=each) for each in (bad, *shorter) if each]),
        ("more", [say(lang, "short.more", n=len(page.bundled))] if page.bundled else []),
        ("by", [by]),
        ("since", [] if phrases.over(page) else [say(lang, "short.since", at=at)]),
    ]


def _joined(lang: str, chosen: dict[str, str]) -> str:
    text = "".join(chosen.values())
    return text if tongue(lang) == "zh" else fold(text)


def _spoken(page: Page) -> str:
    return phrases.bad(page, spoken=True)


def _breath(lang: str) -> int:
    return SIGNS if tongue(lang) == "zh" else WORDS


def _length(lang: str, text: str) -> int:
    """Count signs in Chinese; in English words, each sign of a script without spaces being one."""
    return len(text) if tongue(lang) == "zh" else len(text.split()) + sum(_wide(char) for char in text)


def _cut(lang: str, text: str, most: int) -> str:
    """Return as much of `text` as is said within `most`, in whole words where there are words."""
    if tongue(lang) == "zh":
        return clip(text, most) if most > 0 else ""
    kept: list[str] = []
    for word in fold(text).split():
        tried = [*kept, clip(word, WORD)]
        if _length(lang, " ".join(tried)) > most:
            return " ".join(kept).rstrip(",") or (clip(word, most - 1) if most > 1 else "")
        kept = tried
    return " ".join(kept)


def _wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"
