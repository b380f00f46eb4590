"""Inhibition: an open incident that explains another one mutes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import msgspec

from andon.model import Alert, AlertState, Incident, Labels, State
from andon.respond.work import Hold, Work
from andon.rulebook.model import Inhibit, Rulebook

LOOK_AGAIN = 60.0
"""Seconds until a muted incident is looked at again."""
_BAD = frozenset({AlertState.FIRING, AlertState.RECOVERING, AlertState.NO_DATA, AlertState.PENDING})
_OPEN = frozenset({State.CALLED, State.ACKED, State.RECOVERING})


def inhibit(work: Work) -> Work:
    """Mute an incident while another one explains every alert of it; let it speak once that is over.

    It is judged when a page is due, which is after `group.wait`: its source has had the time to open.
    """
    if not _wants_to_speak(work):
        return work
    source = _source(work)
    if source is None:
        return _released(work) if work.incident.inhibited_by else work
    return _muted(work, source)


def _wants_to_speak(work: Work) -> bool:
    rung = work.incident.rung
    climbing = rung.due is not None and rung.due <= work.now
    return work.hold is None and (climbing or any(row.kind == "page-due" for row in work.before.rows))


def _source(work: Work) -> Incident | None:
    """Return an open incident that mutes this one; one that is muted itself mutes nobody."""
    candidates = [one for one in work.view.others if one.state in _OPEN and not one.inhibited_by]
    for rule in work.view.book.inhibit:
        if _fits(rule.mute, work.incident, work.view.book):
            for other in candidates:
                if _fits(rule.source, other, work.view.book) and _explains(rule, other, work.incident):
                    return other
    return None


def _fits(wanted: Mapping[str, str], incident: Incident, book: Rulebook) -> bool:
    """Return whether an incident has a rule (by id or name), owner, tier, and labels (its own or a bad alert's)."""
    rule = book.rules.get(incident.rule)
    facts = {
        "rule": {incident.rule, rule.name if rule else incident.rule},
        "owner": {incident.owner},
        "tier": {incident.tier.value},
    }
    labels = _labels(incident)
    return all(
        value in facts[name] if name in facts else any(one.get(name) == value for one in labels)
        for name, value in wanted.items()
    )


def _explains(rule: Inhibit, source: Incident, muted: Incident) -> bool:
    """Return whether each bad alert of one incident agrees with a bad alert of the other; a missing label equals none."""
    known = {_values(labels, rule.equal) for labels in _labels(source)}
    return all(
        None not in values and values in known for values in (_values(one, rule.equal) for one in _labels(muted))
    )


def _values(labels: Labels, names: tuple[str, ...]) -> tuple[str | None, ...]:
    return tuple(labels.get(name) or None for name in names)


def _labels(incident: Incident) -> list[Labels]:
    """Return the labels of an incident's bad alerts, the group's among them."""
    bad: list[Alert] = [one for one in incident.alerts.values() if one.state in _BAD]
    return [incident.labels | one.segment for one in bad] or [incident.labels]


def _muted(work: Work, source: Incident) -> Work:
    why = f"inhibited by {source.id}"
    if work.incident.inhibited_by != source.id:
        work = work.wrote("held", text=why, data={"stage": "inhibit", "source": source.id, "code": source.code})
    incident = msgspec.structs.replace(work.incident, inhibited_by=source.id)
    work = replace(work, incident=incident, hold=Hold("inhibit", why, None))
    if incident.rung.due is None or incident.rung.due > work.now:
        return work
    return work.on(msgspec.structs.replace(incident.rung, due=work.now + LOOK_AGAIN))


def _released(work: Work) -> Work:
    work = work.wrote("released", text=f"no longer inhibited by {work.incident.inhibited_by}")
    return replace(work, incident=msgspec.structs.replace(work.incident, inhibited_by=""))
