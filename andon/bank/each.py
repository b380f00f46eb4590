"""Judges single signals as they pass: `each` rules as a mask over the batch, and people's pulls.

The first signal that matches calls at once. More of the same rule and segment before the next look are counted, and
told together after it: so a flood stays bounded, and it makes no difference where batches were cut.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from andon.bank.order import sort_key
from andon.model import KINDS, AlertState, Batch, Bools, Evidence, Finding, Kind, Labels, Note, Tier
from andon.rulebook.model import Rule
from andon.streams.where import passes

PULL = "pull"
_NOTHING = Note()
_QUOTES = 3


class Crowd(msgspec.Struct):
    """Signals of one rule and segment since the last look: how many, the newest one's time and value, newest texts."""

    rule: str
    segment: Labels
    count: int
    first: float
    newest: float
    value: float
    quotes: list[str] = msgspec.field(default_factory=list)

    def join(self, time: float, value: float, text: str) -> None:
        """Count another one."""
        self.count += 1
        self.first = min(self.first, time)
        if time >= self.newest:
            self.newest, self.value = time, value
        if text:
            self.quotes = [text, *self.quotes][:_QUOTES]


class Eachs:
    """Every `each` rule at work, and the rule `pull`."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = {rule.id: rule for rule in rules if rule.each is not None and rule.id != PULL}
        self.crowds: dict[tuple[str, tuple[tuple[str, str], ...]], Crowd] = {}

    def judge(self, batch: Batch, now: float) -> list[Finding]:
        """Return a finding for each pull, and for the first match of each rule and segment since the last look."""
        findings = _pulls(batch, now)
        for rule in self.rules.values():
            for position in np.flatnonzero(matches(rule, batch)).tolist():
                crowd = self._count(rule, batch, position)
                if crowd is not None:
                    findings.append(_finding(rule, crowd, now))
        return sorted(findings, key=sort_key)

    def flush(self, now: float) -> list[Finding]:
        """Return a finding for each rule and segment that matched more than once since the last look, and begin anew."""
        crowds, self.crowds = self.crowds, {}
        told = [_finding(self.rules[one.rule], one, now) for one in crowds.values() if one.count > 1]
        return sorted(told, key=sort_key)

    def load(self, crowds: Sequence[Crowd]) -> None:
        """Take up what was counted before; rules that are no more are left out."""
        kept = [crowd for crowd in crowds if crowd.rule in self.rules]
        self.crowds = {(crowd.rule, tuple(sorted(crowd.segment.items()))): crowd for crowd in kept}

    def _count(self, rule: Rule, batch: Batch, position: int) -> Crowd | None:
        """Count a signal; return its crowd if it is the first of it."""
        whole = batch.segments[int(batch.segment[position])]
        dimensions = dict.fromkeys((*rule.projection.by, *rule.group.by))
        labels = {name: whole[name] for name in dimensions if whole.get(name)}
        key = (rule.id, tuple(sorted(labels.items())))
        time, value = float(batch.time[position]), float(batch.value[position])
        text = batch.notes.get(position, _NOTHING).text
        crowd = self.crowds.get(key)
        if crowd is not None:
            crowd.join(time, value, text)
            return None
        first = self.crowds[key] = Crowd(rule.id, labels, 1, time, time, value, [text] if text else [])
        return first


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


def _index(names: tuple[str, ...], name: str) -> int:
    return names.index(name) if name in names else -1


def _pulls(batch: Batch, now: float) -> list[Finding]:
    found = []
    for position in np.flatnonzero(batch.kind == KINDS.index(Kind.PULL)).tolist():
        note, time = batch.notes.get(position, _NOTHING), float(batch.time[position])
        found.append(
            Finding(
                rule=PULL,
                segment=batch.segments[int(batch.segment[position])],
                state=AlertState.FIRING,
                tier=note.tier or Tier.YELLOW,
                window=time,
                at=now,
                since=time,
                by=note.by,
                owner=note.owner,
                text=note.text,
            )
        )
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
        window=crowd.newest,
        at=now,
        since=crowd.first,
        evidence=evidence,
    )
