"""Pages to try channels with: one that is as it should be, and the odd ones that life will bring."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import msgspec

from andon.model import Change, Evidence, Page, Part, Reason, State, Tier

NOON = 1_772_452_800.0
"""2026-03-02 12:00 UTC, a Monday; 20:00 in Shanghai."""

EVIDENCE = Evidence(
    metric="slow_share",
    unit="share",
    observed=0.094,
    expected=0.01,
    low=0.004,
    high=0.018,
    n=4120,
    seconds=600,
    since=NOON - 360,
    odds=9 * 2_629_746.0,
    promised=2.0,
    live=12,
    parts=[
        Part(labels={"platform": "ios", "app_version": "2.1"}, share=0.62),
        Part(labels={"platform": "android"}, share=0.21),
    ],
    changes=[Change(name="release 2.1", at=NOON - 900, labels={"platform": "ios"})],
    quotes=["The pay button spins for ever", "付款页一直转圈 <b>&amp;"],
    detector="burn_rate",
)

PAGE = Page(
    id="inc-1/3/li.na/console",
    incident="inc-1",
    row=3,
    code="7K",
    reason=Reason.FIRST,
    tier=Tier.RED,
    state=State.CALLED,
    person="li.na",
    name="Li Na",
    channel="console",
    address="li.na",
    zone="Asia/Shanghai",
    owner="payments",
    title="checkout slow",
    labels={"product": "shop"},
    segments=[{"product": "shop", "region": "eu"}],
    evidence=EVIDENCE,
    where="rules/checkout.yml:12",
    runbook="https://wiki.example/andon/checkout-slow",
    called=NOON - 120,
    since=NOON - 360,
    due=NOON,
    respond_by=NOON + 180,
    board_url="https://andon.example/",
    answer_url="https://andon.example/a/7K?s=invented",
)


def page(**changes: Any) -> Page:
    """Return the page as it should be, with some fields changed."""
    return msgspec.structs.replace(PAGE, **changes)


def evidence(**changes: Any) -> Evidence:
    """Return its evidence, with some fields changed."""
    return msgspec.structs.replace(EVIDENCE, **changes)


def odd_pages() -> Iterator[tuple[str, Page]]:
    """Yield pages that a channel must still set within its limits, each with what is odd about it."""
    for text_name, text in _TEXTS.items():
        yield text_name, _all_text(text)
    for name, changes in _CHANGES.items():
        yield name, page(id=f"odd/{name}", **changes)
    for reason in Reason:
        for lang in ("en", "zh", "xx"):
            yield f"{reason} {lang}", page(id=f"odd/{reason}/{lang}", reason=reason, lang=lang)


_TEXTS = {
    "empty": "",
    "huge": "never-ending " * 20_000,
    "one huge word": "x" * 50_000,
    "control characters": "a\x00b\x1b[31mc\rd\ne\x7f\x9bf\u2028g",
    "Chinese": "支付页面一直转圈，付不了款" * 40,
    "emoji": "🔥👩‍👩‍👧‍👦🇨🇳" * 200,
    "right to left": "الدفع لا يعمل \u202e gnp.exe \u2066 הקופה" * 20,
    "marks without end": "Z" + "\u0301\u0338" * 2_000,
    "markup": "<!channel> <@U1> *b* _i_ `c` &amp; <http://x|y> [red]x[/red] {0} {title} %s </script>",
    "septets that count twice": "[]{}~^|\\€" * 40,
}

_CHANGES: dict[str, dict[str, Any]] = {
    "no evidence": {"evidence": None},
    "a pull": {"evidence": None, "title": "pull", "text": "the till prints nothing", "runbook": "", "where": ""},
    "no links": {"board_url": "", "answer_url": "", "runbook": ""},
    "links that are none": {"board_url": "javascript:alert(1)", "answer_url": "ftp://x/", "runbook": "data:text/html,x"},
    "links without end": {"board_url": "https://x/" + "a" * 5_000, "answer_url": "https://x/" + "b" * 5_000},
    "a zone that is none": {"zone": "Mars/Olympus"},
    "a zone that climbs": {"zone": "../../etc/passwd"},
    "times that are none": {"due": math.nan, "called": math.inf, "since": -1e300, "respond_by": math.nan},
    "200 segments": {"segments": [{"region": f"r{n}"} for n in range(200)], "labels": {}},
    "200 labels": {"labels": {f"dimension{n}": f"value{n}" * 30 for n in range(200)}},
    "200 bundled": {"bundled": [f"page-{n}" for n in range(200)]},
    "not a number": {
        "evidence": evidence(
            observed=math.nan, expected=math.inf, low=-math.inf, high=math.nan, n=math.nan, seconds=math.nan,
            since=math.nan, odds=math.nan, parts=[Part(labels={}, share=math.nan)], changes=[Change(name="", at=math.nan)],
        ),
    },
    "numbers without end": {
        "evidence": evidence(observed=1e300, expected=-1e300, low=5e-324, high=1e300, n=1e300, seconds=1e300, odds=1e300),
    },
    "too much evidence": {
        "evidence": evidence(
            parts=[Part(labels={f"d{n}": f"v{n}" * 50}, share=1 / 200) for n in range(200)],
            changes=[Change(name=f"flag {n} " * 50, at=NOON - n, labels={"k": "v" * 5_000}) for n in range(200)],
            quotes=["never again " * 500] * 200,
            text="a long story " * 5_000,
        ),
    },
}  # fmt: skip


def _all_text(text: str) -> Page:
    said = evidence(
        metric=f"complaints:{text}",
        unit=text,
        text=text,
        quotes=[text] * 3,
        parts=[Part(labels={text: text}, share=0.5)],
        changes=[Change(name=text, at=NOON, labels={text: text}, text=text)],
    )
    return page(
        id="odd/text",
        title=text,
        labels={"product": text, text: text},
        segments=[{"product": text}, {text: text}],
        evidence=said,
        text=text,
        holder=text,
        where=text,
        runbook=text,
        name=text,
        owner=text,
        code=text[:200],
    )
