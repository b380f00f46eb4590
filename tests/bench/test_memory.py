from __future__ import annotations

import pytest

from tests.bench import memory
from tests.bench._held import held
from tests.bench._many import book, rules


def test_every_detector_that_is_shipped_is_at_work_on_each_series() -> None:
    used = {test.detector for rule in book(rules(10)).rules.values() if rule.when for test in rule.when.tests}
    assert used == {"burn_rate", "count", "level", "proportion", "silence", "threshold"}


def test_state_is_counted_of_every_series_and_so_are_frames() -> None:
    first, second = held(200, 2, 60.0)
    assert (first.series, second.series) == (200, 200)
    assert first.detectors == 0 < second.detectors
    assert second.alerts >= 7 * 200 * 100
    assert second.frames > first.frames > 0


@pytest.mark.long
def test_the_memory_bench_runs_small_and_state_does_not_grow() -> None:
    rows = memory.bench(series=500, steady=50, days=2)
    assert [row.goal for row in rows[:2]] == ["<= 1", "<= 1"]
    assert rows[0].ours < rows[1].ours <= memory.MOST
    (state,) = (row for row in rows if row.goal == "<= 1.05")
    assert state.ratio == 1.0
