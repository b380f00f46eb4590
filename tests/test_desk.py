from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from andon.desk import Desk
from andon.errors import Conflict, Refused
from andon.model import (
    Act,
    AlertState,
    Delivery,
    Evidence,
    Finding,
    Incident,
    Outcome,
    Reason,
    Receipt,
    Sending,
    State,
    Tier,
    Verb,
)
from andon.respond.links import check
from andon.rulebook.load import load
from andon.rulebook.model import Rulebook
from andon.store.memory import MemoryStore
from tests.kitchen import HEAD, HOT, NOW

KEY = bytes(32)
MINUTE = 60.0


def rules(tmp_path: Path, text: str = HOT) -> Rulebook:
    (tmp_path / "book.yml").write_text(text)
    return load(tmp_path, {})


def a_desk(tmp_path: Path, store: MemoryStore | None = None, text: str = HOT, grain: float = 90.0) -> Desk:
    channels = frozenset({"slack"})
    book = rules(tmp_path, text)
    return Desk(store or MemoryStore(), book, channels, key=KEY, url="http://andon.example", grain=grain)


def hot(minute: float = 0.0, state: AlertState = AlertState.FIRING, shop: str = "north") -> Finding:
    at = NOW + minute * MINUTE
    evidence = Evidence(
        metric="heat", unit="", observed=300, expected=200, low=190, high=240, n=3, seconds=60, since=at
    )
    return Finding(
        rule="oven",
        segment={"shop": shop},
        state=state,
        tier=Tier.YELLOW,
        window=at,
        at=at,
        since=at,
        evidence=evidence,
    )


def says(verb: Verb, incident: str, by: str = "ana", minute: float = 1.0, id: str = "") -> Act:  # noqa: A002 - the act's own word
    return Act(verb=verb, incident=incident, by=by, at=NOW + minute * MINUTE, id=id)


