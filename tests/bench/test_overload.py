from __future__ import annotations

import pytest

from tests.bench import overload


@pytest.mark.long
@pytest.mark.timeout(90)
def test_ten_times_what_the_machine_takes_is_refused_in_time_and_loses_nothing_acknowledged() -> None:
    rows = overload.bench(seconds=15.0)
    assert [row for row in rows if not row.holds] == []
    assert rows[1].ours > rows[2].ours  # something was refused
