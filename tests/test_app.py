from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.app import Andon, Outside, assemble
from andon.clock import WallClock
from andon.engine import Engine
from andon.errors import AndonError, ConfigError, Unavailable
from andon.figures import bounds, show, tidy
from andon.log.memory import MemoryLog
from andon.model import AlertState, Outcome, State
from andon.rulebook.load import load
from andon.rulebook.model import Rulebook
from andon.store.memory import MemoryStore
from tests.acceptance.timeline import HandClock, Phone, Story

NOW = 1_772_445_600.0
HEAD = """\
version: 1
people:
  ana: {name: Ana, slack: U01}
  bo: {name: Bo, slack: U02}
owners:
  shop: {on-duty: [ana], lead: bo}
  bar: {on-duty: [bo], lead: ana}
  everyone: {on-duty: [bo], lead: ana}
policies:
  default: {yellow: [{notify: on-duty, by: [slack]}, {after: 5m, unless: acked, notify: lead, by: [slack]}], red: [{notify: lead, by: [slack]}]}
promises: {yellow: {respond: 10m, resolve: 2h, clock: always}, red: {respond: 5m, resolve: 1h, clock: always}}
defaults: {policy: default, owner: shop, every: 1m, clear_after: 3m}
scales: {taste: {low: 1, high: 10, good: 9..10, bad: 1..4}}
rules:
  - {name: slow, id: slow, watch: p95, by: [product], when: {above: 800ms, over: 5m}}
"""
OVEN = '  - {name: hot, id: oven, watch: "gauge:heat", by: [shop], owner: OWNER, when: {above: 240, over: 1m}}\n'
HOT = HEAD + OVEN.replace("OWNER", "shop")
PULL = b'{"kind":"pull","by":"ana","text":"help","owner":"shop"}'


def book(text: str, tmp_path: Path) -> Rulebook:
    (tmp_path / "book.yml").write_text(text)
    return load(tmp_path, {})


def heat(minute: float, value: float, shop: str = "north") -> bytes:
    segment = {"shop": shop}
    return json.dumps(
        {"kind": "gauge", "name": "heat", "value": value, "time": NOW + minute * 60, "segment": segment}
    ).encode()


class Flaky(MemoryStore):
    """A store that is away at some of its writes, before or after they were done."""

    def __init__(self, *faults: str) -> None:
        super().__init__()
        self.faults: Iterator[str] = iter(faults)

    async def commit(self, outcome: Outcome, wake: float | None) -> None:
        fault = next(self.faults, "")
        if fault == "before":
            raise Unavailable("gone before it was written")
        await super().commit(outcome, wake)
        if fault == "after":
            raise Unavailable("gone before it could say so")

    async def saved(self) -> tuple[bytes, str] | None:
        if next(self.faults, "") == "before":
            raise Unavailable("gone")
        return await super().saved()


def made(rules: Rulebook, store: MemoryStore | None = None, log: MemoryLog | None = None) -> Andon:
    story = Story(HEAD)
    outside: Outside = replace(
        story.andon.outside,
        store=store or MemoryStore(),
        log=log or MemoryLog(),
        clock=HandClock(NOW),
        channels={"slack": Phone("slack")},
    )
    return assemble(rules, outside)


async def feed(andon: Andon, minute: float, *lines: bytes) -> None:
    """Let lines come in at a minute, and pass on all that is in the log."""
    clock = andon.outside.clock
    assert isinstance(clock, HandClock)
    clock.time = NOW + minute * 60
    if lines:
        await andon.receive(b"\n".join(lines), "application/x-ndjson", "", "")
    await andon.outside.log.append(clock.time, None)
    await work(andon)


async def pass_on_all(andon: Andon) -> None:
    for entry in await andon.outside.log.read(andon.position):
        await andon.pass_on(entry)


async def work(andon: Andon) -> None:
    """What `andon up` does: pass on; after a fault go back to what was saved, and read on from there."""
    for _ in range(200):
        try:
            await pass_on_all(andon)
        except Unavailable:
            while True:
                try:
                    await andon.resume()
                except Unavailable:
                    continue
                break
            continue
        return
    raise AssertionError("it never got through")


