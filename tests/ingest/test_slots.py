from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from andon.ingest.slots import Slots

KEYS = st.integers(-(2**63), 2**63 - 1)


@given(
    st.lists(KEYS | st.integers(-3, 3).map(lambda n: n * 1024), unique=True, max_size=300), st.lists(KEYS, max_size=20)
)
def test_it_answers_as_a_dict_does(held: list[int], others: list[int]) -> None:
    slots, plain = Slots(), {key: number for number, key in enumerate(held)}
    for key, number in plain.items():
        slots.add(key, number)
    asked = held + others + held[:3]
    assert slots.find(np.array(asked, np.int64)).tolist() == [plain.get(key, -1) for key in asked]
    assert len(slots) == len(held)


def test_it_grows_and_keys_that_fall_into_one_slot_stay_apart() -> None:
    slots = Slots()
    keys = np.arange(2_000, dtype=np.int64) << 20
    for number, key in enumerate(keys.tolist()):
        slots.add(key, number)
    assert slots.find(keys).tolist() == list(range(2_000))
    assert slots.find(keys + 1).tolist() == [-1] * 2_000


def test_zero_is_a_key_like_any_other() -> None:
    slots = Slots()
    assert slots.find(np.array([0])).tolist() == [-1]
    slots.add(0, 7)
    assert slots.find(np.array([0, 0])).tolist() == [7, 7]


def test_nothing_asked_is_nothing_found() -> None:
    assert Slots().find(np.empty(0, np.int64)).tolist() == []
