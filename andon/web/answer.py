"""The page behind a signed link: looking changes nothing, since mail and chat programs look too; a button answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape

from andon.errors import Refused
from andon.model import Delivery, Incident, Verb
from andon.respond.links import check
from andon.respond.wording import lines
from andon.web.access import running_of
from andon.web.acts import Said, apply
from andon.web.guard import SAFE

router = APIRouter()
MOST_FORM = 1000
VERBS = (Verb.ACK, Verb.ESCALATE, Verb.RESOLVE)
PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    autoescape=select_autoescape(default=True),
    enable_async=False,
)


@router.get("/a/{token}", response_class=HTMLResponse)
async def ask(request: Request, token: str) -> HTMLResponse:
    """Show what the page was about, and the buttons."""
    return await _page(request, token, "")


@router.post("/a/{token}", response_class=HTMLResponse)
async def answer(request: Request, token: str) -> HTMLResponse:
    """Answer as the person whom the link was sent to."""
    andon = running_of(request).andon
    verb = parse_qs((await request.body())[:MOST_FORM].decode(errors="replace")).get("verb", [""])[0]
    if verb not in VERBS:
        return _html("refused.html", 400, said=f"a link can {', '.join(VERBS)}; it cannot {verb[:20]!r}")
    try:
        incident, person = check(andon.outside.secrets.key, token, andon.outside.clock.now())
        act = Said(verb=Verb(verb), by=person, via="link")
        said = (await apply(request, incident, act, _lang(request, person))).said
    except Refused as error:
        said = str(error)
    return await _page(request, token, said)


async def _page(request: Request, token: str, said: str) -> HTMLResponse:
    andon = running_of(request).andon
    try:
        name, person = check(andon.outside.secrets.key, token, andon.outside.clock.now())
    except Refused as error:
        return _html("refused.html", 403, said=str(error))
    incident = await andon.outside.store.find(name)
    if incident is None:
        return _html("refused.html", 404, said=f"there is no incident {name} any more")
    lang = _lang(request, person)
    newest = await _newest(request, incident, person)
    told = lines(newest.page)[1:] if newest else []
    told = [line for line in told if token not in line]
    shown: dict[str, Any] = {"incident": incident, "person": person, "lang": lang, "lines": told, "said": said}
    return _html("answer.html", 200, **shown)


def _lang(request: Request, person: str) -> str:
    known = running_of(request).andon.book.people.get(person)
    return known.lang if known else "en"


async def _newest(request: Request, incident: Incident, person: str) -> Delivery | None:
    pages = await running_of(request).andon.outside.store.pages(incident.id)
    return next((one for one in reversed(pages) if one.page.person == person), None)


def _html(name: str, status: int, **shown: Any) -> HTMLResponse:
    return HTMLResponse(PAGES.get_template(name).render(**shown), status, headers=SAFE)
