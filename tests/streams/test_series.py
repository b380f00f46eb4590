from __future__ import annotations

import numpy as np

from andon.model import Kind, Labels, Match, Projection
from andon.streams.series import Series

BY = Projection(Kind.CRASH, by=("region",))
TABLE: list[Labels] = [{"region": "eu"}, {"region": "us"}, {"region": "eu", "version": "2"}, {}, {"region": "cn"}]


def _place(series: Series, *numbers: int) -> list[int]:
    found: list[int] = series.place(np.array(numbers), TABLE).tolist()
    return found


def test_rows_are_given_in_the_order_of_the_signals() -> None:
    assert _place(Series(BY, 10), 1, 0, 2, 1) == [0, 1, 1, 0]


def test_a_missing_dimension_is_a_series_whose_labels_leave_it_out() -> None:
    series = Series(BY, 10)
    assert _place(series, 3) == [0]
    assert series.labels(0) == {}


def test_a_signal_outside_where_has_no_row() -> None:
    series = Series(Projection(Kind.CRASH, where=(Match("region", frozenset({"us"})),)), 10)
    assert _place(series, 0, 1, 3) == [-1, 0, -1]
    assert series.rows().tolist() == [0]


def test_without_by_all_signals_are_one_series() -> None:
    assert _place(Series(Projection(Kind.CRASH), 10), 0, 1, 3) == [0, 0, 0]


def test_past_the_limit_the_rest_is_one_series_called_other() -> None:
    series = Series(BY, 2)
    assert _place(series, 0, 1, 3, 4, 0) == [0, 1, 2, 2, 0]
    assert series.full
    assert series.labels(2) == {"region": "other"}
    assert len(series) == 3


def test_the_dimension_with_most_values_is_named() -> None:
    series = Series(Projection(Kind.CRASH, by=("app", "device")), 10)
    table: list[Labels] = [{"app": "a", "device": str(n)} for n in range(5)]
    series.place(np.arange(5), table)
    assert series.widest() == "device"


def test_first_and_last_seen_are_kept_by_row() -> None:
    series = Series(BY, 10)
    rows = series.place(np.array([0, 1, 0]), TABLE)
    series.seen(rows, np.array([5.0, 7.0, 3.0]))
    assert series.first[:2].tolist() == [3, 7]
    assert series.last[:2].tolist() == [5, 7]


def test_an_idle_series_goes_and_its_row_is_given_again_only_after_leave() -> None:
    series = Series(BY, 10)
    series.seen(series.place(np.array([0, 1]), TABLE), np.array([5.0, 100.0]))
    assert series.evict(50).tolist() == [0]
    assert series.rows().tolist() == [1]
    assert _place(series, 4) == [2]
    assert series.leave().tolist() == [0]
    assert series.leave().tolist() == []
    assert _place(series, 0) == [0]
    assert series.labels(0) == {"region": "eu"}


def test_finding_gives_no_new_rows() -> None:
    series = Series(BY, 10)
    _place(series, 1)
    assert series.find(np.array([1, 0, 1]), TABLE).tolist() == [0, -1, 0]
    assert len(series) == 1


def test_eviction_makes_room_under_the_limit_again() -> None:
    series = Series(BY, 2)
    series.seen(series.place(np.array([0, 1, 4]), TABLE), np.array([1.0, 100.0, 100.0]))
    series.evict(50)
    series.leave()
    assert not series.full


def test_rows_outlive_a_snapshot() -> None:
    series, other = Series(BY, 10), Series(BY, 10)
    series.seen(series.place(np.array([0, 1, 4]), TABLE), np.array([5.0, 100.0, 101.0]))
    series.evict(50)
    other.load(series.save())
    assert other.rows().tolist() == [1, 2]
    assert _place(other, 4, 1, 0) == [2, 1, 3]
    assert other.leave().tolist() == [0]
