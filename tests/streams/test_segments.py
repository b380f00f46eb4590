from __future__ import annotations

import numpy as np

from andon.ingest.picked import Picked
from andon.model import Labels
from andon.streams.segments import Segments


def test_equal_segments_have_one_number_in_whatever_order_they_are_spelt() -> None:
    table = Segments()
    found = table.intern([{"a": "1", "b": "2"}, {"b": "2", "a": "1"}, {"a": "2", "b": "1"}])
    assert found.tolist() == [0, 0, 1]


def test_numbers_stay_from_one_batch_to_the_next() -> None:
    table = Segments()
    table.intern([{"a": "1"}])
    assert table.intern([{"a": "2"}, {"a": "1"}, {}]).tolist() == [1, 0, 2]


def test_keeping_some_numbers_them_anew_and_forgets_the_rest() -> None:
    table = Segments()
    table.intern([{"a": str(n)} for n in range(4)])
    assert table.keep(np.array([1, 3])).tolist() == [-1, 0, -1, 1]
    assert table.labels == [{"a": "1"}, {"a": "3"}]
    assert table.intern([{"a": "3"}, {"a": "0"}]).tolist() == [1, 2]


def test_an_object_that_went_leaves_its_number_to_no_other() -> None:
    table = Segments()
    for n in range(2000):
        assert table.intern([{"a": str(n)}]).tolist() == [n]


def test_a_table_that_met_too_many_objects_still_knows_their_content() -> None:
    table = Segments()
    for _ in range(3):
        assert table.intern([{"a": str(n)} for n in range(30_000)]).tolist() == list(range(30_000))
    assert len(table) == 30_000
    assert len(table._held) <= 65_536


def _picked(table: list[Labels], *numbers: int) -> Picked:
    return Picked(table, np.array(numbers, np.int64))


def test_segments_picked_from_a_table_have_the_numbers_of_their_content() -> None:
    table, given = Segments(), [{"a": str(n)} for n in range(3)]
    table.intern([{"a": "2"}])
    assert table.intern(_picked(given, 0, 2)).tolist() == [1, 0]
    given += [{"a": "9"}, {"a": "0"}]
    assert table.intern(_picked(given, 4, 3, 1)).tolist() == [1, 2, 3]


def test_a_table_met_before_is_numbered_anew_after_some_were_forgotten() -> None:
    table, given = Segments(), [{"a": str(n)} for n in range(3)]
    table.intern(_picked(given, 0, 1, 2))
    table.keep(np.array([2]))
    assert table.intern(_picked(given, 2, 0)).tolist() == [0, 1]


def test_of_many_tables_the_older_are_forgotten_and_their_content_is_not() -> None:
    table = Segments()
    for _ in range(30):
        assert table.intern(_picked([{"a": "1"}, {"a": "2"}], 1, 0)).tolist() == [0, 1]
    assert len(table._tables) <= 8
