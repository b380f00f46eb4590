"""A detector driven as the bank drives it, many like series at once, until each has rung or the time is over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from math import exp, inf, log, sqrt
from multiprocessing import get_context
from typing import Any

import numpy as np
from rich.console import Console

from andon.bank.probe import NEAR
from andon.bank.view import pick
from andon.detector import Detector, Scores, Settings, State
from andon.model import Bools, Floats, Ints
from andon.plugins import detector
from andon.testing.series import START
from andon.testing.trial import empty
from tests.bench import Row
from tests.bench._detect_laws import Draw, Stream

_LOST = 5.0
"""How many times what was asked a change is waited for."""
_WIDE = 200


@dataclass(frozen=True, slots=True)
class Course:
    """How a detector is driven: `asked` looks between false alarms, and `history` pieces to learn from before.

    `piece`: seconds of a piece of history; 0: those of a look. `known`: from when until when, in epoch seconds, an event
    goes on that was written down, so that nothing is learnt.
    """

    name: str
    settings: Settings
    asked: float
    history: int
    piece: float = 0.0
    known: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Length:
    """What `rows` series in control showed: looks between false alarms, from runs that end at the first or with the time.

    `mean` and its standard error `se` by looks at risk over alarms, counted only where the detector said that it promises;
    `alarms` of them, and `risk` looks. `early`: the share of rows that rang within the first tenth of what was asked,
    whatever the detector said. `learning`: the share of looks at which it did not promise.
    """

    mean: float
    se: float
    alarms: int
    risk: float
    early: float
    learning: float

    @property
    def interval(self) -> tuple[float, float]:
        """Return where the mean lies at 95 %; three alarms where there was none would be as likely as 1 in 20."""
        if not self.alarms:
            return self.risk / 3.0, inf
        wide = exp(1.96 * self.se / self.mean)
        return self.mean / wide, self.mean * wide


@dataclass
class Bank:
    """Series of one detector at work; `live` are those that have not rung, `learn` which of them may learn next."""

    course: Course
    detector: Detector
    state: State
    draw: Draw
    live: Ints
    learn: Bools
    now: float = START

    @classmethod
    def taught(cls, course: Course, draw: Draw, rows: int) -> Bank:
        """Begin, let every series learn from its history, and forgive what evidence that left."""
        made = detector(course.name)(course.settings)
        bank = cls(course, made, empty(made, rows), draw, np.arange(rows), np.ones(rows, dtype=np.bool_))
        for _ in range(course.history):
            bank.step(course.piece or course.settings.every)
        for name, what in made.fields.items():
            if what.evidence:
                bank.state[name][:] = what.fill
        return bank

    def step(self, seconds: float) -> Scores:
        """Go one look of so many seconds on with those that live."""
        self.now += seconds
        seen = pick(self.draw(self.now, seconds), self.live)
        return self.detector.step(self.state, self.live, seen, self.now, self.learn)

    def look(self) -> tuple[Ints, Scores]:
        """Go one look on; return the places among the living of those that ring, and all that was said. They live on."""
        every, line = self.course.settings.every, log(self.course.asked)
        begins, ends = self.course.known
        if begins < self.now + every <= ends:
            self.learn = np.zeros_like(self.learn)
        scores = self.step(every)
        self.learn = (scores.learning_left > 0.0) | (scores.score <= line - NEAR)
        return np.flatnonzero(scores.fresh & (scores.score >= line)), scores

    def drop(self, places: Ints) -> None:
        """Let go of those that rang."""
        if len(places):
            self.live, self.learn = np.delete(self.live, places), np.delete(self.learn, places)


def length(course: Course, stream: Stream, rows: int, looks: int, seed: int = 1) -> Length:
    """Return how long `rows` series of a stream in control ran until they rang, watched over `looks` looks."""
    bank = Bank.taught(course, stream.open(np.random.default_rng(seed), rows), rows)
    risk, rang, early, said = np.zeros(rows), np.zeros(rows), 0.0, 0.0
    for place in range(1, looks + 1):
        places, scores = bank.look()
        promised = scores.learning_left <= 0.0
        said += float(len(promised))
        risk[bank.live] += promised
        rang[bank.live[places]] = promised[places]
        bank.drop(places)
        if place == round(course.asked / 10):
            early = 1.0 - len(bank.live) / rows
        if not len(bank.live):
            break
    return counted(risk, rang, early, 1.0 - risk.sum() / said)


def counted(risk: Floats, rang: Floats, early: float, learning: float) -> Length:
    """Return the length that looks at risk and alarms, one a row, tell; its error does not suppose a constant hazard."""
    alarms = float(rang.sum())
    mean = float(risk.sum()) / max(alarms, 0.5)
    se = sqrt(float(np.sum((risk - mean * rang) ** 2))) / max(alarms, 0.5)
    return Length(mean, se, int(alarms), float(risk.sum()), early, learning)


def delay(course: Course, calm: Stream, shifted: Stream, rows: int, seed: int = 2) -> tuple[float, float]:
    """Return the mean looks from a late change to the alarm, and its error, of those that had not rung before.

    One that takes the change for its baseline, and does not ring for five times what was asked, counts as having then.
    """
    rng = np.random.default_rng(seed)
    bank = Bank.taught(course, calm.open(rng, rows), rows)
    for _ in range(late(course.asked)):
        bank.drop(bank.look()[0])
    bank.draw = shifted.open(rng, rows)
    waits: list[float] = []
    most = int(_LOST * course.asked)
    for wait in range(1, most + 1):
        places, _ = bank.look()
        waits += [float(wait)] * len(places)
        bank.drop(places)
        if not len(bank.live):
            break
    waits += [float(most)] * len(bank.live)
    return float(np.mean(waits)), float(np.std(waits) / sqrt(len(waits)))


def late(asked: float) -> int:
    """Return after how many looks past its history a late change comes."""
    return int(min(400.0, asked / 2.0))


def told(judge: Callable[[Any], list[Row]], cases: Sequence[Any]) -> list[Row]:
    """Return what `judge` says of each case, on two processes; each is told at once on stderr, for it takes minutes."""
    console, found = Console(stderr=True, width=_WIDE), list[Row]()
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for rows in pool.map(judge, cases):
            for row in rows:
                holds = "" if row.holds else ", does not hold"
                console.print(f"{row.ratio:.3f} ({row.goal}{holds}) {row.what}", markup=False, highlight=False)
            found += rows
    return found
