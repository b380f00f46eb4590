"""What is abnormal is not learnt from; what shifts for good and stays unnoticed is learnt, and slowly."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from andon.detector import State
from andon.model import Form, Kind, Projection
from andon.rulebook.model import FalseAlarms, Rule, When
from detectors.count import Count
from detectors.level import Level
from detectors.proportion import Proportion
from tests.bank.world import DAY, GRIPES, HEAT, MONTHLY, World, rule, states, trial

SHARE = rule(trial("proportion", promise=MONTHLY), every=3600.0)
COMPLAINTS = rule(
    trial("count", options={"season": "none"}, promise=MONTHLY),
    projection=Projection(Kind.COMPLAINT),
    metric=GRIPES,
    every=3600.0,
)
HEATS = rule(trial("level", promise=MONTHLY), projection=Projection(Kind.GAUGE, "heat"), metric=HEAT, every=3600.0)
RARELY = FalseAlarms(1.0, 400 * DAY)
FIGURES = {SHARE.metric: 0.01, COMPLAINTS.metric: 5.0, HEATS.metric: 100.0}


class Life(World):
    """A world whose customers go on at so many times the usual."""

    def __init__(self, one: Rule) -> None:
        found = {kind.name: kind for kind in (Proportion, Count, Level)}
        super().__init__(one, detectors=found)
        self.rng, self.metric = np.random.default_rng(5), one.metric

    def lives(self, hours: int, times: float = 1.0) -> Life:
        for _ in range(hours):
            self.minute(self._row(times), kind=self.metric.kind, name=self.metric.name, seconds=3600.0)
        return self

    def _row(self, times: float) -> tuple[dict[str, str], float, float]:
        usual = FIGURES[self.metric] * times
        if self.metric.form is Form.PROPORTION:
            return {"app": "ios"}, float(self.rng.binomial(60_000, usual)), 60_000.0
        if self.metric.form is Form.COUNT:
            return {}, math.nan, float(self.rng.poisson(usual * 60.0)) + 1e-9
        return {}, float(self.rng.normal(usual, 5.0)), 1.0

    def learnt(self) -> State:
        """All that the detector knows but its evidence."""
        [probe] = self.bank.judges[0].probes
        kept = [name for name, field in probe.detector.fields.items() if not field.evidence]
        return {name: probe.table.arrays[name][:1].copy() for name in kept}

    def expected(self) -> float:
        """What is usual, as the board shows it, in multiples of what was at first."""
        [light] = self.bank.lights()
        usual = FIGURES[self.metric] * (60.0 if self.metric.form is Form.COUNT else 1.0)
        return light.expected / usual


LONG = [pytest.param(one, marks=pytest.mark.long, id=one.metric.word) for one in (SHARE, HEATS)]


@pytest.mark.parametrize("one", [pytest.param(COMPLAINTS, id="complaints"), *LONG])
def test_three_days_that_fire_leave_no_trace_in_what_was_learnt(one: Rule) -> None:
    world = Life(one).lives(240).lives(2, 3.0)
    assert states(world.findings) == ["firing"]
    before = world.learnt()
    world.lives(72, 3.0)
    after = world.learnt()
    assert states(world.findings) == ["firing"]
    assert all(np.array_equal(before[name], after[name]) for name in before)
    assert world.expected() == pytest.approx(1.0, rel=0.05)


@pytest.mark.long
@pytest.mark.parametrize("one", [SHARE, COMPLAINTS], ids=["share", "count"])
def test_what_fires_is_hardly_learnt_from_before_it_fires(one: Rule) -> None:
    calm = Life(one).lives(240).expected()
    assert Life(one).lives(240).lives(2, 3.0).expected() == pytest.approx(calm, rel=0.05)


@pytest.mark.long
@pytest.mark.parametrize("one", [SHARE, COMPLAINTS], ids=["share", "count"])
def test_a_lasting_shift_too_small_to_be_called_is_learnt_over_days(one: Rule) -> None:
    """A tenth more, where the rule says that less than half more does not matter."""
    assert one.when is not None
    [test] = one.when.tests
    world = Life(replace(one, when=When("any", (replace(test, smallest=0.5, promise=RARELY),)))).lives(1000)
    told = [world.expected(), *(world.lives(hours, 1.1).expected() for hours in (24, 144, 168, 1000))]
    assert states(world.findings) == []
    at_first, day, _, fortnight, months = told
    assert at_first == pytest.approx(1.0, rel=0.03)
    assert day - at_first < 0.01
    assert at_first + 0.01 < fortnight < at_first + 0.05
    assert at_first + 0.06 < months < at_first + 0.1
