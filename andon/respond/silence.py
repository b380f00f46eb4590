"""Silence: while an incident is shelved its delivery is held; it is judged all the same."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from andon.respond.work import Hold, Work


def silence(work: Work) -> Work:
    """Hold a shelved incident's pages, and its ladder's next step, until the shelving ends."""
    until = work.incident.shelved_until
    if until is None or until <= work.now:
        return work
    work = replace(work, hold=Hold("silence", "shelved", until))
    rung = work.incident.rung
    if rung.due is None or rung.due > work.now:
        return work
    return work.on(msgspec.structs.replace(rung, due=until))
