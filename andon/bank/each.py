"""Judges single signals as they pass: `each` rules as a mask over the batch, and people's pulls.

The first signal that matches calls at once. More of the same rule and segment before the next look are counted, and
told together after it: so a flood stays bounded, and it makes no difference where batches were cut.

A finding's window is the clock it was found at, not its signal's own time: one that comes late, or after another whose
telephone's clock was ahead, must not pass for one that was applied already.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import islice
from operator import itemgetter
from typing import TypeAlias

import msgspec
import numpy as np

from andon.bank.order import sort_key
from andon.model import KINDS, AlertState, Batch, Bools, Evidence, Finding, Floats, Ints, Kind, Labels, Note, Tier
from andon.rulebook.model import Rule
from andon.streams.where import passes

PULL = "pull"
_PULL = KINDS.index(Kind.PULL)
_NOTHING = Note()
_QUOTES = 3
Placed: TypeAlias = tuple[int, Finding]
"""A finding and the position of the signal it is about."""


class Crowd(msgspec.Struct):
    """Signals of one rule and segment since the last look: how many, the newest one's time and value, newest texts."""

    rule: str
    segment: Labels
    count: int = 0
    first: float = np.inf
    newest: float = -np.inf
    value: float = np.nan
    quotes: list[str] = msgspec.field(default_factory=list)

    def join(self, batch: Batch, positions: Ints) -> None:
        """Count signals, in the log's order."""
        if not len(positions):
            return
        self.count += len(positions)
        time = batch.time[positions]
        self.first = min(self.first, float(time.min()))
        last = len(time) - 1 - int(np.argmax(time[::-1]))
        if time[last] >= self.newest:
            self.newest, self.value = float(time[last]), float(batch.value[positions[last]])
        texts = (batch.notes[place].text for place in reversed(positions.tolist()) if place in batch.notes)
        self.quotes = [*islice(filter(None, texts), _QUOTES), *self.quotes][:_QUOTES]


class Eachs:
    """Every `each` rule at work, and the rule `pull`; `told` is the window of the newest finding.

    A signal more than `too_late` seconds behind the clock calls nobody any more, unless the machine's clock was set back by as
    much; a person's pull still does.
    """

    def __init__(self, rules: Sequence[Rule], too_late: float) -> None:
        self.rules = {rule.id: rule for rule in rules if rule.each is not None and rule.id != PULL}
        self.crowds: dict[tuple[str, tuple[tuple[str, str], ...]], Crowd] = {}
        self.told = -math.inf
        self._too_late = too_late

    def judge(self, batch: Batch, now: float | Floats) -> list[Finding]:
        """Return a finding for each pull, and for the first match of each rule and segment since the last look.

        They come in the log's order. `now` is the clock at all signals, or at each, (n,).
        """
        pulls = np.flatnonzero(batch.kind == _PULL)
        if not len(pulls) and not self.rules:
            return []
        clock = np.broadcast_to(np.asarray(now, np.float64), len(batch))
        findings = _pulls(batch, clock, pulls)
        for rule in self.rules.values():
            findings += self._match(rule, batch, clock)
        return [self._numbered(finding) for _, finding in sorted(findings, key=itemgetter(0))]

    def flush(self, now: float) -> list[Finding]:
        """Return a finding for each rule and segment that matched more than once since the last look, and begin anew."""
        crowds, self.crowds = self.crowds, {}
        told = [_finding(self.rules[one.rule], one, now) for one in crowds.values() if one.count > 1]
        return [self._numbered(finding) for finding in sorted(told, key=sort_key)]

    def load(self, crowds: Sequence[Crowd], told: float) -> None:
        """Take up what was counted and told before; rules that are no more are left out."""
        self.told = told
        kept = [crowd for crowd in crowds if crowd.rule in self.rules]
        self.crowds = {(crowd.rule, tuple(sorted(crowd.segment.items()))): crowd for crowd in kept}

    def _numbered(self, finding: Finding) -> Finding:
        """Return a finding whose window is later than any before it, also where the clock has stood still."""
        self.told = max(finding.at, math.nextafter(self.told, math.inf))
        return msgspec.structs.replace(finding, window=self.told)

    def _match(self, rule: Rule, batch: Batch, clock: Floats) -> list[Placed]:
        positions = np.flatnonzero(matches(rule, batch) & (clock - batch.set_back - batch.time <= self._too_late))
        if not len(positions):
            return []
        names = tuple(dict.fromkeys((*rule.projection.by, *rule.group.by)))
        segments, of = np.unique(batch.segment[positions], return_inverse=True)
        labels = [_labels(batch.segments[segment], names) for segment in segments.tolist()]
        numbers = {key: number for number, key in enumerate(dict.fromkeys(labels))}
        group = np.array([numbers[one] for one in labels])[of]
        findings: list[Placed] = []
        for key, number in numbers.items():
            mine = positions[group == number]
            crowd = self.crowds.get((rule.id, key))
            if crowd is None:
                crowd = self.crowds[rule.id, key] = Crowd(rule.id, dict(key))
                crowd.join(batch, mine[:1])
                findings.append((int(mine[0]), _finding(rule, crowd, float(clock[mine[0]]))))
                mine = mine[1:]
            crowd.join(batch, mine)
        return findings


