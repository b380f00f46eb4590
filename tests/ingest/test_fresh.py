from __future__ import annotations

import pytest

from andon.ingest import fresh
from andon.ingest.batch import decode, encode
from andon.ingest.door import Door
from andon.ingest.fresh import Fresh
from andon.model import Batch

LINE = b'{"kind":"complaint","text":"it is late","id":"%d","segment":{"product":"tea"}}'


def batch(number: int = 1) -> Batch:
    return Door({}, b"0" * 32, 86_400.0).open(LINE % number, 1_790_000_000.0).batch


def test_a_batch_is_found_by_its_bytes_once() -> None:
    kept, one = Fresh(), batch()
    kept.keep(encode(one), one)
    assert kept.take(encode(one)) is one
    assert kept.take(encode(one)) is None


def test_it_is_what_its_bytes_decode_to() -> None:
    one = batch()
    read = decode(encode(one))
    assert (read.arrived, read.segments, read.names, read.notes) == (one.arrived, one.segments, one.names, one.notes)
    for name in ("kind", "segment", "name", "value", "of", "time", "ahead"):
        assert getattr(read, name).tobytes() == getattr(one, name).tobytes()
        assert getattr(read, name).dtype == getattr(one, name).dtype


@pytest.mark.parametrize("bound", ["MOST", "MOST_BYTES"])
def test_what_is_kept_has_a_bound_and_the_oldest_goes(monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    monkeypatch.setattr(fresh, bound, 2 if bound == "MOST" else 2 * len(encode(batch())))
    kept, given = Fresh(), [batch(number) for number in (1, 2, 3)]
    for one in given:
        kept.keep(encode(one), one)
    assert [kept.take(encode(one)) is one for one in given] == [False, True, True]
