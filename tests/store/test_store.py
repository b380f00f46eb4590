"""Both stores keep the same promises."""

from __future__ import annotations

import asyncio
import math

import msgspec
import pytest

from andon.errors import Conflict
from andon.model import AlertState, Light, Sending, State, Tier
from andon.store.base import Store
from tests.store.made import incident, later, outcome, page


async def test_an_incident_is_found_by_its_key_its_id_and_its_code_in_any_case(store: Store) -> None:
    one = incident()
    await store.commit(outcome(one), None)
    assert await store.incident("k1") == one
    assert await store.find("i1") == one
    assert await store.find("7k") == one
    assert await store.find("9Z") is None


async def test_a_write_upon_an_older_version_conflicts_and_changes_nothing(store: Store) -> None:
    one = incident()
    await store.commit(outcome(one), None)
    second = later(one, holder="li.na")
    await store.commit(outcome(second), None)
    with pytest.raises(Conflict):
        await store.commit(outcome(later(one, holder="j.ortiz"), page("p9")), 5.0)
    assert await store.find("i1") == second
    assert await store.delivery("p9") is None
    assert await store.due(math.inf) == []
    assert len(await store.ledger("i1")) == 2


async def test_of_many_who_write_at_once_one_wins(store: Store) -> None:
    one = incident()
    await store.commit(outcome(one), None)
    tries = [store.commit(outcome(later(one, holder=f"p{number}")), None) for number in range(8)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(result is None for result in results) == 1
    assert all(result is None or isinstance(result, Conflict) for result in results)


async def test_what_is_not_a_number_survives_the_store(store: Store) -> None:
    await store.commit(outcome(incident(), page()), None)
    (kept,) = await store.pages("i1")
    assert kept.page.evidence is not None
    assert math.isnan(kept.page.evidence.expected)


async def test_a_closed_incident_gives_its_code_back_and_is_found_by_its_key_still(store: Store) -> None:
    one = incident()
    await store.commit(outcome(one), 50.0)
    closed = later(one, state=State.CLOSED)
    await store.commit(outcome(closed), None)
    assert await store.codes() == set()
    assert await store.open_incidents() == []
    assert await store.incident("k1") == closed
    assert await store.find("7K") is None


async def test_the_newest_incident_of_a_key_is_the_one_it_names(store: Store) -> None:
    first = incident()
    await store.commit(outcome(first), None)
    await store.commit(outcome(later(first, state=State.CLOSED)), None)
    again = incident("i2", code="9Q", called=500.0)
    await store.commit(outcome(again), None)
    assert await store.incident("k1") == again
    assert [one.id for one in await store.incidents()] == ["i2", "i1"]


async def test_what_is_said_of_an_older_incident_makes_it_no_newer(store: Store) -> None:
    first = msgspec.structs.replace(incident(), state=State.CLOSED)
    await store.commit(outcome(first), None)
    again = incident("i2", code="9Q", called=500.0)
    await store.commit(outcome(again), None)
    await store.commit(outcome(later(first, notes=["a receipt that came late"])), None)
    assert await store.incident("k1") == again


async def test_incidents_wake_in_the_order_of_time_and_no_more_once_nothing_is_due(store: Store) -> None:
    await store.commit(outcome(incident()), 30.0)
    await store.commit(outcome(incident("i2", "k2", code="9Q")), 20.0)
    assert await store.due(25.0) == [(20.0, "i2")]
    assert await store.due(30.0) == [(20.0, "i2"), (30.0, "i1")]
    await store.commit(outcome(later(incident())), None)
    assert await store.due(99.0) == [(20.0, "i2")]


async def test_pages_wait_in_the_outbox_until_they_are_due(store: Store) -> None:
    await store.commit(outcome(incident(), page("p1", due=100.0), page("p2", due=50.0)), None)
    assert [one.page.id for one in await store.outbox(60.0)] == ["p2"]
    assert [one.page.id for one in await store.outbox(100.0)] == ["p2", "p1"]


async def test_a_settled_page_leaves_the_outbox_and_a_second_sender_conflicts(store: Store) -> None:
    await store.commit(outcome(incident(), page()), None)
    (ready,) = await store.outbox(100.0)
    sent = msgspec.structs.replace(ready, status=Sending.SENT, next_try=None, version=ready.version + 1)
    await store.settle(sent)
    assert await store.outbox(1e9) == []
    with pytest.raises(Conflict):
        await store.settle(sent)


async def test_a_page_that_is_known_is_left_as_it_is(store: Store) -> None:
    one = incident()
    await store.commit(outcome(one, page()), None)
    (ready,) = await store.outbox(100.0)
    await store.settle(msgspec.structs.replace(ready, status=Sending.SENT, next_try=None, version=1))
    await store.commit(outcome(later(one), page()), None)
    assert await store.outbox(1e9) == []
    kept = await store.delivery("p1")
    assert kept is not None
    assert kept.status is Sending.SENT


async def test_it_tells_when_each_person_was_paged_by_each_channel(store: Store) -> None:
    pages = [page("p1", due=10.0), page("p2", due=30.0), page("p3", due=20.0), page("p4", person="j.ortiz", due=20.0)]
    await store.commit(outcome(incident(), *pages), None)
    assert await store.sent(15.0) == {("li.na", "console"): [20.0, 30.0], ("j.ortiz", "console"): [20.0]}


async def test_the_newest_deliveries_come_first(store: Store) -> None:
    await store.commit(outcome(incident(), page("p1", due=10.0), page("p2", due=20.0)), None)
    assert [one.page.id for one in await store.deliveries(1)] == ["p2"]


async def test_a_snapshot_and_its_position_are_kept_together(store: Store) -> None:
    assert await store.saved() is None
    await store.save(b"\x00\xff", "7-0")
    await store.save(b"\x01\xfe", "8-0")
    assert await store.saved() == (b"\x01\xfe", "8-0")


async def test_what_the_board_shows_comes_back(store: Store) -> None:
    light = Light(
        rule="r",
        segment={"region": "东"},
        state=AlertState.OK,
        tier=Tier.WATCH,
        observed=1.0,
        expected=2.0,
        n=3.0,
        at=4.0,
    )
    await store.show([light], {"signals": 5.0})
    assert await store.shown() == ([light], {"signals": 5.0})


async def test_purging_forgets_old_closed_incidents_with_all_that_is_theirs_and_no_open_one(store: Store) -> None:
    one = incident()
    await store.commit(outcome(one, page()), None)
    await store.commit(outcome(later(one, state=State.CLOSED)), None)
    await store.commit(outcome(incident("i2", "k2", code="9Q"), page("p2", incident_id="i2")), None)
    assert await store.purge(1000.0) == 1
    assert await store.find("i1") is None
    assert await store.incident("k1") is None
    assert await store.ledger("i1") == []
    assert await store.pages("i1") == []
    assert await store.find("i2") is not None
    assert [one.page.id for one in await store.outbox(1e9)] == ["p2"]


async def test_what_was_called_long_ago_and_closed_lately_is_kept(store: Store) -> None:
    one = incident()
    await store.commit(outcome(one), None)
    await store.commit(outcome(later(one, state=State.CLOSED, milestones={"closed": 2000.0})), None)
    assert await store.purge(1000.0) == 0
    assert await store.purge(2001.0) == 1


async def test_it_tells_how_much_is_kept(store: Store) -> None:
    await store.commit(outcome(incident(), page("p1"), page("p2")), None)
    await store.commit(outcome(msgspec.structs.replace(incident("i2", "k2", code="9Q"), state=State.CLOSED)), None)
    held = await store.held()
    assert (held["incidents"], held["incidents.open"], held["pages"]) == (2, 1, 2)