def matches(rule: Rule, batch: Batch) -> Bools:
    """Return which signals an `each` rule is about, (n,): kind and name, bounds, then each segment once."""
    found: Bools = batch.kind == KINDS.index(rule.projection.kind)
    each = rule.each
    if each is None or not found.any():
        return np.zeros(len(batch), dtype=np.bool_)
    if rule.projection.name:
        found &= batch.name == _index(batch.names, rule.projection.name)
    if each.bound.below is not None:
        found &= batch.value < each.bound.below
    if each.bound.above is not None:
        found &= batch.value > each.bound.above
    conditions = (*rule.projection.where, *each.matches)
    if conditions and found.any():
        fits = np.zeros(len(batch.segments), dtype=np.bool_)
        for segment in np.unique(batch.segment[found]).tolist():
            fits[segment] = passes(batch.segments[segment], conditions)
        found &= fits[batch.segment]
    return found


def _labels(segment: Labels, names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, segment[name]) for name in names if segment.get(name)))


def _index(names: tuple[str, ...], name: str) -> int:
    return names.index(name) if name in names else -1


def _pulls(batch: Batch, clock: Floats, positions: Ints) -> list[Placed]:
    found: list[Placed] = []
    for position in positions.tolist():
        note, time = batch.notes.get(position, _NOTHING), float(batch.time[position])
        finding = Finding(
            rule=PULL,
            segment=batch.segments[int(batch.segment[position])],
            state=AlertState.FIRING,
            tier=note.tier or Tier.YELLOW,
            window=float(clock[position]),
            at=float(clock[position]),
            since=time,
            by=note.by,
            owner=note.owner,
            text=note.text,
        )
        found.append((position, finding))
    return found


def _finding(rule: Rule, crowd: Crowd, now: float) -> Finding:
    nan = float("nan")
    evidence = Evidence(
        metric=rule.metric.word,
        unit=rule.metric.unit,
        observed=crowd.value,
        expected=nan,
        low=nan,
        high=nan,
        n=float(crowd.count),
        seconds=crowd.newest - crowd.first,
        since=crowd.first,
        quotes=list(crowd.quotes),
        text=crowd.quotes[0] if crowd.quotes else "",
        detector="each",
    )
    return Finding(
        rule=rule.id,
        segment=crowd.segment,
        state=AlertState.FIRING,
        tier=Tier.WATCH if rule.shadow else rule.tier,
        window=now,
        at=now,
        since=crowd.first,
        evidence=evidence,
    )
