"""What people accept as the new normal, as signals of the log: detectors hear of it in the log's order, as of all else."""

from __future__ import annotations

import numpy as np

from andon.model import KINDS, Acceptance, Batch, Incident, Kind, Note

_ACCEPT = KINDS.index(Kind.ACCEPT)


def signals(incident: Incident, accepted: Acceptance) -> Batch:
    """Return a signal for each alert that was accepted: its rule, its segment, who said so and why."""
    count = len(accepted.segments)
    return Batch(
        arrived=accepted.at,
        segments=tuple(accepted.segments),
        names=(incident.rule,),
        kind=np.full(count, _ACCEPT, np.uint8),
        segment=np.arange(count, dtype=np.int32),
        name=np.zeros(count, np.int32),
        value=np.full(count, np.nan),
        of=np.ones(count),
        time=np.full(count, accepted.at),
        ahead=np.zeros(count, np.bool_),
        notes={row: Note(by=accepted.by, text=accepted.text) for row in range(count)},
    )


def key_of(incident: Incident, accepted: Acceptance) -> str:
    """Return the key under which the log takes them once, however often they are handed in."""
    return f"\0accept {incident.id} {accepted.row}"