async def oven_gets_hot(andon: Andon, minutes: int = 4) -> None:
    for minute in range(minutes):
        await feed(andon, minute, heat(minute - 0.01, 300.0))


# ---------------------------------------------------------------- in at the door


async def test_what_was_received_is_in_the_log_and_its_refused_part_among_the_letters(tmp_path: Path) -> None:
    andon = made(book(HEAD, tmp_path))
    taken = await andon.receive(heat(0, 200) + b"\n{broken", "application/x-ndjson", "", "")
    assert (taken.taken, taken.refused) == (1, 1)
    assert len(await andon.outside.log.read("")) == 1
    assert len(await andon.outside.log.letters()) == 1


async def test_nothing_fit_and_nothing_refused_writes_nothing(tmp_path: Path) -> None:
    andon = made(book(HEAD, tmp_path))
    await andon.receive(b"\n\n", "application/x-ndjson", "", "")
    assert await andon.outside.log.read("") == []


async def test_what_the_log_could_not_take_is_no_repeat_when_it_comes_again(tmp_path: Path) -> None:
    full = MemoryLog(room=1)
    await full.append(NOW, b"x")
    andon = made(book(HEAD, tmp_path), log=full)
    line = b'{"kind":"complaint","text":"cold","id":"c1"}'
    with pytest.raises(Unavailable):
        await andon.receive(line, "application/x-ndjson", "", "")
    andon.outside = replace(andon.outside, log=MemoryLog())
    assert (await andon.receive(line, "application/x-ndjson", "", "")).duplicate == 0


# ---------------------------------------------------------------- passing on, saving, going back


async def test_the_position_moves_only_once_what_was_found_is_in_the_store(tmp_path: Path) -> None:
    andon = made(book(HOT, tmp_path), Flaky("before"))
    await feed(andon, 0, heat(-0.01, 300.0))
    await andon.receive(heat(0.9, 300.0), "application/x-ndjson", "", "")
    await andon.outside.log.append(NOW + 120, None)
    entries = await andon.outside.log.read(andon.position)
    before = andon.position
    await andon.pass_on(entries[0])
    with pytest.raises(Unavailable):
        await andon.pass_on(entries[1])
    assert before < andon.position < entries[-1].position
    assert await andon.outside.store.incidents() == []


async def test_a_state_that_is_ahead_of_the_store_is_never_saved(tmp_path: Path) -> None:
    store = Flaky()
    andon = made(book(HOT, tmp_path), store)
    await feed(andon, 0, heat(-0.01, 300.0))
    await andon.save()
    before = await store.saved()
    store.faults = iter(["before"])
    await andon.outside.log.append(NOW + 120, None)
    await andon.receive(heat(1.9, 300.0), "application/x-ndjson", "", "")
    await andon.outside.log.append(NOW + 240, None)
    with pytest.raises(Unavailable):
        await pass_on_all(andon)
    await andon.save()
    assert await store.saved() == before
    await andon.resume()
    await pass_on_all(andon)
    assert len(await store.incidents()) == 1


async def test_saving_forgets_the_log_behind_the_snapshot_and_nothing_after_it(tmp_path: Path) -> None:
    andon = made(book(HOT, tmp_path))
    await oven_gets_hot(andon, 2)
    await andon.receive(heat(2, 300.0), "application/x-ndjson", "", "")
    await andon.save()
    left = [entry.position for entry in await andon.outside.log.read("")]
    assert left[0] == andon.position
    assert len(left) == 2


async def test_resuming_while_the_store_is_away_changes_nothing(tmp_path: Path) -> None:
    store = Flaky()
    andon = made(book(HOT, tmp_path), store)
    await oven_gets_hot(andon, 2)
    await andon.save()
    engine, position = andon.engine, andon.position
    store.faults = iter(["before"])
    with pytest.raises(Unavailable):
        await andon.resume()
    assert (andon.engine, andon.position) == (engine, position)


