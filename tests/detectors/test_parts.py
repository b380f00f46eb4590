from __future__ import annotations

import numpy as np
import pytest

from detectors._parts import parts


@pytest.mark.parametrize("rows", [0, 1, 146, 147, 1_000])
@pytest.mark.parametrize("width", [1, 28, 10_000])
def test_parts_cover_each_row_once_and_in_order(rows: int, width: int) -> None:
    found = [np.arange(rows)[part] for part in parts(rows, width)]
    assert np.concatenate([*found, np.zeros(0, dtype=np.int64)]).tolist() == list(range(rows))


def test_a_part_of_many_rows_holds_few_numbers_and_at_least_a_row() -> None:
    sizes = {part.stop - part.start for part in parts(1_000, 28)}
    assert max(sizes) * 28 <= 4_096
    assert [part.stop - part.start for part in parts(3, 1_000_000)] == [1, 1, 1]
