"""What the board shows of a rule: each live series' state, what was last seen of it and what was expected."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from andon.bank.findings import TIERS
from andon.bank.judge import Judge
from andon.bank.phases import PENDING, STATES
from andon.bank.view import View, behind, natural, pick
from andon.detector import State
from andon.model import Direction, Floats, Form, Ints, Light, Observation, Tier
from andon.rulebook.model import Event
from andon.streams.streams import Streams

STALE = 900.0
"""Seconds; what is usual is asked anew that often, since a detector answers a series at a time."""


class Panel:
    """One rule's lights."""

    def __init__(self, judge: Judge, events: Sequence[Event] = ()) -> None:
        self._judge, self._events = judge, events
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
        view = View(streams, judge.end, judge.end, self._events)
        lean = None if probe.lean is None else Direction.NONE
        seen = view.observe(rule.metric, rule.projection, probe.windows[:1], rows, lean)
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
