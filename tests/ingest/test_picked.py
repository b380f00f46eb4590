from __future__ import annotations

import numpy as np
import pytest

from andon.ingest.picked import Picked
from andon.model import Labels

TABLE: list[Labels] = [{"a": str(n)} for n in range(5)]


def picked(*numbers: int) -> Picked:
    return Picked(TABLE, np.array(numbers, np.int64))


def test_it_reads_as_the_segments_it_stands_for() -> None:
    assert list(picked(3, 1)) == [{"a": "3"}, {"a": "1"}]
    assert picked(3, 1)[1] is TABLE[1]
    assert picked(3, 1, 0)[1:] == (TABLE[1], TABLE[0])
    assert len(picked(3, 1)) == 2


def test_it_equals_what_holds_the_same_in_the_same_order() -> None:
    assert picked(3, 1) == ({"a": "3"}, {"a": "1"})
    assert picked(3, 1) == picked(3, 1)
    assert picked(3, 1) != picked(1, 3)
    assert picked() == ()


def test_beyond_its_end_there_is_nothing() -> None:
    with pytest.raises(IndexError):
        picked(1)[1]
