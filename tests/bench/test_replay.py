from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.bench import replay
from tests.bench._month import write
from tests.bench._replayed import replayed


def test_a_month_is_as_many_lines_as_asked_for_in_about_the_order_of_time(tmp_path: Path) -> None:
    size = write(tmp_path / "month", 300, 3000.0)
    lines = (tmp_path / "month").read_bytes().split(b"\n")[:-1]
    assert size == (tmp_path / "month").stat().st_size
    assert len(lines) == 300
    assert all(set(msgspec.json.decode(line)) > {"kind", "time", "segment"} for line in lines)


def test_every_line_is_taken_at_its_time(tmp_path: Path) -> None:
    write(tmp_path / "month", 400, 1200.0)
    told = replayed(str(tmp_path / "month"), 400, "1m")
    assert told.taken == 400
    assert 1100 < told.days * 86_400 < 1300
    assert told.peak >= told.part > 1_000_000


@pytest.mark.long
def test_the_replay_bench_runs_small() -> None:
    rows = replay.bench(signals=400, seconds=600.0)
    assert [row.goal for row in rows] == ["<= 1", "none", "<= 1", "<= 1.5"]
    assert rows[0].holds
    assert rows[3].ratio >= 1.0
