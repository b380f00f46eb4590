from __future__ import annotations

import pytest

from tests.bench import overload


@pytest.mark.long
@pytest.mark.timeout(90)
def test_ten_times_what_the_machine_takes_is_refused_in_time_and_loses_nothing_acknowledged() -> None:
    rows = overload.bench(seconds=15.0)
    # How much a shared machine's client manages to offer is its own affair; all else must hold wherever it runs.
    missed = [row for row in rows if not row.holds and row.what != "signals/s offered"]
    assert missed == []
    assert rows[0].ratio > 1.5