async def test_a_new_process_goes_on_where_the_saved_one_stood(tmp_path: Path) -> None:
    rules = book(HOT, tmp_path)
    first = made(rules)
    await oven_gets_hot(first, 2)
    await first.save()
    second = assemble(rules, first.outside)
    await second.resume()
    assert second.position == first.position
    assert second.engine.streams.facts() == first.engine.streams.facts()


async def decided(rules: Rulebook, store: MemoryStore, save_at: int) -> list[Any]:
    andon = made(rules, store)
    for minute in range(12):
        await feed(
            andon, minute, heat(minute - 0.02, 300.0 if minute < 5 else 100.0), heat(minute - 0.01, 200.0, "south")
        )
        if minute == save_at:
            await andon.save()
    found = await store.incidents()
    rows = [[(row.kind, row.at, row.n) for row in await store.ledger(one.id)] for one in found]
    pages = [[page.page.id for page in await store.pages(one.id)] for one in found]
    facts = andon.engine.streams.facts() | andon.engine.bank.facts()
    return [[(one.id, one.state, one.tier) for one in found], rows, pages, facts]


@pytest.mark.long
@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from(["", "", "before", "after"]), max_size=8), st.integers(0, 11))
def test_wherever_the_store_was_away_the_same_is_decided_and_nobody_is_paged_twice(
    faults: list[str], save_at: int
) -> None:
    rules = book_of(HOT)
    disturbed = asyncio.run(decided(rules, Flaky(*faults), save_at))
    assert disturbed == asyncio.run(decided(rules, MemoryStore(), save_at))
    assert disturbed[0][0][1] is State.VERIFIED


def book_of(text: str) -> Rulebook:
    return Story(text).andon.book


async def test_a_day_of_looks_at_once_leaves_others_their_turn(tmp_path: Path) -> None:
    andon = made(book(HOT, tmp_path))
    await feed(andon, 0, heat(-0.01, 200.0))
    turns, beats = [0], [0]

    async def somebody_else() -> None:
        while True:
            turns[0] += 1
            await asyncio.sleep(0)

    def beat() -> None:
        beats[0] += 1

    andon.beat = beat
    other = asyncio.create_task(somebody_else())
    await feed(andon, 1440)
    other.cancel()
    assert beats[0] >= 1400
    assert turns[0] >= 1400


async def test_where_the_clock_was_set_back_a_pull_still_pages_at_once(tmp_path: Path) -> None:
    rules = book(HOT, tmp_path)
    first = made(rules)
    await feed(first, 60, heat(59.9, 200.0))
    await first.save()
    clock = WallClock()  # the machine's clock stands long before what has been judged, or long after: as it is
    later = replace(first.outside, clock=clock)
    second = assemble(rules, later)
    second.engine.now = clock.now() + 3600.0
    await second.save()
    await second.resume()
    await second.receive(PULL, "", "", "")
    await work(second)
    assert await second.send() == 1


async def test_what_was_called_while_the_clock_was_a_day_ahead_is_paged_though_it_ended_before_it_saved(
    tmp_path: Path,
) -> None:
    rules, clock = book(HOT, tmp_path), WallClock()
    outside = replace(made(rules).outside, clock=clock)
    await assemble(rules, replace(outside, clock=HandClock(clock.now() + 86_400.0))).receive(PULL, "", "", "")
    again = assemble(rules, outside)
    await again.resume()
    await work(again)
    assert await again.send() == 1


async def test_a_service_starts_no_earlier_than_what_it_took_before_it_ended(tmp_path: Path) -> None:
    clock = WallClock()
    outside = replace(made(book(HOT, tmp_path)).outside, clock=clock)
    ahead = clock.now() + 86_400.0
    await outside.log.append(ahead, None)
    await assemble(book(HOT, tmp_path), outside).resume()
    assert clock.now() >= ahead


