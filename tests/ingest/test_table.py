from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from andon.errors import ConfigError
from andon.ingest.table import signals

REVIEWS = [
    "\ufeffdate,airline_name,overall_rating,content\r\n".encode(),
    b'2014-03-09,adria-airways,5.0,"Clean, modern.\r\n',
    b'And quiet"\r\n',
    "2015-06-13,aegean,,看不懂\r\n".encode(),
]
MAPPING = ("time=date", "value=overall_rating", "text=content", "segment.airline=airline_name")
FIXED = ("kind=rating", "name=lounge", "segment.source=reviews")


def read(lines: list[bytes], mapping: tuple[str, ...] = MAPPING, fixed: tuple[str, ...] = FIXED) -> list[Any]:
    return [json.loads(line) for line in signals(lines, mapping, fixed)]


def test_a_row_becomes_a_signal() -> None:
    assert read(REVIEWS)[0] == {
        "kind": "rating",
        "name": "lounge",
        "value": 5.0,
        "time": "2014-03-09T00:00:00+00:00",
        "text": "Clean, modern.\r\nAnd quiet",
        "segment": {"source": "reviews", "airline": "adria-airways"},
    }


def test_an_empty_cell_leaves_its_field_out() -> None:
    assert "value" not in read(REVIEWS)[1]


def test_each_signal_is_one_line() -> None:
    assert all(b"\n" not in line for line in signals(REVIEWS, MAPPING, FIXED))


def test_lines_without_their_ends_are_read_alike() -> None:
    assert read([line.rstrip(b"\r\n") for line in REVIEWS[:1] + REVIEWS[3:]]) == read(REVIEWS)[1:]


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        ("1772370000", 1_772_370_000.0),
        ("2026-03-01 12:00:00", "2026-03-01T12:00:00+00:00"),
        ("2026-03-01T12:00:00+08:00", "2026-03-01T12:00:00+08:00"),
        ("last week", "last week"),
    ],
)
def test_times_are_made_plain_and_what_is_none_is_passed_on(cell: str, time: float | str) -> None:
    assert read([b"t", cell.encode()], ("time=t",), ("kind=pull",)) == [{"kind": "pull", "time": time}]


@pytest.mark.parametrize(
    ("cell", "value"), [("4", 4.0), (" 4.5 ", 4.5), ("four", "four"), ("nan", "nan"), ("inf", "inf")]
)
def test_numbers_are_made_plain_and_what_is_none_is_passed_on(cell: str, value: float | str) -> None:
    assert read([b"v", cell.encode()], ("value=v",), ()) == [{"value": value}]


def test_rows_without_a_mapped_cell_are_left_out() -> None:
    assert read([b"a,b", b"", b",x", b"1,x"], ("value=a",), ()) == [{"value": 1.0}]


def test_a_row_that_is_too_short_gives_what_it_has() -> None:
    assert read([b"a,b", b"1"], ("value=a", "text=b"), ()) == [{"value": 1.0}]


def test_a_column_may_serve_two_fields() -> None:
    assert read([b"a", b"1"], ("value=a", "segment.a=a"), ()) == [{"value": 1.0, "segment": {"a": "1"}}]


def test_bytes_that_are_no_text_do_not_stop_the_file() -> None:
    assert read([b"a", b"\xff", b"ok"], ("text=a",), ()) == [{"text": "\ufffd"}, {"text": "ok"}]


def test_a_missing_column_is_named_with_those_that_are_there() -> None:
    with pytest.raises(ConfigError, match=r"no column data, when: its header names date, airline_name"):
        read(REVIEWS, ("time=when", "value=data"))


@pytest.mark.parametrize("word", ["time", "time=", "=date", "when=date", "segment.=x", "customer_id=date"])
def test_a_mapping_that_means_nothing_is_refused_with_what_is_allowed(word: str) -> None:
    with pytest.raises(ConfigError, match=r"is not FIELD=COLUMN: FIELD is segment\.DIMENSION or one of kind, name"):
        read(REVIEWS, (word,))


def test_an_empty_file_names_no_columns() -> None:
    with pytest.raises(ConfigError, match="header names none"):
        read([])


def test_a_cell_beyond_all_measure_is_an_error_that_says_so() -> None:
    with pytest.raises(ConfigError, match="line 2"):
        read([b"a", b"x" * 200_000], ("text=a",), ())


def test_rows_come_as_they_are_read() -> None:
    asked = 0

    def lines() -> Iterator[bytes]:
        nonlocal asked
        yield b"a"
        while True:
            asked += 1
            yield b"1"

    found = signals(lines(), ("value=a",))
    assert [next(found) for _ in range(3)] == [b'{"value":1.0}'] * 3
    assert asked == 3
