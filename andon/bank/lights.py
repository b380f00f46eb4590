"""What the board shows of a rule: each live series' state, what was last seen of it and what was expected."""

from __future__ import annotations

import numpy as np

from andon.bank.findings import TIERS
from andon.bank.judge import Judge
from andon.bank.phases import PENDING, STATES
from andon.bank.view import behind, natural, pick
from andon.model import Form, Light, Tier
from andon.streams.streams import Streams


def lights(judge: Judge, streams: Streams) -> list[Light]:
    """Return a rule's view of every series that its last look saw, by labels; a count is told as of its window."""
    rule, probe = judge.rule, judge.condition.probes[0]
    rows = streams.rows(rule.projection)
    rows = rows[rows < judge.alerts.size]
    if not len(rows) or not np.isfinite(judge.end):
        return []
    seen = pick(
        streams.observe(rule.metric, rule.projection, rows, judge.end, probe.windows[:1]), np.arange(len(rows)), 0
    )
    scale = seen.n[:, 0] if seen.form is Form.COUNT else np.ones(len(rows))
    observed, n = natural(seen)[:, 0] * scale, behind(seen)[:, 0]
    expected = probe.expect(rows, seen, judge.end).expected * scale
    alerts = judge.alerts.take(rows)
    calm = Tier.WATCH if rule.shadow else rule.tier
    found = [
        Light(
            rule=rule.id,
            segment=streams.labels(rule.projection, row),
            state=STATES[int(alerts["state"][place])],
            tier=TIERS[int(alerts["tier"][place])] if alerts["state"][place] > PENDING else calm,
            observed=float(observed[place]),
            expected=float(expected[place]),
            n=float(n[place]),
            at=judge.end,
            learning_left=float(alerts["learning"][place]),
        )
        for place, row in enumerate(rows.tolist())
    ]
    return sorted(found, key=lambda light: sorted(light.segment.items()))
