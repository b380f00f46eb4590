"""A small world for the bank: two small detectors, rules in one line, customers that behave as told."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from andon.bank.bank import Bank
from andon.detector import Detector, Expectation, Field, Scores, Settings, State
from andon.model import (
    KINDS,
    Batch,
    Bools,
    Direction,
    Finding,
    Floats,
    Form,
    Ints,
    Kind,
    Labels,
    Match,
    Metric,
    Note,
    Observation,
    Projection,
    Tier,
)
from andon.rulebook.model import Each, Event, FalseAlarms, Group, Place, Rule, Test, When, Worsen
from andon.streams.limits import Limits
from andon.streams.metrics import SCALES
from andon.streams.streams import Streams

DAY = 86_400.0
CRASHES = Metric("crash_rate", Kind.CRASH, "", Form.PROPORTION, "share")
GRIPES = Metric("complaints", Kind.COMPLAINT, "", Form.COUNT, "per hour")
HEAT = Metric("gauge:heat", Kind.GAUGE, "heat", Form.LEVEL, "")
BY_APP = Projection(Kind.CRASH, by=("app",))
MONTHLY = FalseAlarms(1.0, 30 * DAY)


def _rate(observation: Observation) -> Floats:
    x, n = observation.x[:, 0], observation.n[:, 0]
    if observation.form is Form.LEVEL:
        return x
    value: Floats = np.divide(x, n, out=np.full(len(x), np.nan), where=n > 0)
    return value


class Shift:
    """A Shiryaev-Roberts sum for a share that doubles, on a baseline learnt as a plain mean of the first `warm` looks on."""

    name: ClassVar[str] = "shift"
    takes: ClassVar[frozenset[Form]] = frozenset({Form.PROPORTION, Form.COUNT})
    calibrated: ClassVar[bool] = True
    format: ClassVar[int] = 1

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._warm = float(settings.options.get("warm", 20.0))
        self._factor = 0.5 if settings.direction is Direction.FALLS else 2.0

    @property
    def fields(self) -> Mapping[str, Field]:
        return {
            "looks": Field(),
            "x": Field(),
            "n": Field(),
            "log_r": Field(fill=-math.inf, evidence=True),
            "page": Field(evidence=True),
            "since": Field(fill=math.nan, evidence=True),
        }

    @property
    def windows(self) -> Sequence[float]:
        return (self._settings.every,)

    def step(self, state: State, rows: Ints, observation: Observation, now: float, learn: Bools) -> Scores:
        x, n = observation.x[:, 0], observation.n[:, 0]
        some = n > 0
        usual = (state["x"][rows] + 0.5) / (state["n"][rows] + 1.0)
        if observation.form is Form.COUNT:
            llr = x * math.log(self._factor) - usual * n * (self._factor - 1)
        else:
            usual = np.minimum(usual, 0.4)
            other = usual * self._factor
            llr = x * np.log(other / usual) + (n - x) * np.log((1 - other) / (1 - usual))
        known = some & (state["looks"][rows] >= 2)
        before = state["log_r"][rows]
        log_r = np.where(known, np.logaddexp(before, 0.0) + llr, before)
        begins = known & (state["page"][rows] <= 0)
        state["page"][rows] = np.maximum(state["page"][rows] + np.where(known, llr, 0.0), 0.0)
        state["since"][rows] = np.where(begins, now - observation.seconds[0], state["since"][rows])
        state["log_r"][rows] = log_r
        for name, more in (("looks", np.ones(len(rows))), ("x", x), ("n", n)):
            state[name][rows] += np.where(learn & some, more, 0.0)
        left = np.maximum(self._warm - state["looks"][rows], 0.0) * self._settings.every
        return Scores(log_r, known & (llr > 0), state["since"][rows], left)

    def expect(self, state: State, rows: Ints, observation: Observation, now: float) -> Expectation:
        del now
        n = np.maximum(observation.n[:, 0], 1.0)
        usual = (state["x"][rows] + 0.5) / (state["n"][rows] + 1.0)
        usual = np.where(state["n"][rows] > 0, usual, np.nan)
        half = 1.96 * np.sqrt(usual / n) + 0.5 / n
        return Expectation(usual, np.maximum(usual - half, 0.0), usual + half)


class Line:
    """A fixed line, good again below nine tenths of it."""

    name: ClassVar[str] = "line"
    takes: ClassVar[frozenset[Form]] = frozenset(Form)
    calibrated: ClassVar[bool] = False
    format: ClassVar[int] = 1

    def __init__(self, settings: Settings) -> None:
        self._line = float(settings.options["above"])
        self._over = float(settings.options.get("over", settings.every))

    @property
    def fields(self) -> Mapping[str, Field]:
        return {}

    @property
    def windows(self) -> Sequence[float]:
        return (self._over,)

    def step(self, state: State, rows: Ints, observation: Observation, now: float, learn: Bools) -> Scores:
        del state, learn
        value = _rate(observation)
        score = np.where(np.isnan(value), -np.inf, value / self._line - 1.0)
        since = np.full(len(rows), now - self._over)
        return Scores(score, ~np.isnan(value), since, np.zeros(len(rows)))

    def expect(self, state: State, rows: Ints, observation: Observation, now: float) -> Expectation:
        del state, observation, now
        edge = np.full(len(rows), 0.9 * self._line)
        return Expectation(edge, np.full(len(rows), -np.inf), edge)


DETECTORS: dict[str, type[Detector]] = {"shift": Shift, "line": Line}


def trial(detector: str = "line", **kwargs: Any) -> Test:
    """A test; `line` is above 5 % unless told otherwise, `shift` promises one false alarm a month."""
    if detector == "line":
        kwargs.setdefault("options", {"above": 0.05})
    else:
        kwargs.setdefault("promise", MONTHLY)
    return Test(detector, **kwargs)


def rule(*tests: Test, id: str = "crashes", op: str = "any", **kwargs: Any) -> Rule:  # noqa: A002 - a rule has an id
    """A rule on crash rates by app, with every default filled in."""
    worsens = tuple(Worsen(tier, when=When("any", (one,))) for tier, one in kwargs.pop("worsens", ()))
    given: dict[str, Any] = {
        "name": id,
        "place": Place("rules.yml", 1),
        "projection": BY_APP,
        "metric": CRASHES,
        "when": When(op, tests) if tests else None,
        "each": None,
        "tier": Tier.YELLOW,
        "owner": "everyone",
        "policy": "default",
        "every": 60.0,
        "hold": 0.0,
        "clear_after": 600.0,
        "no_data": "hold",
        "worsens": worsens,
        **kwargs,
    }
    return Rule(id=id, **given)


def each(condition: Each, id: str = "furious", **kwargs: Any) -> Rule:  # noqa: A002 - a rule has an id
    """An `each` rule on stars, without a segment of its own."""
    metric = Metric("ratings", Kind.RATING, "", Form.COUNT, "per hour")
    given = {"projection": Projection(Kind.RATING, "stars"), "metric": metric, "group": Group(("product",)), **kwargs}
    return rule(id=id, each=condition, **given)


def batch(
    kind: Kind,
    rows: Sequence[tuple[float, Labels, float, float]],
    name: str = "",
    notes: Mapping[int, Note] | None = None,
) -> Batch:
    """A batch of (time, segment, value, of)."""
    segments: list[Labels] = []
    for _, labels, _, _ in rows:
        if labels not in segments:
            segments.append(labels)
    count = len(rows)
    return Batch(
        arrived=max((time for time, *_ in rows), default=0.0),
        segments=tuple(segments),
        names=(name,),
        kind=np.full(count, KINDS.index(kind), dtype=np.uint8),
        segment=np.array([segments.index(labels) for _, labels, _, _ in rows], dtype=np.int32),
        name=np.zeros(count, dtype=np.int32),
        value=np.array([value for _, _, value, _ in rows], dtype=np.float64),
        of=np.array([of for *_, of in rows], dtype=np.float64),
        time=np.array([time for time, *_ in rows], dtype=np.float64),
        ahead=np.zeros(count, dtype=np.bool_),
        notes=dict(notes or {}),
    )


class World:
    """Streams and a bank over them, moved a minute at a time."""

    def __init__(
        self,
        *rules: Rule,
        limits: Limits | None = None,
        start: float = 0.0,
        detectors: Mapping[str, type[Detector]] | None = None,
        events: Sequence[Event] = (),
    ) -> None:
        self.rules, self.limits = rules, limits or Limits()
        self.detectors, self.events = detectors or DETECTORS, events
        self.now = start
        self.findings: list[Finding] = []
        self.streams, self.bank = self.made()

    def made(self, rules: Sequence[Rule] | None = None) -> tuple[Streams, Bank]:
        """New streams and a new bank, by these rules or others."""
        rules = self.rules if rules is None else rules
        streams = Streams([one.projection for one in rules], SCALES, {}, self.limits)
        return streams, Bank(rules, streams, self.detectors, self.events)

    def minute(
        self, *rows: tuple[Labels, float, float], kind: Kind = Kind.CRASH, name: str = "", seconds: float = 60.0
    ) -> list[Finding]:
        """Let (segment, value, of) happen within a minute (or so) and look; return what was found."""
        if rows:
            self.streams.fold(batch(kind, [(self.now + 5.0, *row) for row in rows], name))
        self.now += seconds
        found = self.bank.judge(self.now, self.now + 30.0)
        self.streams.age(self.now)
        self.findings += found
        return found

    def crashing(self, rate: float, minutes: int = 1, sessions: float = 1000.0, app: str = "ios") -> list[Finding]:
        """Let one app crash at a rate for some minutes; return what was found meanwhile."""
        found = []
        for _ in range(minutes):
            found += self.minute(({"app": app}, round(rate * sessions), sessions))
        return found

    def quiet(self, minutes: int = 1) -> list[Finding]:
        """Let nothing happen."""
        found = []
        for _ in range(minutes):
            found += self.minute()
        return found

    def restart(self, rules: Sequence[Rule] | None = None) -> None:
        """Save, and go on with new streams and a new bank."""
        streams, bank = self.streams.save(), self.bank.save()
        self.streams, self.bank = self.made(rules)
        self.streams.load(streams)
        self.bank.load(bank)


def states(findings: Sequence[Finding]) -> list[str]:
    """The states that were told, in order."""
    return [finding.state.value for finding in findings]


def where(dimension: str, *values: str) -> Match:
    """A condition on a dimension."""
    return Match(dimension, frozenset(values))
