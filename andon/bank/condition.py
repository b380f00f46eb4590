"""A condition of a rule as probes: the one that fires it, or one by which it worsens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from andon.bank.probe import Probe, Reading
from andon.bank.signs import Call, call, lead, learnt, since
from andon.bank.thresholds import sharing
from andon.bank.view import View
from andon.detector import Detector
from andon.errors import ConfigError
from andon.model import Bools, Floats, Ints, Tier
from andon.rulebook.model import Rule, When

MOST_TESTS = 32


@dataclass(frozen=True, slots=True)
class Condition:
    """Tests joined by `op` that call for `tier`."""

    tier: Tier
    op: str
    probes: tuple[Probe, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a condition, whose tests are joined by `op`, said of m series at a look."""

    op: str
    readings: Sequence[Reading]
    call: Call

    @property
    def loud(self) -> Bools:
        """Tell where it has learnt enough to call for its tier, (m,)."""
        return learnt(self.op, self.readings, self.call.tests)

    @property
    def lead(self) -> Ints:
        """Return which test is furthest over its threshold, (m,)."""
        return lead(self.readings, self.call.tests)

    def score(self, places: Ints) -> Floats:
        """Return the leading tests' scores of some series."""
        return np.stack([reading.score for reading in self.readings])[self.lead[places], places]

    def left(self, places: Ints) -> Floats:
        """Return the seconds that the leading tests still have to learn."""
        return np.stack([reading.left for reading in self.readings])[self.lead[places], places]


Ways: TypeAlias = Sequence[tuple[Condition, Answer]]
"""What the conditions by which a rule worsens said."""


def make(rule: Rule, when: When, tier: Tier, detectors: Mapping[str, type[Detector]]) -> Condition:
    """Make a condition's probes; ConfigError names a detector that is not there."""
    if len(when.tests) > MOST_TESTS:
        raise ConfigError(f"{rule.place}: rule {rule.id!r}: {len(when.tests)} tests; at most {MOST_TESTS} are allowed")
    kinds = [_known(rule, test.detector, detectors) for test in when.tests]
    parts = sharing(when, sum(kind.calibrated for kind in kinds))
    probes = (Probe(rule, test, kind, parts) for test, kind in zip(when.tests, kinds, strict=True))
    return Condition(tier, when.op, tuple(probes))


def ask(view: View, condition: Condition, readings: Sequence[Reading], among: Bools) -> Answer:
    """Join what a condition's tests read at a look, for the series that are `among` those it may call for, (m,)."""
    return Answer(condition.op, readings, call(view, condition.op, condition.probes, readings, among))


def began(view: View, condition: Condition, answer: Answer, places: Ints) -> Floats:
    """Return the change points that the leading tests tell of some series."""
    told = [since(view, probe, reading) for probe, reading in zip(condition.probes, answer.readings, strict=True)]
    return np.stack(told)[answer.lead[places], places]


def _known(rule: Rule, name: str, detectors: Mapping[str, type[Detector]]) -> type[Detector]:
    if name not in detectors:
        raise ConfigError(
            f"{rule.place}: rule {rule.id!r}: found the detector {name!r}; known are {', '.join(sorted(detectors))}. "
            "A plugin that was just added is seen once its package is installed anew"
        )
    return detectors[name]
