from __future__ import annotations

import numpy as np
import pytest

from andon.streams.sums import distinct


@pytest.mark.parametrize("numbers", [[7, 5, 7, 9], [-3, 10**12, -3], [4]])
def test_each_number_is_told_once_in_order_close_or_far_apart(numbers: list[int]) -> None:
    assert distinct(np.array(numbers, np.int64)).tolist() == sorted(set(numbers))