async def test_a_finding_opens_an_incident_with_a_page_ready_in_the_outbox(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    await desk.find([hot()])
    await desk.pass_time(NOW + 30)  # it waits half a minute for company
    (delivery,) = await desk.store.outbox(NOW + 30)
    assert (delivery.page.person, delivery.page.reason, delivery.page.channel) == ("ana", Reason.FIRST, "slack")


async def test_the_link_in_a_page_is_signed_for_its_reader(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    await desk.find([hot()])
    await desk.pass_time(NOW + 30)
    (delivery,) = await desk.store.outbox(NOW + 30)
    token = delivery.page.answer_url.rpartition("/")[2]
    assert check(KEY, token, NOW + 60) == (delivery.page.incident, "ana")


async def test_what_only_shows_opens_nothing(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    await desk.find([hot(state=AlertState.PENDING)])
    assert await desk.store.incidents() == []


async def test_two_segments_of_a_rule_are_one_incident(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    await desk.find([hot(shop="north"), hot(shop="south")])
    (incident,) = await desk.store.incidents()
    assert len(incident.alerts) == 2


async def test_the_same_finding_twice_changes_nothing(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    await desk.find([hot()])
    (before,) = await desk.store.incidents()
    await desk.find([hot()])
    assert await desk.store.incidents() == [before]


async def test_an_act_by_code_or_id_in_any_case_finds_its_incident(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    await desk.find([hot()])
    (incident,) = await desk.store.incidents()
    assert (await desk.act(says(Verb.ACK, incident.code.lower()))).incident.holder == "ana"
    assert (await desk.act(says(Verb.RESOLVE, incident.id, minute=2))).incident.state is State.RECOVERING


async def test_an_act_on_nothing_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="there is no incident '7K'"):
        await a_desk(tmp_path).act(says(Verb.ACK, "7K"))


async def test_a_repeated_act_with_the_same_id_is_applied_once(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    await desk.find([hot()])
    (incident,) = await desk.store.incidents()
    await desk.act(says(Verb.ACK, incident.id, id="a1"))
    rows = await desk.store.ledger(incident.id)
    await desk.act(says(Verb.ACK, incident.id, id="a1", minute=2))
    assert await desk.store.ledger(incident.id) == rows


async def test_of_two_who_answer_at_once_one_has_it_and_the_other_is_told(tmp_path: Path) -> None:
    store = Slow()
    first, second = a_desk(tmp_path, store), a_desk(tmp_path, store)
    await first.find([hot()])
    (incident,) = await store.incidents()
    await asyncio.gather(first.act(says(Verb.ACK, incident.id, "ana")), second.act(says(Verb.ACK, incident.id, "bo")))
    kinds = [(row.kind, row.by) for row in await store.ledger(incident.id)]
    holder = (await store.incidents())[0].holder
    assert sum(kind == "acked" for kind, _ in kinds) == 1
    assert ("already", "bo" if holder == "ana" else "ana") in kinds


class Slow(MemoryStore):
    """A store that lets others in before it writes."""

    async def commit(self, outcome: Outcome, wake: float | None) -> None:
        await asyncio.sleep(0.001)
        await super().commit(outcome, wake)


class Contested(MemoryStore):
    """A store in which somebody else always wrote first."""

    async def commit(self, outcome: Outcome, wake: float | None) -> None:
        del wake
        raise Conflict(f"incident {outcome.incident.id}: somebody else wrote it first")


async def test_it_does_not_fight_for_ever_with_somebody_who_always_writes_first(tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="changed 20 times"):
        await a_desk(tmp_path, Contested()).find([hot()])


async def test_a_timer_that_is_a_little_late_is_decided_as_of_when_it_was_due(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, grain=90.0)
    await desk.find([hot()])
    await desk.pass_time(NOW + 60)
    (delivery,) = await desk.store.deliveries()
    assert delivery.page.due == NOW + 30


async def test_a_timer_that_is_very_late_is_decided_as_of_now(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, grain=90.0)
    await desk.find([hot()])
    await desk.pass_time(NOW + 3600)
    assert {one.page.due for one in await desk.store.deliveries()} == {NOW + 3600}


async def test_passing_the_same_time_twice_does_nothing_the_second_time(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    await desk.find([hot()])
    await desk.pass_time(NOW + 1200)
    before = await desk.store.incidents(), await desk.store.deliveries()
    await desk.pass_time(NOW + 1200)
    assert (await desk.store.incidents(), await desk.store.deliveries()) == before


async def test_an_incident_that_cannot_be_decided_keeps_no_other_ladder_from_climbing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = a_desk(tmp_path)
    await desk.find([hot()])
    (poison,) = await desk.store.incidents()
    find = desk.store.find

    async def poisoned(name: str) -> Incident | None:
        if name == poison.id:
            raise ValueError("poison")
        return await find(name)

    monkeypatch.setattr(desk.store, "find", poisoned)
    await desk.find([replace(hot(), rule="pull", by="ana", text="stuck")])
    await desk.pass_time(NOW + 1200)
    assert set(desk.faults) == {poison.id}
    assert {one.page.incident for one in await desk.store.deliveries()} != {poison.id}


async def test_whoever_works_the_outbox_is_told_of_pages_put_there(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    await desk.find([hot()])
    assert not desk.posted.is_set()
    await desk.pass_time(NOW + 60)
    assert desk.posted.is_set()


async def test_a_page_that_failed_for_good_sends_the_ladder_on_at_once(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    await desk.find([hot()])
    await desk.pass_time(NOW + 30)
    (delivery,) = await desk.store.deliveries()
    failed = delivery.page.id
    store = desk.store
    await store.settle(_failed(delivery))
    await desk.receive(delivery.page.incident, Receipt(page=failed, status=Sending.FAILED_FOR_GOOD, at=NOW + 31))
    assert {one.page.person for one in await store.deliveries() if one.page.id != failed} == {"bo"}


async def test_a_receipt_that_is_told_again_after_a_crash_leaves_no_second_row(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    await desk.find([hot()])
    await desk.pass_time(NOW + 30)
    (delivery,) = await desk.store.deliveries()
    name, page = delivery.page.incident, delivery.page.id
    for status, at in ((Sending.SENT, 31), (Sending.SENT, 61), (Sending.READ, 70)):
        await desk.receive(name, Receipt(page=page, status=status, at=NOW + at))
    told = [(row.data["status"], row.at) for row in await desk.store.ledger(name) if row.kind == "receipt"]
    assert told == [("sent", NOW + 31), ("read", NOW + 70)]


def _failed(delivery: Delivery) -> Delivery:
    return replace(delivery, status=Sending.FAILED_FOR_GOOD, version=1)


async def test_a_receipt_for_an_incident_that_is_no_more_is_let_pass(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    await desk.receive("260301-gone", Receipt(page="p", status=Sending.SENT, at=NOW))
    assert await desk.store.incidents() == []


async def test_good_news_of_a_removed_rule_still_reaches_its_incident(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    await desk.find([hot()])
    desk.book = rules(tmp_path, HEAD)
    await desk.find([hot(5, AlertState.RETIRED)])
    (incident,) = await desk.store.incidents()
    assert incident.state is State.VERIFIED
