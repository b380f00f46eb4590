"""One test of one rule at work: its detector, the detector's state, the line its score must pass."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from andon.bank.table import Table
from andon.bank.thresholds import line
from andon.bank.view import View, pick
from andon.detector import Detector, Expectation, Settings
from andon.errors import ConfigError
from andon.model import Bools, Direction, Floats, Ints, Observation, Projection
from andon.rulebook.model import Rule, Test

NEAR = 1.0
"""Nothing is learnt from a series whose score came within this of its threshold: a factor e in odds.

Far less would starve learning: in control a Shiryaev-Roberts sum passes the square root of its threshold all the time.
What is learnt before is mild, and the detector's own predictive sums are made for it.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What a test said of m series at a look, each (m,); see `detector.Scores`.

    `stepped`: it was asked at all (the rest is -inf, False, NaN, 0). `bar`: the threshold (NaN: none yet). `over`: it was
    reached. `near`: the score is so high that nothing is to be learnt next.
    """

    stepped: Bools
    score: Floats
    fresh: Bools
    since: Floats
    left: Floats
    bar: Floats
    over: Bools
    near: Bools


class Probe:
    """A detector made from a rule's test, and its state for each of the rule's series."""

    def __init__(self, rule: Rule, test: Test, detector: type[Detector], sharing: int) -> None:
        if rule.metric.form not in detector.takes:
            raise ConfigError(
                f"{rule.place}: rule {rule.id!r}: detector {test.detector!r} cannot take a {rule.metric.form.value} such as "
                f"{rule.metric.word!r}; it takes {', '.join(sorted(detector.takes))}"
            )
        self.rule, self.test = rule, test
        self.detector: Detector = detector(
            Settings(rule.every, rule.metric.form, test.direction, test.smallest, test.options)
        )
        self.line = line(rule, test, self.detector, sharing)
        self.windows = tuple(float(window) for window in self.detector.windows)
        self.table = Table(self.detector.fields)
        self.signature = signature(rule, test, self.detector.format)
        self.earlier = frozenset(signature(rule, test, number) for number in range(1, self.detector.format))
        """Signatures of the same test under layouts that are read no more: what it had learnt is learnt again."""

    @property
    def calibrated(self) -> bool:
        """Tell whether its threshold comes from a promise."""
        return self.detector.calibrated

    @property
    def lean(self) -> Direction | None:
        """Tell towards which side the volume of known events is believed: to where the test looks, so that it does not call for it.

        A fixed line that has learnt nothing takes what comes as it comes: None.
        """
        return self.test.direction if self.table.fields else None

    def observe(self, view: View, spans: tuple[float, ...], rows: Ints | None = None) -> Observation:
        """Return what the rule's metric showed as this test is to see it; as `View.observe`."""
        return view.observe(self.rule.metric, self.rule.projection, spans, rows, self.lean)

    def step(self, view: View, stepped: Bools, learn: Bools, share: Floats) -> Reading:
        """Advance the series that are `stepped` by the view's look; all arguments (m,), as the view's rows."""
        rows = view.rows(self.rule.projection)
        observation = self.observe(view, self.windows)
        if stepped.all():
            scores = self.detector.step(self.table.arrays, rows, observation, view.end, learn)
            return self._reading(stepped, scores.score, scores.fresh, scores.since, scores.learning_left, share)
        score, since = np.full(len(rows), -np.inf), np.full(len(rows), np.nan)
        fresh, left = np.zeros(len(rows), dtype=np.bool_), np.zeros(len(rows))
        if stepped.any():
            some = pick(observation, stepped)
            scores = self.detector.step(self.table.arrays, rows[stepped], some, view.end, learn[stepped])
            score[stepped], fresh[stepped] = scores.score, scores.fresh
            since[stepped], left[stepped] = scores.since, scores.learning_left
        return self._reading(stepped, score, fresh, since, left, share)

    def learn(self, view: View, seconds: float) -> Floats:
        """Learn from a piece of history that ended at the view's look; return what is left to learn, (m,) seconds.

        Windows no longer than the piece become the piece; longer ones are observed as they are.
        """
        rows = view.rows(self.rule.projection)
        if not self.table.fields:
            return np.zeros(len(rows))
        spans = tuple(max(seconds, window) for window in self.windows)
        observation = self.observe(view, spans)
        learn = np.full(len(rows), view.learns(seconds), dtype=np.bool_)
        scores = self.detector.step(self.table.arrays, rows, observation, view.end, learn)
        self.table.forgive(rows)
        return scores.learning_left

    def expect(self, rows: Ints, observation: Observation, end: float) -> Expectation:
        """Return what was expected of such windows."""
        return self.detector.expect(self.table.arrays, rows, observation, end)

    def _reading(
        self, stepped: Bools, score: Floats, fresh: Bools, since: Floats, left: Floats, share: Floats
    ) -> Reading:
        """Compare with the threshold; a detector with a line of its own fires above 0."""
        if not self.calibrated:
            over = score > 0
            return Reading(stepped, score, fresh, since, left, np.zeros(len(score)), over, over)
        bar = self.line - np.log(share)
        return Reading(stepped, score, fresh, since, left, bar, score >= bar, score > bar - NEAR)


def signature(rule: Rule, test: Test, number: int) -> str:
    """Return a hash of all that a test's state depends on, its layout's number too; the promise and `at_least` are not among it."""
    told = [test.detector, number, test.direction, test.options, test.smallest, rule.every]
    return _hash([*told, rule.metric, rule.projection])


def sameness(rule: Rule) -> str:
    """Return a hash of what makes a rule's series the same series."""
    return sameness_of(rule.projection)


def sameness_of(projection: Projection) -> str:
    """Return a hash of what makes series the same series."""
    return _hash([projection])


def _hash(told: list[Any]) -> str:
    return hashlib.sha256(msgspec.json.encode(told, enc_hook=_plain, order="deterministic")).hexdigest()[:32]


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value)
