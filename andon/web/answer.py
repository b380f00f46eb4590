"""The page behind a signed link: looking changes nothing, since mail and chat programs look too; a button answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape

from andon.errors import Refused, Unavailable
from andon.incidents.acts import may_accept
from andon.incidents.story import ended
from andon.model import Incident, State, Verb
from andon.respond import phrases
from andon.respond.links import check
from andon.respond.redact import redact
from andon.respond.wording import lines
from andon.respond.words import say, tongue
from andon.web.access import running_of
from andon.web.acts import Said, apply
from andon.web.guard import SAFE
from andon.web.said import page_now

router = APIRouter(include_in_schema=False)
MOST_FORM = 4000
VERBS = (Verb.ACK, Verb.ESCALATE, Verb.RESOLVE, Verb.ACCEPT)
MOST_REASON = 200
"""Characters of a reason; so many Chinese ones, as a browser sends them, are less than half of a form."""
PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    autoescape=select_autoescape(default=True),
    enable_async=False,
)


@router.get("/a/{token}", response_class=HTMLResponse)
async def ask(request: Request, token: str) -> HTMLResponse:
    """Show how the incident stands, and the buttons."""
    return await _page(request, token, "")


@router.post("/a/{token}", response_class=HTMLResponse)
async def answer(request: Request, token: str) -> HTMLResponse:
    """Answer as the person whom the link was sent to."""
    andon = running_of(request).andon
    form = parse_qs(await _form(request))
    verb, text = (form.get(name, [""])[0] for name in ("verb", "text"))
    if verb not in VERBS:
        return _html("refused.html", 400, said=f"a link can {', '.join(VERBS)}; it cannot {verb[:20]!r}")
    try:
        incident, person = check(andon.outside.secrets.key, token, andon.outside.clock.now())
        act = Said(verb=Verb(verb), by=person, via="link", text=text[:MOST_REASON])
        said = (await apply(request, incident, act, _lang(request, person))).said
    except (Refused, Unavailable) as error:
        said = str(error)
    return await _page(request, token, said)


async def _form(request: Request) -> str:
    """Return the form's first bytes; more than its few were never sent by our page."""
    read = b""
    async for piece in request.stream():
        read = (read + piece)[:MOST_FORM]
    return read.decode(errors="replace")


async def _page(request: Request, token: str, said: str) -> HTMLResponse:
    andon = running_of(request).andon
    now = andon.outside.clock.now()
    try:
        name, person = check(andon.outside.secrets.key, token, now)
        incident = await andon.outside.store.find(name)
    except Refused as error:
        return _html("refused.html", 403, said=str(error))
    except Unavailable as error:
        return _html("refused.html", 503, said=f"{error}; try again in a moment")
    if incident is None:
        return _html("refused.html", 404, said=f"there is no incident {name} any more")
    return _html("answer.html", 200, said=said, **_shown(request, incident, person, now))


def _shown(request: Request, incident: Incident, person: str, now: float) -> dict[str, Any]:
    """Return what the template shows: how the incident stands now, told in its reader's language and zone."""
    lang = tongue(_lang(request, person))
    known = running_of(request).andon.book.people.get(person)
    worst = min(incident.alerts.values(), key=lambda one: (-one.tier.rank, one.since, one.key), default=None)
    page = page_now(incident, worst, now, lang, known.zone if known else "UTC")
    closed = incident.state is State.CLOSED
    well = not closed or "verified" in incident.milestones
    untrue = {say(lang, "line.answer", code=phrases.code(page)), "" if well else phrases.sentence(page)}
    return {
        "lang": lang,
        "light": phrases.light(page),
        "tier": phrases.tier(page),
        "title": redact(phrases.title(page)),
        "where": phrases.where(page),
        "lines": [redact(line) for line in lines(page)[1:] if line not in untrue],
        "open": not closed,
        "ended": "" if well else redact(ended(incident.closed_reason, lang)),
        "accepts": may_accept(incident, running_of(request).andon.book),
        "most_reason": MOST_REASON,
        "incident": incident,
        "person": known.name if known else person,
    }


def _lang(request: Request, person: str) -> str:
    known = running_of(request).andon.book.people.get(person)
    return known.lang if known else "en"


def _html(name: str, status: int, **shown: Any) -> HTMLResponse:
    return HTMLResponse(PAGES.get_template(name).render(**shown), status, headers=SAFE)
