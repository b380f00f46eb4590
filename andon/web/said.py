"""An incident's evidence in words, by the phrases that pages are made of, in every language the board shows."""

from __future__ import annotations

from andon.model import Alert, Incident, Page, Reason, State
from andon.respond import phrases
from andon.respond.redact import redact

LANGS = ("en", "zh")
NOBODY = ""


def said(incident: Incident, alert: Alert | None, now: float) -> dict[str, dict[str, str]]:
    """Return, by language, where it is, what was observed and what is usual, how many stand behind it, how rare it is."""
    return {lang: _words(page_now(incident, alert, now, lang)) for lang in LANGS}


def _words(page: Page) -> dict[str, str]:
    evidence = page.evidence
    words = {"where": phrases.where(page)}
    if evidence is None:
        return words
    return words | {
        "bad": phrases.bad(page),
        "metric": phrases.metric(page, evidence),
        "observed": phrases.observed(page, evidence),
        "usual": phrases.expected(page, evidence),
        "n": phrases.behind(page, evidence),
        "odds": phrases.rarity(page),
        "promised": phrases.promised(page),
        "learning": phrases.learning(page),
        "text": redact(evidence.text),
    }


def page_now(incident: Incident, alert: Alert | None, now: float, lang: str, zone: str = "UTC") -> Page:
    """Return what a page of this moment would say; it goes to nobody."""
    over = incident.state in {State.VERIFIED, State.CLOSED}
    unanswered = [one for one in incident.promises if one.milestone == "respond" and one.met is None]
    return Page(
        id=NOBODY,
        incident=incident.id,
        row=0,
        code=incident.code,
        reason=Reason.RECOVERED if over else Reason.FIRST,
        tier=incident.tier,
        state=incident.state,
        person=NOBODY,
        name=NOBODY,
        channel=NOBODY,
        address=NOBODY,
        lang=lang,
        zone=zone,
        owner=incident.owner,
        title=incident.title,
        labels=incident.labels,
        segments=[one.segment for one in incident.alerts.values()],
        evidence=alert.evidence if alert else None,
        holder=incident.holder,
        where=incident.where,
        runbook=incident.runbook,
        called=incident.called,
        since=incident.evidence_from,
        due=now,
        respond_by=unanswered[-1].breaks if unanswered else None,
    )