async def test_what_an_edit_leaves_behind_is_retired_though_the_store_was_away_at_the_start(tmp_path: Path) -> None:
    store = Flaky()
    first = made(book(HOT, tmp_path), store)
    await oven_gets_hot(first)
    await first.save()
    second = made(book(HEAD, tmp_path), store, first.outside.log)  # type: ignore[arg-type] # a log in memory, as made
    store.faults = iter(["", "before"])
    with pytest.raises(Unavailable):
        await second.resume()
    await second.save()  # told to stop just then
    third = made(book(HEAD, tmp_path), store, first.outside.log)  # type: ignore[arg-type] # likewise
    await third.resume()
    [incident] = await store.incidents()
    assert {alert.state for alert in incident.alerts.values()} == {AlertState.RETIRED}


# ---------------------------------------------------------------- another rulebook


async def test_a_rulebook_that_the_bank_refuses_leaves_all_as_it_was(tmp_path: Path) -> None:
    andon = made(book(HOT, tmp_path))
    await oven_gets_hot(andon, 2)
    before = (andon.book, andon.desk.book, andon.engine)
    wrong = HEAD + OVEN.replace("OWNER", "bar").replace("above: 240, over: 1m", "rises: true, using: burn_rate")
    with pytest.raises(ConfigError, match="burn_rate"):
        await andon.adopt(book(wrong, tmp_path))
    assert (andon.book, andon.desk.book, andon.engine) == before


async def test_a_rulebook_that_comes_while_the_store_is_away_waits(tmp_path: Path) -> None:
    store = Flaky()
    andon = made(book(HOT, tmp_path), store)
    await oven_gets_hot(andon)
    before = (andon.book, andon.desk.book, andon.engine)
    store.faults = iter(["before"])
    with pytest.raises(Unavailable):
        await andon.adopt(book(HEAD, tmp_path))
    assert (andon.book, andon.desk.book, andon.engine) == before
    await andon.adopt(book(HEAD, tmp_path))
    assert [one.state for one in await store.incidents()] == [State.VERIFIED]


async def test_an_alert_whose_rule_is_removed_is_retired_and_not_waited_for(tmp_path: Path) -> None:
    andon = made(book(HOT, tmp_path))
    await oven_gets_hot(andon)
    assert [one.state for one in await andon.outside.store.incidents()] == [State.CALLED]
    await andon.adopt(book(HEAD, tmp_path))
    (incident,) = await andon.outside.store.incidents()
    assert [alert.state for alert in incident.alerts.values()] == [AlertState.RETIRED]
    assert incident.state is State.VERIFIED


async def test_a_rule_that_was_removed_while_nobody_ran_is_retired_at_the_start(tmp_path: Path) -> None:
    first = made(book(HOT, tmp_path))
    await oven_gets_hot(first)
    await first.save()
    second = assemble(book(HEAD, tmp_path), first.outside)
    await second.resume()
    (incident,) = await second.outside.store.incidents()
    assert [alert.state for alert in incident.alerts.values()] == [AlertState.RETIRED]


async def test_an_open_incident_hears_that_all_is_well_though_its_rule_has_another_owner_now(tmp_path: Path) -> None:
    andon = made(book(HOT, tmp_path))
    await oven_gets_hot(andon)
    await andon.adopt(book(HEAD + OVEN.replace("OWNER", "bar"), tmp_path))
    for minute in range(4, 14):
        await feed(andon, minute, heat(minute - 0.01, 100.0))
    (incident,) = await andon.outside.store.incidents()
    assert (incident.owner, incident.state) == ("shop", State.VERIFIED)


async def test_rules_that_an_edit_leaves_alone_keep_what_they_have_seen(tmp_path: Path) -> None:
    andon = made(book(HOT, tmp_path))
    await oven_gets_hot(andon)
    before = andon.engine.streams.facts()["signals"]
    await andon.adopt(book(HOT.replace("name: hot", "name: very hot"), tmp_path))
    assert andon.engine.streams.facts()["signals"] == before
    assert [light.state for light in andon.engine.bank.lights() if light.rule == "oven"] == [AlertState.FIRING]


