"""Dedupe: nobody is paged twice for one ledger row by one channel, nor in one moment twice for the same reason."""

from __future__ import annotations

from dataclasses import replace

from andon.respond.work import Call, Data, Work, page_id


def dedupe(work: Work) -> Work:
    """Keep the first call of each send key, and of each person, channel and reason; a row names what else was dropped."""
    sent = {one.page.id for one in work.view.pages}
    kept: dict[tuple[str, str, str, str], Call] = {}
    for call in work.calls:
        alike = (call.recipient.id, call.channel, call.reason.value, call.about)
        if page_id(work.incident.id, call) in sent:
            continue
        first = kept.setdefault(alike, call)
        if first.row != call.row:
            work = _dropped(work, call, first)
    return replace(work, calls=tuple(kept.values()))


def _dropped(work: Work, call: Call, first: Call) -> Work:
    data: Data = {"stage": "dedupe", "person": call.recipient.id, "channel": call.channel, "row": float(call.row)}
    return work.wrote("dropped", text=f"row {first.row} pages them already", reason=call.reason, data=data)
