"""What a finding does: to the alert it is of, and through it to the incident that the alert is a member of."""

from __future__ import annotations

import math

import msgspec

from andon.incidents import calls, endings, rungs
from andon.incidents.calls import BAD
from andon.incidents.keys import alert_key
from andon.incidents.ledger import Draft
from andon.model import Acceptance, Alert, AlertState, Finding, Incident, Reason, State, Tier
from andon.rulebook.model import Rulebook

_FLIPS = 10
_SHOWN = 5
"""So many flips are kept, so many added segments are named in a page."""
MOST = 1000
"""Alerts an incident keeps while some are over; single signals are over when they have been told of."""


def key_of_alert(finding: Finding) -> str:
    """Return the key of the alert that a finding is of."""
    return alert_key(finding.rule, finding.segment, finding.direction)


def calls_for_help(finding: Finding, book: Rulebook) -> bool:
    """Tell whether a finding may open an incident: it fires (or has no data, where the rule calls for that) and is no watch."""
    if finding.tier is Tier.WATCH or _learning(finding):
        return False
    rule = book.rules.get(finding.rule)
    silent = finding.state is AlertState.NO_DATA and rule is not None and rule.no_data == "call"
    return finding.state is AlertState.FIRING or silent


def concerns(finding: Finding) -> bool:
    """Tell whether a finding can matter to any incident; watch and what is still being learnt only show."""
    if not math.isfinite(finding.window) or finding.state is AlertState.PENDING:
        return False
    ends = finding.state in {AlertState.OK, AlertState.RECOVERING, AlertState.RETIRED}
    return ends or not (finding.tier is Tier.WATCH or _learning(finding))


def is_old(incident: Incident, finding: Finding) -> bool:
    """Tell whether this window, or a later one, has been applied to the alert already."""
    known = incident.alerts.get(key_of_alert(finding))
    return known is not None and finding.window <= known.window


def join_first(draft: Draft, finding: Finding) -> None:
    """Make the finding's alert the first member of an incident that is just being opened."""
    _put(draft, finding, None)


def apply(draft: Draft, finding: Finding, book: Rulebook, codes: set[str]) -> None:
    """Apply a finding that `concerns` and is not old."""
    known = draft.incident.alerts.get(key_of_alert(finding))
    lost = finding.state is AlertState.NO_DATA and known is not None and known.state in BAD
    if calls_for_help(finding, book) and not lost:
        _fires(draft, finding, known, book, codes)
    elif known is None or known.state in {finding.state, AlertState.RETIRED}:
        return
    elif draft.incident.state is not State.CLOSED or finding.state in {AlertState.OK, AlertState.RETIRED}:
        _changes(draft, finding, known)


def _learning(finding: Finding) -> bool:
    return finding.evidence is not None and finding.evidence.learning_left > 0


def _fires(draft: Draft, finding: Finding, known: Alert | None, book: Rulebook, codes: set[str]) -> None:
    incident = draft.incident
    again = known is not None and known.state in BAD and not incident.single
    if incident.state is State.CLOSED and again and finding.tier.rank <= incident.tier.rank:
        return
    alert = _put(draft, finding, known)
    if incident.state in {State.VERIFIED, State.CLOSED}:
        calls.reopen(draft, book, finding, codes)
        return
    if known is None or not again:
        _joined(draft, finding, alert)
    elif known.state is not finding.state:
        _moved(draft, finding, known)
    if finding.tier.rank > incident.tier.rank:
        calls.rise(draft, book, finding.tier, "the rule says so")
    elif incident.state is State.RECOVERING and not again and _newest(finding) > (incident.resolved_at or -math.inf):
        _bad_again(draft, finding)
    if known is None or (incident.single and finding.by):
        _tell_added(draft, key_of_alert(finding))


def _newest(finding: Finding) -> float:
    """Return the latest time that a finding tells of: its window's end; of single signals, the newest one's own."""
    if finding.rule == calls.PULL:
        return finding.since
    seen = finding.evidence
    return seen.since + seen.seconds if seen is not None and seen.detector == "each" else finding.window


def _bad_again(draft: Draft, finding: Finding) -> None:
    where = say(finding.segment)
    if draft.incident.resolved_at is None:
        endings.relapse(draft, where)
    else:
        calls.worse(draft, where)


def _changes(draft: Draft, finding: Finding, known: Alert) -> None:
    if finding.state is AlertState.NO_DATA and known.state is AlertState.OK:
        return
    if finding.state is AlertState.RECOVERING and known.state is AlertState.OK:
        return
    _put(draft, finding, known)
    if finding.accepted:
        _settled(draft, finding, known)
    else:
        _moved(draft, finding, known)
    if finding.state is AlertState.NO_DATA and _recovers_unasked(draft.incident):
        endings.relapse(draft, "no data")
    endings.judge(draft, draft.now)