async def test_a_scale_that_is_new_is_taken_from_then_on(tmp_path: Path) -> None:
    andon = made(book(HEAD, tmp_path))
    rating = b'{"kind":"rating","name":"smell","value":3}'
    assert (await andon.receive(rating, "", "", "")).refused == 1
    more = HEAD.replace("scales: {", "scales: {smell: {low: 1, high: 3, good: 3..3, bad: 1..1}, ")
    await andon.adopt(book(more, tmp_path))
    assert (await andon.receive(rating, "", "", "")).taken == 1


def test_a_rulebook_that_the_bank_refuses_at_the_start_is_one_clear_error() -> None:
    wrong = HEAD + OVEN.replace("OWNER", "bar").replace("above: 240, over: 1m", "rises: true, using: burn_rate")
    with pytest.raises(AndonError, match="burn_rate") as error:
        Story(wrong)
    assert "\n" not in str(error.value)


# ---------------------------------------------------------------- what the board is shown


async def test_faults_of_loops_and_channels_are_among_the_facts(tmp_path: Path) -> None:
    andon = made(book(HEAD, tmp_path))
    andon.faults["faults.engine"] = 2.0
    andon.sender.trying.faults["slack"] += 1
    await show(andon)
    _, facts = await andon.outside.store.shown()
    assert (facts["faults.engine"], facts["faults.channel.slack"]) == (2.0, 1.0)
    assert facts["signals"] == 0.0


# ---------------------------------------------------------------- what is kept


async def test_tidying_up_goes_by_the_services_clock_and_tells_what_is_kept(tmp_path: Path) -> None:
    andon = made(book(HEAD, tmp_path))
    await andon.receive(b"{broken", "application/x-ndjson", "", "")
    clock = andon.outside.clock
    assert isinstance(clock, HandClock)
    for days, letters in ((89, 1), (91, 0)):
        clock.time = NOW + days * 86_400
        await tidy(andon)
        await show(andon)
        _, facts = await andon.outside.store.shown()
        assert (facts["letters"], facts["incidents"]) == (letters, 0)
    assert bounds(andon)["letters"] == 50_000


async def test_a_snapshot_tells_as_of_when_it_is(tmp_path: Path) -> None:
    andon = made(book(HEAD, tmp_path))
    await feed(andon, 3, heat(2.9, 200.0))
    await andon.save()
    await show(andon)
    assert (await andon.outside.store.shown())[1]["snapshot.at"] == NOW + 180


async def test_what_a_later_version_has_marked_is_not_taken_up(tmp_path: Path) -> None:
    store = MemoryStore()
    andon = made(book(HEAD, tmp_path), store)
    await andon.resume()
    assert (await store.formats())["engine"] == "1"
    await store.mark(await store.formats() | {"engine": "2", "version": "9.9"})
    with pytest.raises(ConfigError, match=r"written by andon 9\.9, in newer formats: engine 2"):
        await made(book(HEAD, tmp_path), store).resume()


async def test_a_state_is_taken_up_beside_all_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = book(HOT, tmp_path)
    first = made(rules)
    await oven_gets_hot(first, 2)
    await first.save()
    turned = threading.Event()
    load_really = Engine.load

    def load(engine: Engine, snapshot: bytes) -> None:
        assert turned.wait(10.0), "nobody else had a turn"
        load_really(engine, snapshot)

    monkeypatch.setattr(Engine, "load", load)
    second = assemble(rules, first.outside)
    resuming = asyncio.create_task(second.resume())
    await asyncio.sleep(0.01)
    turned.set()
    await resuming
    assert second.position == first.position


async def test_what_the_board_shows_is_gathered_a_rule_at_a_time(tmp_path: Path) -> None:
    andon = made(book(HOT, tmp_path))
    await feed(andon, 0, heat(-0.01, 200.0))
    turns = []

    async def somebody_else() -> None:
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    other = asyncio.create_task(somebody_else())
    await show(andon)
    other.cancel()
    assert len(turns) >= len(andon.engine.bank.judges) > 1
