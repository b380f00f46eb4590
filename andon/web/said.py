"""An incident's evidence in words, by the phrases that pages are made of, in every language the board shows."""

from __future__ import annotations

from andon.model import Alert, Incident, Page, Reason
from andon.respond import phrases
from andon.respond.redact import redact

LANGS = ("en", "zh")
NOBODY = ""


def said(incident: Incident, alert: Alert | None, now: float) -> dict[str, dict[str, str]]:
    """Return, by language, where it is, what was observed and what is usual, how many stand behind it, how rare it is."""
    return {lang: _words(_page(incident, alert, now, lang)) for lang in LANGS}


def _words(page: Page) -> dict[str, str]:
    evidence = page.evidence
    words = {"where": phrases.where(page)}
    if evidence is None:
        return words
    return words | {
        "metric": phrases.metric(page, evidence),
        "observed": phrases.observed(page, evidence),
        "usual": phrases.expected(page, evidence),
        "n": phrases.behind(page, evidence),
        "odds": phrases.rarity(page),
        "learning": phrases.learning(page),
        "text": redact(evidence.text),
    }


def _page(incident: Incident, alert: Alert | None, now: float, lang: str) -> Page:
    """Return what a page of this moment would carry; it goes to nobody."""
    return Page(
        id=NOBODY,
        incident=incident.id,
        row=0,
        code=incident.code,
        reason=Reason.FIRST,
        tier=incident.tier,
        state=incident.state,
        person=NOBODY,
        name=NOBODY,
        channel=NOBODY,
        address=NOBODY,
        lang=lang,
        owner=incident.owner,
        title=incident.title,
        labels=incident.labels,
        segments=[one.segment for one in incident.alerts.values()],
        evidence=alert.evidence if alert else None,
        called=incident.called,
        since=incident.evidence_from,
        due=now,
    )
