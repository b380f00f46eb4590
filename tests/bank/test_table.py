from __future__ import annotations

import numpy as np
import pytest

from andon.bank.table import Column, Table
from andon.detector import Field

FIELDS = {"base": Field(fill=1.0), "proof": Field("f4", (3,), -2.0, evidence=True), "mark": Field("u1")}


@pytest.fixture
def table() -> Table:
    made = Table(FIELDS)
    made.grow(5)
    return made


def rows(*numbers: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(numbers, dtype=np.int64)


def test_new_rows_hold_the_fields_initial_values(table: Table) -> None:
    assert np.all(table.arrays["base"] == 1.0)
    assert np.all(table.arrays["proof"] == -2.0)
    assert table.arrays["proof"].dtype == np.float32


def test_growing_keeps_what_was_there(table: Table) -> None:
    table.arrays["base"][3] = 7.0
    before = table.size
    table.grow(before + 1)
    assert table.arrays["base"][3] == 7.0
    assert table.size == before + 16
    assert table.arrays["base"][before] == 1.0


def test_it_never_shrinks(table: Table) -> None:
    before = table.size
    table.grow(1)
    assert table.size == before


def test_forgiving_resets_evidence_and_keeps_the_rest(table: Table) -> None:
    table.arrays["base"][2], table.arrays["proof"][2] = 9.0, 9.0
    table.forgive(rows(2))
    assert table.arrays["base"][2] == 9.0
    assert np.all(table.arrays["proof"][2] == -2.0)


def test_resetting_touches_only_the_rows_that_are_named(table: Table) -> None:
    table.arrays["base"][:] = 9.0
    table.reset(rows(2))
    assert table.arrays["base"][2] == 1.0
    assert table.arrays["base"][1] == 9.0


def test_resetting_rows_it_never_had_is_nothing(table: Table) -> None:
    table.reset(rows(table.size, 10_000))
    assert np.all(table.arrays["base"] == 1.0)


def test_taking_gives_a_copy(table: Table) -> None:
    table.take(rows(1))["base"][0] = 5.0
    assert table.arrays["base"][1] == 1.0


def test_putting_writes_what_was_taken_back(table: Table) -> None:
    taken = table.take(rows(4, 1))
    taken["base"][:] = [40.0, 10.0]
    table.put(rows(4, 1), taken)
    assert table.arrays["base"][[1, 4]].tolist() == [10.0, 40.0]


def test_packed_rows_are_found_again_at_other_places(table: Table) -> None:
    table.arrays["base"][:3] = [10.0, 20.0, 30.0]
    other = Table(FIELDS)
    other.grow(9)
    assert other.unpack(rows(8, 0), table.pack(rows(0, 1, 2)), rows(2, 1))
    assert other.arrays["base"][[8, 0]].tolist() == [30.0, 20.0]


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"base": Column("<f8", (1,), bytes(8))},
        {
            "base": Column("<f8", (1,), bytes(8)),
            "proof": Column("<f4", (1, 4), bytes(16)),
            "mark": Column("|u1", (1,), b"0"),
        },
    ],
)
def test_another_layout_is_left_out_whole(table: Table, stored: dict[str, Column]) -> None:
    assert not table.unpack(rows(0), stored, rows(0))
    assert table.arrays["base"][0] == 1.0


def test_numbers_that_were_kept_wider_or_narrower_are_taken_up(table: Table) -> None:
    stored = table.pack(rows(0)) | {"base": Column("<f4", (1,), np.array([7.5], "<f4").tobytes())}
    assert table.unpack(rows(3), stored, rows(0))
    assert table.arrays["base"][3] == 7.5


def test_it_grows_by_one_row_in_sixteen() -> None:
    table = Table(FIELDS)
    table.grow(1600)
    assert table.size == 1600
    table.grow(1601)
    assert table.size == 1700


def test_no_fields_are_no_trouble() -> None:
    empty = Table({})
    empty.grow(3)
    assert empty.unpack(rows(0), empty.pack(rows(0)), rows(0))
