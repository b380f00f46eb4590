"""The check of every soak finds what it is there to find."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest
from msgspec.structs import replace

from andon.config import RETENTION
from andon.ingest.batch import encode
from andon.ingest.door import Door
from andon.log.memory import MemoryLog
from andon.model import Delivery, Row, Sending, State
from andon.rulebook.load import load
from andon.rulebook.model import Rulebook
from andon.store.memory import MemoryStore
from tests.soak import names
from tests.soak._book import write
from tests.soak._check import answered, called, delivered, doubled, ledger
from tests.soak._frames import compare, worked_off
from tests.soak._receiver import Got
from tests.soak._sender import Cell, Told, cells
from tests.store.made import incident, page

NOW = 1_772_370_000.0
NUMBER = {"kind": "gauge", "name": "number", "value": 7, "time": NOW - 3, "segment": {"line": "1"}}
STARS = {"kind": "rating", "name": "stars", "value": 4, "time": NOW - 30, "segment": {"product": "tea"}}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return load(write(tmp_path_factory.mktemp("rules"), "http://127.0.0.1:9", ("ana",)), {})


async def frames(book: Rulebook, *sent: dict[str, object], told: Counter[Cell], ticks: float = 0.0) -> list[str]:
    """What is said of a log in which these were sent, when the sender was told of `told`."""
    log, door = MemoryLog(), Door(book.scales, bytes(32), RETENTION)
    for one in sent:
        await log.append(NOW, encode(door.open(msgspec.json.encode(one), NOW, "application/x-ndjson").batch))
    await log.append(NOW + ticks, None)
    return compare(await worked_off(log, MemoryStore(), book), told)


@pytest.mark.parametrize("ticks", [0.0, 400.0, 8000.0])
async def test_what_was_acknowledged_and_is_counted_once_is_well_in_frames_of_every_size(
    book: Rulebook, ticks: float
) -> None:
    told = cells(NUMBER) + cells(STARS)
    assert await frames(book, NUMBER, STARS, told=told, ticks=ticks) == []


async def test_what_is_missing_in_the_frames_is_found(book: Rulebook) -> None:
    assert await frames(book, STARS, told=cells(NUMBER) + cells(STARS))


async def test_what_is_counted_twice_is_found(book: Rulebook) -> None:
    assert await frames(book, NUMBER, NUMBER, told=cells(NUMBER))


async def test_what_is_counted_and_was_never_acknowledged_is_found(book: Rulebook) -> None:
    assert await frames(book, NUMBER, STARS, told=cells(NUMBER))


async def test_another_number_in_the_same_place_is_found(book: Rulebook) -> None:
    assert await frames(book, NUMBER, told=cells(NUMBER | {"value": 8}))


def rows(*kinds: str, **data: str) -> list[Row]:
    return [Row(incident="i1", n=n, at=NOW + n, kind=kind, data=dict(data)) for n, kind in enumerate(kinds, 1)]


def story(*kinds: str, state: State = State.CALLED) -> list[str]:
    return ledger(replace(incident(), rows=len(kinds), state=state), rows(*kinds), [])


def test_a_ledger_that_is_whole_and_legal_is_well() -> None:
    assert story("called", "page-due", "acked", "note", state=State.ACKED) == []


def test_a_ledger_with_a_gap_a_repeat_or_too_few_rows_is_found() -> None:
    whole = rows("called", "note", "note")
    for wrong in ([whole[0], whole[2]], [*whole, whole[2]], whole[:2]):
        assert ledger(replace(incident(), rows=3), wrong, [])


def test_a_turn_that_cannot_be_is_found() -> None:
    assert story("called", "relapsed")
    assert story("acked", state=State.ACKED)
    assert story("called", "acked", state=State.CALLED)


def test_a_pull_that_was_taken_twice_is_found() -> None:
    single = replace(incident(), rows=2, single=True)
    assert ledger(replace(single, rows=1), rows("called"), []) == []
    assert ledger(single, rows("called", "joined"), [])


def test_rows_far_back_in_time_are_found() -> None:
    told = rows("called", "note")
    assert ledger(replace(incident(), rows=2), [told[0], replace(told[1], at=NOW - 60)], [])


def test_a_page_without_its_row_and_a_receipt_too_many_are_found() -> None:
    one, made = Delivery(page=page("p1")), replace(incident(), rows=3)
    called_row, *others = rows("called", "paged", "receipt", page="p1")
    assert ledger(made, [called_row, *others], [one]) == []
    assert ledger(replace(made, rows=4), [called_row, *others, replace(others[1], n=4)], [one])
    assert ledger(replace(made, rows=1), [called_row], [one])


def got(key: str = "p1", person: str = "ana") -> Got:
    return Got(0.0, person, key, "i1", "title", "first", well=True)


def test_a_page_said_to_be_sent_that_never_came_is_found() -> None:
    sent = Delivery(page=page("p1"), status=Sending.SENT)
    assert delivered(incident(), [sent], [got()], ()) == []
    assert delivered(incident(), [sent], [], ())


def test_a_page_that_failed_is_found_unless_its_reader_is_hard_to_reach() -> None:
    failed = Delivery(page=page("p1", person="hangs"), status=Sending.FAILED_FOR_GOOD)
    assert delivered(incident(), [failed], [], ())
    assert delivered(incident(), [failed], [], {"hangs"}) == []


def test_more_pages_twice_than_kills_are_found() -> None:
    assert doubled([got("p1"), got("p1"), got("p2")], kills=1) == []
    assert doubled([got("p1"), got("p1"), got("p2")], kills=0)


def test_a_pull_without_an_incident_and_one_with_two_are_found() -> None:
    one = replace(incident(), rule="pull", title="pull 1")
    told = Told(pulls={"pull 1": 0.0})
    assert called(told, [one]) == []
    assert called(told, [])
    assert called(told, [one, one])


def test_an_answer_that_unhappened_is_found() -> None:
    acked = replace(incident(), title="pull 1", state=State.ACKED, holder="ana")
    assert answered([acked], {"pull 1": "ana"}) == []
    assert answered([replace(acked, state=State.CALLED)], {"pull 1": "ana"})
    assert answered([replace(acked, holder="bo")], {"pull 1": "ana"})


def test_soaks_are_found_by_name_and_helpers_are_none() -> None:
    assert {"kill", "slow", "term", "clock", "moments"} <= set(names())
    assert not [name for name in names() if name.startswith(("_", "test_"))]