def _moved(draft: Draft, finding: Finding, known: Alert) -> None:
    kind = "retired" if finding.state is AlertState.RETIRED else "alert"
    draft.row(kind, text=say(finding.segment), data={"state": finding.state.value, "was": known.state.value})


def _settled(draft: Draft, finding: Finding, known: Alert) -> None:
    """Note that an alert's data is usual from now on; where the detectors found that by themselves, so is the acceptance."""
    data: dict[str, str | float | list[str]] = {"was": known.state.value, "why": finding.text}
    draft.row("settled", by=finding.by, text=say(finding.segment), data=data)
    if draft.incident.acceptance is None and draft.incident.state is not State.CLOSED:
        draft.set(acceptance=Acceptance(by=finding.by, at=draft.now, text=finding.text, row=draft.row_number))


def _recovers_unasked(incident: Incident) -> bool:
    return incident.state is State.RECOVERING and incident.resolved_at is None


def _put(draft: Draft, finding: Finding, known: Alert | None) -> Alert:
    key = key_of_alert(finding)
    alert = _new(key, finding) if known is None else _next(draft, finding, known)
    since = finding.since if math.isfinite(finding.since) else draft.now
    alerts = _room({**draft.incident.alerts, key: alert}, single=draft.incident.single)
    draft.set(
        alerts=alerts,
        added=[one for one in draft.incident.added if one in alerts],
        evidence_from=min(draft.incident.evidence_from, since),
    )
    return alert


def _room(alerts: dict[str, Alert], *, single: bool) -> dict[str, Alert]:
    """Forget what is over, oldest first, where there are too many: an incident may stay open for as long as nobody answers."""
    if len(alerts) <= MOST:
        return alerts
    over = [one for one in alerts.values() if single or one.state in {AlertState.OK, AlertState.RETIRED}]
    gone = {one.key for one in sorted(over, key=lambda one: one.window)[: len(alerts) - MOST]}
    return {key: one for key, one in alerts.items() if key not in gone}


def _new(key: str, finding: Finding) -> Alert:
    return Alert(
        key=key,
        segment=finding.segment,
        direction=finding.direction,
        state=finding.state,
        tier=finding.tier,
        since=finding.since,
        window=finding.window,
        evidence=finding.evidence,
        flips=[finding.window],
    )


def _next(draft: Draft, finding: Finding, known: Alert) -> Alert:
    """Evidence stands still while an alert fires, unless its tier rises or there is more to say of it (it flaps)."""
    fires, fired = finding.state in BAD, known.state in BAD
    over = known.state in {AlertState.OK, AlertState.RETIRED}
    occurs = fires and (not fired or draft.incident.single)
    news = finding.evidence is not None and (occurs or _tells_more(finding, known))
    return msgspec.structs.replace(
        known,
        state=finding.state,
        tier=finding.tier if (over and fires) or (fires and finding.tier.rank > known.tier.rank) else known.tier,
        since=finding.since if over and fires else known.since,
        window=finding.window,
        evidence=finding.evidence if news else known.evidence,
        flips=[*known.flips, finding.window][-_FLIPS:] if fires != fired else known.flips,
        count=known.count + occurs,
    )


def _tells_more(finding: Finding, known: Alert) -> bool:
    if finding.state is not AlertState.FIRING or finding.evidence is None:
        return False
    said = known.evidence.text if known.evidence else ""
    return finding.tier.rank > known.tier.rank or finding.evidence.text != said


def _joined(draft: Draft, finding: Finding, alert: Alert) -> None:
    if len(draft.incident.alerts) > 1 or alert.count > 1:
        data: dict[str, str | float | list[str]] = {"tier": alert.tier.value, "count": float(alert.count)}
        draft.row("joined", by=finding.by or "andon", text=finding.text or say(finding.segment), data=data)


def _tell_added(draft: Draft, key: str) -> None:
    """Note that an alert is to be told of; the first page tells of all that joined before it."""
    if not rungs.first_page_waits(draft.incident) and draft.incident.shelved_until is None:
        draft.set(added=[*(one for one in draft.incident.added if one != key), key])
        tell_added(draft)


def tell_added(draft: Draft) -> None:
    """Page who is on duty and who has it of the alerts that joined, if the last such page is five minutes old."""
    incident = draft.incident
    if not incident.added or (incident.grouped_at or 0.0) > draft.now or incident.shelved_until is not None:
        return
    segments = [say(incident.alerts[key].segment) for key in incident.added]
    to = ["on-duty", "holder"] if incident.holder else ["on-duty"]
    draft.page(Reason.ADDED, *to, segments=segments[:_SHOWN], count=float(len(segments)))
    draft.set(added=[], grouped_at=draft.now + rungs.BUNDLE)


def say(segment: dict[str, str]) -> str:
    """Return a segment in a line: `product=app, region=eu`; everything is `all`."""
    return ", ".join(f"{name}={value}" for name, value in sorted(segment.items())) or "all"
