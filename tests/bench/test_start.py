from __future__ import annotations

import pytest

from tests.bench import start


@pytest.mark.long
def test_the_start_bench_runs_small() -> None:
    rows = start.bench(series=60, rounds=1)
    assert [row.goal for row in rows if row.goal != "none"] == ["<= 1", "<= 1"]
    assert rows[0].ours > rows[1].theirs > 0  # the service waits for its store
