"""One rule at work: its tests on all its series at once, its alerts' states, its findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

import numpy as np

from andon.bank import phases
from andon.bank.condition import Answer, Ways, ask, began, make
from andon.bank.elders import inherit
from andon.bank.findings import DIRECTIONS, Gone, Look, accepted, gone, tell
from andon.bank.normal import adapt, adapts
from andon.bank.phases import FIRING, OK, PENDING, RECOVERING, Move, Pace, Signs, Verdict, advance
from andon.bank.probe import Probe, Reading
from andon.bank.recovery import outlook
from andon.bank.relearn import learn_anew
from andon.bank.table import Table
from andon.bank.thresholds import allot
from andon.bank.view import DAY, View
from andon.detector import Detector, State, adds
from andon.model import Bools, Finding, Form, Ints, Labels, Note, Tier
from andon.rulebook.model import Rule, When

HOUR = 3600.0
TOGETHER = 300.0
"""Seconds; alerts that began within them learn again together."""
_LASTED = Note(by="andon", text="it has lasted as long as `accept_after` says")


class Judge:
    """Judges one rule, look by look.

    A series learns from a look while its alert is OK, its last score was not near the threshold and no known event
    goes on. One that is still learning learns even while it fires: it only shows, and its baseline must not be frozen
    half made. Otherwise baseline and evidence stand still from FIRING to OK, and OK sets the evidence to zero.
    A detector with a line of its own has no baseline to protect, and is asked at every look.
    """

    def __init__(self, rule: Rule, when: When, detectors: Mapping[str, type[Detector]]) -> None:
        self.rule = rule
        self.condition = make(rule, when, rule.tier, detectors)
        self.worse = [make(rule, way.when, way.tier, detectors) for way in rule.worsens if way.when is not None]
        self.alerts = Table(phases.FIELDS)
        self.called: dict[int, Labels] = {}
        """Labels of the series that have been called: they outlive the series."""
        self.allotted = -np.inf
        """When a promise `in all` was last divided: hourly, and when series come."""
        self.end = -np.inf
        """The last look."""
        self.leaps = 0
        """How often what is usual has changed at one go: series have gone, or a new normal was accepted."""
        self._pace = Pace(rule.hold, rule.clear_after, rule.no_data == "call")
        fixed = [not adapts(probe) for probe in self.condition.probes]
        self.settles = bool(np.isfinite(rule.accept_after)) and not all(fixed)
        """Whether what lasts is taken for the new normal after a time."""
        self._lines = int(np.array(fixed) @ (1 << np.arange(len(fixed)))) if when.op == "any" else 0
        self._in_all = any(test.promise is not None and test.promise.in_all for test in when.tests)

    @property
    def probes(self) -> list[Probe]:
        """Return the tests of the condition, then those of the ways it worsens."""
        return [probe for condition in (self.condition, *self.worse) for probe in condition.probes]

    @property
    def adds(self) -> bool:
        """Tell whether all its tests that learn do so of a long window as of the looks within."""
        form = self.rule.metric.form
        return all(adds(probe.detector, form) for probe in self.probes if probe.table.fields)

    def look(self, view: View) -> list[Finding]:
        """Judge the look that ended at the view's end; return the alerts that changed their state or tier."""
        self.end = view.end
        rows = view.rows(self.rule.projection)
        if not len(rows):
            return []
        self._prepare(view, rows)
        alerts = self.alerts.take(rows)
        answer, worse = self._step(view, alerts)
        before = alerts["state"].copy()
        moves = advance(alerts, self._signs(view, alerts, answer), self._pace, view.end)
        begun = (before <= PENDING) & (alerts["state"] == FIRING)
        self._begin(view, alerts, answer, np.flatnonzero(begun))
        silent = (moves == Move.SILENT) & (before <= PENDING)
        alerts["tier"][silent] = self._loudest(self.rule.tier).rank
        ways = self._ask_worse(view, alerts, worse)
        rises = self._worsen(alerts, ways)
        seen = Look(view, self.rule, rows, alerts, moves, begun, rises, self.condition, ways)
        findings = tell(seen, alerts["learning"], self.called)
        self._clear(rows[moves == Move.CLEARED])
        lasting = self._lasting(alerts, view.end)
        self.alerts.put(rows, alerts)
        return findings + self._accept(view, dict.fromkeys(rows[lasting].tolist(), _LASTED))

    def accept(self, view: View, told: Sequence[tuple[Labels, Note]], when: float) -> list[Finding]:
        """Make usual what the alerts of some segments told of at `when`, as of the last look; nothing where none fires.

        What has fired since is another alert: word of an acceptance may come late, where the log was away.
        """
        alerts = self.alerts.arrays
        called = {frozenset(labels.items()): row for row, labels in self.called.items()}
        found = {called.get(frozenset(labels.items()), -1): note for labels, note in told}
        found.pop(-1, None)
        meant = [row for row in found if alerts["state"][row] in (FIRING, RECOVERING) and alerts["fired"][row] <= when]
        return self._accept(view, {row: found[row] for row in meant})

    def learn_again(self, view: View, probes: Sequence[Probe]) -> None:
        """Have some tests learn what is usual from the frames that are kept: of a called alert, those before its change."""
        rows = view.rows(self.rule.projection)
        until = np.full(len(rows), view.end)
        called = np.isin(rows, list(self.called))
        since = self.alerts.arrays["since"][rows[called]] // TOGETHER * TOGETHER
        until[called] = np.where(np.isnan(since), view.end, np.minimum(since, view.end))
        for end in np.unique(until).tolist():
            for probe in probes:
                learn_anew(view.before(end), probe, rows[until == end])

    def learn(self, view: View, seconds: float) -> None:
        """Learn from a piece of history, `seconds` long, that ended at the view's end; nothing is found in it."""
        rows = view.rows(self.rule.projection)
        if not len(rows):
            return
        self.grow(rows)
        left = np.zeros(len(rows))
        for probe in self.probes:
            if probe in self.condition.probes:
                left = np.maximum(left, probe.learn(view, seconds))
            else:
                probe.learn(view, seconds)
        self.alerts.arrays["learning"][rows] = left
        self.end = view.end

    def evict(self, rows: Ints) -> list[Gone]:
        """Forget series that are no more; return the alerts of theirs that had been called."""
        self.leaps += len(rows)
        left = [self.gone(row) for row in rows.tolist() if row in self.called]
        for row in rows.tolist():
            self.called.pop(row, None)
        for table in self._tables():
            table.reset(rows)
        return left

    def gone(self, row: int) -> Gone:
        """Return what is to be known of a called alert when its series goes."""
        return gone(self.rule.id, self.called[row], self.alerts.arrays, row)

    def grow(self, rows: Ints) -> None:
        """Make room for rows, ascending."""
        for table in self._tables() if len(rows) else ():
            table.grow(int(rows[-1]) + 1)

    def learning(self, rows: Ints) -> int:
        """Return how many of the live rows are still learning."""
        left = self.alerts.arrays["learning"][rows[rows < self.alerts.size]]
        return int(np.count_nonzero(left > 0)) + int(np.count_nonzero(rows >= self.alerts.size))

    def _tables(self) -> list[Table]:
        return [self.alerts, *(probe.table for probe in self.probes)]

    def _prepare(self, view: View, rows: Ints) -> None:
        self.grow(rows)
        alerts = self.alerts.arrays
        left, calm = alerts["learning"][rows], alerts["state"][rows] == OK
        inherit(view, self.rule, self.probes, rows[np.isinf(left)], rows[(left <= 0) & calm])
        if not self._in_all:
            alerts["share"][rows] = 1.0
        elif view.end // HOUR != self.allotted // HOUR or np.isnan(alerts["share"][rows]).any():
            self.allotted = view.end
            volume = view.streams.volume(self.rule.projection, rows, view.end, DAY)
            alerts["share"][rows] = allot(volume)

    def _step(self, view: View, alerts: State) -> tuple[Answer, list[list[Reading]]]:
        """Advance every test by a look; return what the rule's condition said, and the readings of the worse ones."""
        waits = alerts["state"] <= PENDING
        young = (alerts["learning"] > 0) & (waits | alerts["young"])
        learn = (young | ((alerts["state"] == OK) & ~alerts["near"])) & view.learns(self.rule.every)
        asked = waits | young
        share = alerts["share"]
        everyone = np.ones_like(asked)
        readings = [
            probe.step(view, asked if probe.calibrated else everyone, learn, share) for probe in self.condition.probes
        ]
        worse = [[probe.step(view, everyone, learn, share) for probe in condition.probes] for condition in self.worse]
        stepped = reduce(np.logical_or, [reading.stepped for reading in readings])
        left = reduce(np.maximum, [reading.left for reading in readings])
        alerts["learning"][stepped] = left[stepped]
        alerts["near"] = reduce(np.logical_or, [reading.near for reading in readings])
        return ask(view, self.condition, readings, waits), worse

    def _signs(self, view: View, alerts: State, answer: Answer) -> Signs:
        called = np.flatnonzero(alerts["state"] > PENDING)
        count = len(alerts["state"])
        verdict = np.full(count, Verdict.HOLD, dtype=np.int8)
        renewed, clean = np.zeros(count, dtype=np.bool_), np.full(count, view.end)
        if len(called):
            some = {name: alerts[name][called] for name in phases.FIELDS}
            found = outlook(view, self.condition, answer.readings, some, called)
            verdict[called] = np.where(found.silent & (self.rule.no_data == "ok"), Verdict.GOOD, found.verdict)
            renewed[called] = found.renewed | (self.rule.no_data == "ok")
            clean[called] = found.clean
        data = self._data(view, count) if self._pace.calls else np.ones(count, dtype=np.bool_)
        said = answer.call
        return Signs(said.over, said.ready, said.crossing, verdict, data, renewed, clean)

    def _data(self, view: View, count: int) -> Bools:
        """Tell which series had data since the look before this one; a count, while its feed lives."""
        if self.rule.metric.form is Form.COUNT:
            return np.full(count, view.lives(self.rule.projection, max(self.rule.clear_after, 3 * self.rule.every)))
        seen = view.observe(self.rule.metric, self.rule.projection, (self.rule.every,))
        return seen.n[:, 0] > 0

    def _begin(self, view: View, alerts: State, answer: Answer, places: Ints) -> None:
        """Write down what fired, where it began and how loudly it may call."""
        if not len(places):
            return
        bits = 1 << np.arange(len(self.condition.probes), dtype=np.uint32)
        alerts["tests"][places] = bits @ answer.call.tests[:, places]
        lead = answer.lead[places]
        directions = [DIRECTIONS.index(probe.test.direction) for probe in self.condition.probes]
        alerts["lead"][places], alerts["direction"][places] = lead, np.array(directions)[lead]
        alerts["since"][places] = began(view, self.condition, answer, places)
        alerts["score"][places] = answer.score(places)
        loud, quiet = self._loudest(self.rule.tier).rank, Tier.WATCH.rank
        alerts["young"][places] = ~answer.loud[places]
        alerts["tier"][places] = np.where(answer.loud[places], loud, quiet)

    def _ask_worse(self, view: View, alerts: State, worse: Sequence[Sequence[Reading]]) -> Ways:
        """Join the readings of the ways to worsen, if anything fires."""
        firing = alerts["state"] == FIRING
        if not firing.any():
            return []
        pairs = zip(self.worse, worse, strict=True)
        return [(condition, ask(view, condition, readings, firing)) for condition, readings in pairs]

    def _worsen(self, alerts: State, ways: Ways) -> Ints:
        """Raise the tier of firing alerts; return by which way of worsening each rose last, (m,), -1 for none."""
        rises = np.full(len(alerts["state"]), -1, dtype=np.int64)
        for place, (condition, answer) in enumerate(ways):
            rank = self._loudest(condition.tier).rank
            up = answer.call.crossing & answer.loud & (alerts["tier"] < rank)
            alerts["tier"][up], rises[up] = rank, place
        return rises

    def _lasting(self, alerts: State, end: float) -> Ints:
        """Return the places of the alerts that have lasted; what is over a line that no baseline moves would fire again at once."""
        if not self.settles:
            return np.empty(0, dtype=np.int64)
        places = phases.lasting(alerts, end, self.rule.accept_after)
        found: Ints = places[alerts["tests"][places] & self._lines == 0]
        return found

    def _accept(self, view: View, told: Mapping[int, Note]) -> list[Finding]:
        """Make usual what the called alerts of some rows tell of; return a finding for each, with who said so and why."""
        if not told:
            return []
        rows = np.array(sorted(told), dtype=np.int64)
        for probe in self.probes:
            adapt(view, probe, rows, self.alerts.arrays["since"][rows])
        phases.settle(self.alerts.arrays, rows)
        self.leaps += len(rows)
        alerts = [(self.gone(row), note) for row, note in told.items()]
        for row in told:
            del self.called[row]
        return [accepted(alert, view.end, view.now, note.by, note.text) for alert, note in alerts]

    def _clear(self, rows: Ints) -> None:
        for row in rows.tolist():
            self.called.pop(row, None)
        for probe in self.probes if len(rows) else ():
            probe.table.forgive(rows)

    def _loudest(self, tier: Tier) -> Tier:
        return Tier.WATCH if self.rule.shadow else tier
