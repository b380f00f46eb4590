"""The whole engine, on the clock of events: the same signals in the same order, cut anyhow, decide the same."""

from __future__ import annotations

import msgspec
import pytest

from andon.bank.bank import Bank
from andon.engine import Engine
from andon.ingest.batch import decode, encode
from andon.ingest.door import Door
from andon.model import Batch
from andon.plugins import detectors
from andon.rulebook.model import Rulebook
from andon.streams.streams import Streams
from tests.bench._house import RETENTION, rulebook
from tests.bench._traffic import traffic
from tests.streams.signals import pieces


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return rulebook()


@pytest.fixture(scope="module")
def whole(book: Rulebook) -> Batch:
    door = Door(book.scales, b"0" * 32, RETENTION, by_events=True)
    [(at, body)] = traffic(3000, 3.0, body=3000).bodies
    return door.open(body, at).batch


def _decided(book: Rulebook, batches: list[Batch]) -> tuple[list[bytes], bytes]:
    streams = Streams(list(dict.fromkeys(rule.projection for rule in book.rules.values())), book.scales, book.topics)
    engine = Engine(streams, Bank(list(book.rules.values()), streams, detectors()), lateness=30.0, by_events=True)
    found = [msgspec.json.encode(one) for batch in batches for moment in engine.take(batch) for one in moment.findings]
    return found, streams.save()


@pytest.mark.parametrize("size", [97, 500, 1234])
def test_the_size_of_batches_decides_nothing(book: Rulebook, whole: Batch, size: int) -> None:
    cut = pieces(whole, list(range(0, len(whole), size)))
    found = _decided(book, cut)
    assert found == _decided(book, [whole])
    assert found[0]


def test_the_way_through_the_logs_bytes_decides_nothing(book: Rulebook, whole: Batch) -> None:
    assert _decided(book, [decode(encode(one)) for one in pieces(whole, [700])]) == _decided(book, [whole])


def test_equal_segments_read_from_the_log_are_one_object(whole: Batch) -> None:
    first, second = decode(encode(whole)), decode(encode(whole))
    assert all(one is other for one, other in zip(first.segments, second.segments, strict=True))
