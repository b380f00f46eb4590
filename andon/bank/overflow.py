"""A watch finding, once for each set of series that outgrew its limit."""

from __future__ import annotations

from andon.bank.probe import sameness_of
from andon.model import AlertState, Finding, Projection, Tier
from andon.streams.streams import Streams

RULE = "series-overflow"


def overflow(streams: Streams, told: set[str], end: float, now: float) -> list[Finding]:
    """Return a finding for each projection that overflowed and is not among those `told`, which grows by it."""
    findings = []
    for projection, dimension in streams.overflowed():
        name = sameness_of(projection)
        if name not in told:
            told.add(name)
            findings.append(_finding(projection, dimension, end, now))
    return findings


def _finding(projection: Projection, dimension: str, end: float, now: float) -> Finding:
    segment = {"kind": projection.kind.value, "name": projection.name, "by": ",".join(projection.by)}
    return Finding(
        rule=RULE,
        segment={name: value for name, value in {**segment, "dimension": dimension}.items() if value},
        state=AlertState.FIRING,
        tier=Tier.WATCH,
        window=end,
        at=now,
        since=end,
        text=(
            f"{dimension} has more values than series are allowed: the rest share one series called other. "
            f"{dimension} 的取值超出序列上限，其余合并为名为 other 的序列。"
        ),
    )
