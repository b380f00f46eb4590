"""The bank's door: every rule's judge, one look after another."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from andon.bank import snapshot
from andon.bank.each import Eachs
from andon.bank.findings import Gone, retired
from andon.bank.judge import Judge
from andon.bank.lights import Panel
from andon.bank.order import sort_key
from andon.bank.overflow import overflow
from andon.bank.probe import sameness
from andon.bank.thresholds import promised
from andon.bank.view import View
from andon.detector import Detector
from andon.model import KINDS, Batch, Finding, Floats, Kind, Labels, Light, Note
from andon.rulebook.model import Event, Rule
from andon.streams.streams import Streams

TICK = 60
_ACCEPT = KINDS.index(Kind.ACCEPT)
_NOTHING = Note()


class Bank:
    """All rules at work on the streams: looks in, findings out, decided by nothing else.

    `detectors` by name. `events`: known stretches of time whose volume is expected and not learnt from. ConfigError: a rule names a
    detector that is not there, or tells it what it cannot mean.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        streams: Streams,
        detectors: Mapping[str, type[Detector]],
        events: Sequence[Event] = (),
    ) -> None:
        rules = sorted(rules, key=lambda rule: rule.id)
        self.judges = [Judge(rule, rule.when, detectors) for rule in rules if rule.when is not None]
        self.tick = float(math.gcd(*(round(judge.rule.every) for judge in self.judges)) or TICK)
        self._streams, self._events = streams, tuple(events)
        self._eachs = Eachs(rules, streams.limits.too_late)
        self._panels = [Panel(judge, self._events) for judge in self.judges]
        self._end = -math.inf
        self._overflowed: set[str] = set()
        self._waiting: list[Gone] = []
        self._gone: list[Gone] = []

    def judge(self, end: float, now: float) -> list[Finding]:
        """Return what changed at the look that ended at `end`; a look at or before the last one finds nothing."""
        if end <= self._end:
            return []
        self._end = end
        findings = self._eachs.flush(now)
        self._drain()
        findings += [retired(alert, end, now) for alert in self._waiting]
        self._waiting = []
        view = self._view(end, now)
        for judge in self.judges:
            if end % judge.rule.every == 0:
                findings += judge.look(view)
        findings += overflow(self._streams, self._overflowed, end, now)
        return sorted(findings, key=sort_key)

    def learn(self, end: float, seconds: float) -> None:
        """Learn what is usual from a piece of history, `seconds` long, that ended at `end`; nothing is found in it.

        Shares, counts and scores add up, and are learnt from the piece at once; a level is learnt look by look.
        """
        if end <= self._end:
            return
        self._end = end
        self._drain()
        whole = self._view(end, end)
        for judge in self.judges:
            if judge.adds or judge.rule.every >= seconds:
                judge.learn(whole, seconds)
                continue
            for at in np.arange(end - seconds, end, judge.rule.every).tolist():  # a level's noise is its window's
                judge.learn(self._view(at + judge.rule.every, at + judge.rule.every), judge.rule.every)

    def each(self, batch: Batch, now: float | Floats) -> list[Finding]:
        """Return what single signals call for, at once: people's pulls, matches of `each` rules, and what people accepted.

        `now` is the clock at all of them, or at each, (n,).
        """
        findings = self._eachs.judge(batch, now)
        if (batch.kind == _ACCEPT).any():
            findings += self._accept(batch, now)
        return findings

    def retire(self, now: float) -> list[Finding]:
        """Return a finding for each called alert whose rule or series an edit of the rulebook removed; once."""
        gone, self._gone = self._gone, []
        return sorted((retired(alert, self._end, now) for alert in gone), key=sort_key)

    def lights(self) -> list[Light]:
        """Return every rule's view of every live segment."""
        return [light for lights in self.panels() for light in lights]

    def panels(self) -> Iterator[list[Light]]:
        """Yield each rule's lights, as of when it is asked for."""
        return (panel.show(self._streams) for panel in self._panels)

    def promised(self, rule: str) -> float:
        """Return the false pages per 30 days that a rule has promised to stay below, over its live segments."""
        found = [judge.rule for judge in self.judges if judge.rule.id == rule]
        return sum(promised(one, len(self._streams.rows(one.projection))) for one in found)

    def facts(self) -> dict[str, float]:
        """Return the bank's own counts; `false_pages_promised` is per 30 days."""
        rows = [self._streams.rows(judge.rule.projection) for judge in self.judges]
        learning = [judge.learning(some) for judge, some in zip(self.judges, rows, strict=True)]
        return {
            "detectors": float(sum(len(judge.probes) for judge in self.judges)),
            "rows": float(sum(len(some) for some in rows)),
            "rows_learning": float(sum(learning)),
            "called": float(sum(len(judge.called) for judge in self.judges)),
            "false_pages_promised": sum(self.promised(judge.rule.id) for judge in self.judges),
        }

    def save(self) -> bytes:
        """Return the whole state in a numbered format."""
        self._drain()
        kept = [snapshot.keep(judge, self._streams) for judge in self.judges]
        rules = {sameness(judge.rule): judge.rule for judge in self.judges}
        segments = {name: self._segments(rule) for name, rule in rules.items()}
        saved = snapshot.Saved(
            format=snapshot.FORMAT,
            end=self._end,
            segments=segments,
            rules=kept,
            crowds=list(self._eachs.crowds.values()),
            overflowed=sorted(self._overflowed),
            waiting=self._waiting,
            gone=self._gone,
            told=self._eachs.told,
        )
        return snapshot.encode(saved)

    def load(self, data: bytes) -> None:
        """Take up a saved state in a new bank whose streams have taken up theirs.

        What an edit of the rulebook does not touch goes on; `retire` tells of alerts that it left behind.
        """
        saved = snapshot.decode(data)
        judges = {judge.rule.id: judge for judge in self.judges}
        self._end, self._waiting, self._overflowed = saved.end, saved.waiting, set(saved.overflowed)
        self._gone = list(saved.gone)
        for kept in saved.rules:
            if kept.rule in judges:
                judge, segments = judges[kept.rule], saved.segments[kept.series]
                self._gone += snapshot.restore(judge, kept, segments, self._streams)
                if (old := snapshot.outdated(judge, kept)) and math.isfinite(saved.end):
                    judge.learn_again(self._view(saved.end, saved.end), old)
            else:
                self._gone += kept.called.values()
        self._eachs.load(saved.crowds, saved.told)

    def _accept(self, batch: Batch, now: float | Floats) -> list[Finding]:
        """Take for usual what alerts tell of, as people said: each signal names a rule, and the segment of one alert."""
        judges = {judge.rule.id: judge for judge in self.judges}
        clock = np.broadcast_to(np.asarray(now, np.float64), len(batch))
        told: dict[tuple[str, float, float], list[tuple[Labels, Note]]] = {}
        for at in np.flatnonzero(batch.kind == _ACCEPT).tolist():
            which = batch.names[int(batch.name[at])], float(batch.time[at]), float(clock[at])
            said = batch.segments[int(batch.segment[at])], batch.notes.get(at, _NOTHING)
            told.setdefault(which, []).append(said)
        findings: list[Finding] = []
        for (rule, when, heard), some in told.items():
            judge = judges.get(rule)
            if judge is not None and math.isfinite(judge.end):
                findings += judge.accept(self._view(judge.end, heard), some, when)
        return findings

    def _view(self, end: float, now: float) -> View:
        return View(self._streams, end, now, self._events)

    def _segments(self, rule: Rule) -> list[Labels]:
        return self._streams.segments_of(rule.projection, self._streams.rows(rule.projection))

    def _drain(self) -> None:
        """Take leave of the series that the streams have forgotten: their rows may be given to others."""
        for projection in dict.fromkeys(judge.rule.projection for judge in self.judges):
            rows = np.sort(self._streams.evicted(projection))
            for judge in self.judges if len(rows) else ():
                if judge.rule.projection == projection:
                    self._waiting += judge.evict(rows)
