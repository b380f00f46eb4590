"""A page as Slack's Block Kit (https://docs.slack.dev/reference/block-kit/blocks), within Slack's limits.

What customers and senders wrote goes out as `plain_text`, where Slack reads no markup; `mrkdwn` holds our own words only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ContextBlock,
    HeaderBlock,
    LinkButtonElement,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from andon.model import Page, State, Tier
from andon.respond import phrases
from andon.respond.plain import clean, clip
from andon.respond.words import say

HEADER, TEXT, FIELD, LINK = 150, 3000, 2000, 3000

COLOURS: Mapping[Tier, str] = {Tier.WATCH: "🔵", Tier.YELLOW: "🟡", Tier.RED: "🔴"}
CLEAR = "✅"

ACTIONS = ("ack", "escalate", "resolve")


def blocks(page: Page) -> list[Block]:
    """Return the message, the most important first."""
    said = say(page.lang, "comma").join(filter(None, (phrases.holder(page), phrases.promise(page))))
    return [
        HeaderBlock(text=_plain(f"{light(page)} {phrases.headline(page)}", HEADER)),
        SectionBlock(text=_plain(f"{phrases.sentence(page)}\n{said}", TEXT)),
        *_figures(page),
        *_told(page),
        *_listed(page, "parts", phrases.parts(page)),
        *_listed(page, "changes", phrases.changes(page)),
        *_listed(page, "quotes", [f"“{quote}”" for quote in phrases.quotes(page)]),
        *_buttons(page),
        ContextBlock(elements=_context(page)),
    ]


def notification(page: Page) -> str:
    """Return what a notification shows; it is read as mrkdwn, so it is escaped."""
    return escape(clip(f"{light(page)} {phrases.headline(page)}: {phrases.bad(page)}", TEXT // 5))


def light(page: Page) -> str:
    """Return the light's colour; its word is in the headline."""
    return CLEAR if phrases.over(page) else COLOURS[page.tier]


def escape(text: str) -> str:
    """Return text that Slack shows as it is (https://docs.slack.dev/messaging/formatting-message-text, escaping)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(text: str, most: int) -> PlainTextObject:
    return PlainTextObject(text=clip(text, most) or "-", emoji=False)


def _figures(page: Page) -> list[Block]:
    """Return observed, expected, how many, since when and how rare, as two columns."""
    evidence = page.evidence
    pairs = [("since", phrases.since(page))]
    if evidence is not None:
        pairs = [
            ("observed", f"{phrases.metric(page, evidence)} {phrases.observed(page, evidence)}"),
            ("expected", phrases.expected(page, evidence)),
            ("n", phrases.behind(page, evidence)),
            *pairs,
            ("odds", phrases.rarity(page)),
        ]
    shown = [MarkdownTextObject(text=f"*{say(page.lang, key)}*\n{escape(text)}") for key, text in pairs if text]
    return [SectionBlock(fields=shown)]


def _told(page: Page) -> list[Block]:
    text = page.evidence.text if page.evidence else page.text
    told = [phrases.learning(page), clip(clean(text), phrases.TEXT)]
    return [SectionBlock(text=_plain("\n".join(filter(None, told)), TEXT))] if any(told) else []


def _listed(page: Page, key: str, items: Sequence[str]) -> list[Block]:
    """Return a heading of ours and, below it, what others wrote."""
    if not items:
        return []
    return [
        SectionBlock(text=MarkdownTextObject(text=f"*{say(page.lang, key)}*")),
        ContextBlock(elements=[_plain(item, FIELD) for item in items]),
    ]


def _buttons(page: Page) -> list[Block]:
    """Return the answers as links to the page that confirms them, while there is something to answer, and the board."""
    buttons: list[LinkButtonElement] = []
    if page.state is not State.CLOSED and _is_link(page.answer_url):
        buttons = [_button(page, action) for action in ACTIONS]
    if _is_link(page.board_url):
        buttons.append(_button(page, "board"))
    return [ActionsBlock(elements=buttons)] if buttons else []


def _button(page: Page, action: str) -> LinkButtonElement:
    return LinkButtonElement(
        text=_plain(say(page.lang, action), 75),
        url=page.board_url if action == "board" else page.answer_url,
        action_id=f"{action}:{phrases.code(page)}",
        style="primary" if action == "ack" and page.state is State.CALLED else None,
    )


def _context(page: Page) -> list[MarkdownTextObject | PlainTextObject]:
    """Return the answer code, the rule's file and line, the runbook as a link."""
    elements: list[MarkdownTextObject | PlainTextObject] = [
        _plain(say(page.lang, "line.answer", code=phrases.code(page)), FIELD)
    ]
    rule = clip(clean(page.where), phrases.TITLE)
    if rule:
        elements.append(_plain(say(page.lang, "line.rule", rule=rule), FIELD))
    if _is_link(page.runbook):
        target = escape(page.runbook).replace("|", "%7C")
        elements.append(MarkdownTextObject(text=f"<{target}|{say(page.lang, 'runbook')}>"))
    if page.bundled:
        elements.append(_plain(say(page.lang, "line.bundled", n=len(page.bundled)), FIELD))
    return elements


def _is_link(url: str) -> bool:
    """Tell whether Slack would take it: http or https, no blanks, and not beyond its limit even when escaped."""
    if len(escape(url)) > LINK - 100 or url != clean(url) or " " in url:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
