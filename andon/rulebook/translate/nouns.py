"""The smaller nouns of a rulebook: scales, calendars, known days, stops, carriers."""

from __future__ import annotations

import math
import re
from datetime import datetime
from itertools import pairwise

from andon.model import Scale
from andon.rulebook import units
from andon.rulebook.merge import Book
from andon.rulebook.model import Calendar, Event, Stop
from andon.rulebook.translate.desk import Desk
from andon.rulebook.workdays import known
from andon.streams.metrics import SCALES
from andon.walltime import instant

WORDS_MOST = 50_000
"""Bytes of all topics' words: beyond, no automaton of the size that re2 allows finds them all in one pass."""
PER_WORD = 12
ALWAYS = Calendar("always", "UTC", dict.fromkeys(range(7), ((0, 1440),)))


def scales_of(book: Book, desk: Desk) -> dict[str, Scale]:
    """Return the scales everyone has and those declared; good and bad lie within and do not meet."""
    scales = dict(SCALES)
    for name, item in book.scales.items():
        form = item.form
        if not form.low < form.high <= form.low + 100:
            desk.wrong(
                item.at("high"), f"read {form.low} to {form.high}; allowed: a high above the low, by 100 at most"
            )
            continue
        for word, (first, last) in (("good", form.good), ("bad", form.bad)):
            if first < form.low or last > form.high:
                desk.wrong(item.at(word), f"read {first}..{last}; allowed: within {form.low}..{form.high}")
        if form.good[0] <= form.bad[1] and form.bad[0] <= form.good[1]:
            desk.wrong(item.at("bad"), "good and bad share answers; an answer is one or the other, or neither")
        if name in SCALES:
            desk.wrong(item.at(), "exists already and cannot be declared anew; choose another name")
        scales[name] = Scale(name, form.low, form.high, form.good, form.bad)
    return scales


def topics_of(book: Book, desk: Desk) -> dict[str, tuple[str, ...]]:
    """Return the words of each topic; all of them are looked for at once, which bounds them."""
    before = size = 0
    for item in book.topics.values():
        before, size = size, size + sum(len(word.encode()) + PER_WORD for word in item.form)
        if before <= WORDS_MOST < size:
            desk.wrong(
                item.at(),
                f"with these, all topics hold words of {size:,} bytes, {PER_WORD} added for each; allowed: {WORDS_MOST:,}. "
                "Leave out words that others say as well",
            )
    return {name: tuple(item.form) for name, item in book.topics.items()}


def calendars_of(book: Book, desk: Desk) -> dict[str, Calendar]:
    """Return the calendars by name, `always` among them; a day's intervals are sorted and do not overlap."""
    calendars = {"always": ALWAYS}
    for name, item in book.calendars.items():
        hours: dict[int, list[tuple[int, int]]] = {}
        for days, intervals in item.form.hours.items():
            for day in units.weekdays(days):
                hours.setdefault(day, []).extend(intervals)
        for day, intervals in hours.items():
            intervals.sort()
            if any(later[0] < earlier[1] for earlier, later in pairwise(intervals)):
                desk.wrong(item.at("hours"), f"two intervals of {units.DAYS[day]} overlap; keep them apart")
        if name == "always":
            desk.wrong(item.at(), "exists already and cannot be declared anew; choose another name")
        if not any(hours.values()):
            desk.wrong(item.at("hours"), "has no hour at all; a promise on it would never run")
        if item.form.holidays and not known(item.form.holidays):
            desk.wrong(
                item.at("holidays"),
                f"no holidays are known of {item.form.holidays!r}; allowed: CN, ES, ES-MD and the like",
            )
        fixed = {day: tuple(intervals) for day, intervals in sorted(hours.items())}
        calendars[name] = Calendar(name, item.form.zone, fixed, item.form.holidays or "")
    return calendars


def events_of(book: Book) -> tuple[Event, ...]:
    """Return the known days as instants."""
    return tuple(
        Event(
            form.name,
            instant(datetime.fromisoformat(form.start), form.zone),
            instant(datetime.fromisoformat(form.end), form.zone),
            {} if form.expect is None else _volume(*form.expect.volume),
        )
        for form in (item.form for item in book.events)
    )


def _volume(least: float, most: float) -> dict[str, float]:
    """Return what is expected: the factor; of a range, its middle as factors go, and its ends."""
    return {"volume": least} if least == most else {"volume": math.sqrt(least * most), "least": least, "most": most}


def stops_of(book: Book, desk: Desk) -> dict[str, Stop]:
    """Return the stops by name, their addresses and secrets resolved."""
    stops = {}
    for name, item in book.stops.items():
        post, confirm, secret = (
            desk.address(text, item.at(word))
            for word, text in (
                ("post", item.form.post),
                ("confirm", item.form.confirm or ""),
                ("secret", item.form.secret or ""),
            )
        )
        for word, url in (("post", post), ("confirm", confirm)):
            if url and not re.match(r"https?://[^\s/]", url):
                desk.wrong(item.at(word), "is no URL; allowed: one that begins with https:// (or http://), or env:NAME")
        stops[name] = Stop(name, post, confirm, secret, item.form.max_per_day or 0)
    return stops


def telephony_of(book: Book, desk: Desk) -> dict[str, str]:
    """Return the carrier by a number's country code, and by `default`."""
    for code, item in book.telephony.items():
        if not re.fullmatch(r"default|\+[1-9][0-9]{0,5}", code):
            desk.wrong(
                item.at(), f'read {units.said(code)}; allowed: default, or a country code in quotes such as "+86"'
            )
    return {code: item.form for code, item in book.telephony.items()}
