"""What the board shows of a rule: each live series' state, what was last seen of it and what was expected."""

from __future__ import annotations

import numpy as np

from andon.bank.findings import TIERS
from andon.bank.judge import Judge
from andon.bank.phases import PENDING, STATES
from andon.bank.view import behind, natural, pick
from andon.detector import State
from andon.model import Floats, Form, Ints, Light, Observation, Tier
from andon.streams.streams import Streams

STALE = 900.0
"""Seconds; what is usual is asked anew that often, since a detector answers a series at a time."""


class Panel:
    """One rule's lights."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._rows: Ints = np.empty(0, dtype=np.int64)
        self._usual: Floats = np.empty(0)
        self._asked = (-np.inf, -1)

    def show(self, streams: Streams) -> list[Light]:
        """Return the rule's view of every series that its last look saw, by labels; a count is told as of its window."""
        judge = self._judge
        rule, probe = judge.rule, judge.condition.probes[0]
        rows = streams.rows(rule.projection)
        rows = rows[rows < judge.alerts.size]
        rows = rows[np.isfinite(judge.alerts.arrays["learning"][rows])]
        if not len(rows):
            return []
        seen = streams.observe(rule.metric, rule.projection, rows, judge.end, probe.windows[:1])
        alerts = judge.alerts.take(rows)
        scale = seen.n[:, 0] if seen.form is Form.COUNT else np.ones(len(rows))
        observed, expected = natural(seen)[:, 0] * scale, self._expected(rows, seen, alerts) * scale
        n = behind(seen)[:, 0]
        calm = Tier.WATCH if rule.shadow else rule.tier
        labels = streams.segments_of(rule.projection, rows)
        found = [
            Light(
                rule=rule.id,
                segment=labels[place],
                state=STATES[int(alerts["state"][place])],
                tier=TIERS[int(alerts["tier"][place])] if alerts["state"][place] > PENDING else calm,
                observed=float(observed[place]),
                expected=float(expected[place]),
                n=float(n[place]),
                at=judge.end,
                learning_left=float(alerts["learning"][place]),
            )
            for place in range(len(rows))
        ]
        return sorted(found, key=lambda light: sorted(light.segment.items()))

    def _expected(self, rows: Ints, seen: Observation, alerts: State) -> Floats:
        """Return what is usual, (m,): asked anew for what has been called, and for the rest now and then."""
        judge = self._judge
        asked, leaps = self._asked
        stale = judge.end - asked >= STALE or leaps != judge.leaps or not np.array_equal(rows, self._rows)
        some = np.arange(len(rows)) if stale else np.flatnonzero(alerts["state"])
        if stale:
            self._rows, self._usual, self._asked = rows, np.full(len(rows), np.nan), (judge.end, judge.leaps)
        if len(some):
            probe = judge.condition.probes[0]
            self._usual[some] = probe.expect(rows[some], pick(seen, some), judge.end).expected
        return self._usual
