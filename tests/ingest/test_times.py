from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.ingest.times import parse, times

MOMENTS = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
    timezones=st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)


@given(st.lists(MOMENTS, max_size=20), st.sampled_from(["auto", "seconds", "milliseconds", "microseconds"]))
def test_what_python_writes_is_read_as_python_reads_it(moments: list[datetime], timespec: str) -> None:
    texts = [moment.isoformat(timespec=timespec) for moment in moments]
    meant = [datetime.fromisoformat(text).timestamp() for text in texts]
    assert parse(texts) == pytest.approx(meant, abs=2e-5)


def test_a_batch_of_one_shape_is_read_as_its_strings_one_by_one() -> None:
    start = datetime(2024, 2, 28, 23, 59, tzinfo=UTC)
    texts = [(start + timedelta(seconds=i * 997)).isoformat().replace("+00:00", "Z") for i in range(300)]
    assert parse(texts).tolist() == [parse([text])[0] for text in texts]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:00Z", 0.0),
        ("1970-01-01t00:00:01z", 1.0),
        ("1970-01-01 00:00:01-00:00", 1.0),
        ("1970-01-01T08:00:00.25+08:00", 0.25),
        ("1970-01-01T00:00:00.123456789Z", 0.123456789),
        ("2016-12-31T23:59:60Z", 1_483_228_800.0),
        ("2024-02-29T00:00:00Z", 1_709_164_800.0),
    ],
)
def test_every_form_of_the_standard_is_read(text: str, seconds: float) -> None:
    assert parse([text])[0] == pytest.approx(seconds, abs=1e-9)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-03-01",
        "2026-03-01T12:00:00",
        "2026-03-01T12:00Z",
        "2026-03-01T12:00:00.Z",
        "2026-03-01T12:00:00,5Z",
        "2026-02-29T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-00-01T12:00:00Z",
        "2026-04-31T12:00:00Z",
        "0000-01-01T12:00:00Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T12:60:00Z",
        "2026-03-01T12:00:60Z",
        "2026-03-01T12:00:00+24:00",
        "2026-03-01T12:00:00+0800",
        "2026-03-01T12:00:00 08:00",
        "2026-W10-1T12:00:00Z",
        "2026-03-01X12:00:00Z",
        "２026-03-01T12:00:00Z",
        "2026-03-01T12:00:00Z\n",
        "-026-03-01T12:00:00Z",
        "2026-03-01T12:00:00." + "1" * 30 + "Z",
    ],
)
def test_what_the_standard_does_not_allow_is_not_read(text: str) -> None:
    assert parse([text, "1970-01-01T00:00:01Z"]).tolist() == [np.inf, 1.0]
    assert parse([text] * 2).tolist() == [np.inf] * 2


def test_strings_do_not_lend_each_other_characters() -> None:
    assert parse(["2026-03-01T12:00:00Z2", "026-03-01T12:00:00Z"]).tolist() == [np.inf, np.inf]
    assert parse(["2026-03-01T12:00:00Z\n2", "26-03-01T12:00:00Z"]).tolist() == [np.inf, np.inf]


def test_numbers_strings_and_nothing_mix() -> None:
    found = times([1.5, None, "1970-01-01T00:00:02Z", "never", -3.0])
    assert found.tolist()[0::2] == [1.5, 2.0, -3.0]
    assert np.isnan(found[1])
    assert found[3] == np.inf


@pytest.mark.parametrize(
    "text", ["1970-01-01T00:00:09.12{}Z", "1970-01-01T0{}:59:59Z", "1970-01-01T00:00:00.{}99999999999999999Z"]
)
def test_alone_or_beside_others_a_string_is_read_to_the_same_bit(text: str) -> None:
    texts = [text.format(n) for n in range(10)]
    other = "1970-01-02T00:00:00.5+08:00"
    assert parse(texts).tolist() == [parse([one, other])[0] for one in texts]


def test_numbers_alone_beside_nothing_and_beside_strings_are_the_same() -> None:
    assert times([1.25, 2.5]).tolist() == times([1.25, 2.5, None]).tolist()[:2] == times([1.25, 2.5, "?"]).tolist()[:2]


def test_milliseconds_are_not_taken_for_seconds() -> None:
    assert times([1_772_370_000_000.0, 1_772_370_000.0]).tolist() == [np.inf, 1_772_370_000.0]


def test_no_times_are_none() -> None:
    assert len(times([])) == 0


@given(st.lists(st.none() | st.floats(allow_nan=False) | st.text(max_size=40), max_size=10))
def test_rubbish_is_unreadable_and_never_raises(column: list[float | str | None]) -> None:
    found = times(column)
    assert np.isnan(found).tolist() == [time is None for time in column]
