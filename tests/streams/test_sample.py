from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from andon.streams.sample import Sample


def _add(sample: Sample, values: list[int]) -> None:
    column = np.array(values, np.float64)
    sample.add(np.array(values, np.int64), column, column, column)


@given(st.lists(st.lists(st.integers(0, 9), max_size=8), max_size=12))
def test_the_newest_are_kept_however_they_came(runs: list[list[int]]) -> None:
    sample = Sample(7)
    for one in runs:
        _add(sample, one)
    everything = [value for one in runs for value in one]
    assert sample.columns()[0].tolist() == everything[-7:]


def test_an_empty_sample_has_empty_columns() -> None:
    assert [len(column) for column in Sample(7).columns()] == [0, 0, 0, 0]


def test_segments_get_their_new_numbers() -> None:
    sample = Sample(7)
    _add(sample, [2, 0])
    sample.renumber(np.array([1, -1, 0]))
    assert sample.columns()[0].tolist() == [0, 1]
