from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.app import assemble
from andon.clock import WallClock
from andon.engine import Engine
from andon.errors import ConfigError, Unavailable
from andon.ingest.batch import decode
from andon.log.memory import MemoryLog
from andon.model import KINDS, Acceptance, AlertState, Kind, State
from andon.rulebook.model import Rulebook
from andon.store.memory import MemoryStore
from tests.acceptance.timeline import HandClock, Story
from tests.kitchen import HEAD, HOT, NOW, PULL, Flaky, book, feed, heat, made, oven_gets_hot, pass_on_all, work
from tests.store.made import incident

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


async def test_what_a_later_version_has_marked_is_not_taken_up(tmp_path: Path) -> None:
    store = MemoryStore()
    andon = made(book(HEAD, tmp_path), store)
    await andon.resume()
    assert (await store.formats())["engine"] == "2"
    await store.mark(await store.formats() | {"engine": "3", "version": "9.9"})
    with pytest.raises(ConfigError, match=r"written by andon 9\.9, in newer formats: engine 3"):
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


# ---------------------------------------------------------------- the new normal


async def test_what_was_accepted_is_in_the_log_once_however_often_it_is_handed_in(tmp_path: Path) -> None:
    andon = made(book(HEAD, tmp_path))
    accepted = Acceptance(by="ana", at=NOW, text="so it is now", row=3, due=NOW, segments=[{"shop": "north"}])
    for _ in range(3):
        await andon.hand_in(incident(), accepted)
    [entry] = await andon.outside.log.read("")
    batch = decode(entry.batch or b"")
    assert [KINDS[code] for code in batch.kind] == [Kind.ACCEPT]
    assert (batch.names, list(batch.segments), batch.notes[0].by) == (("crashes",), [{"shop": "north"}], "ana")
    await andon.pass_on(entry)


async def test_what_was_accepted_is_taken_by_a_log_that_is_nearly_full(tmp_path: Path) -> None:
    andon = made(book(HEAD, tmp_path))
    andon.outside = replace(andon.outside, log=MemoryLog(room=1))
    await andon.hand_in(incident(), Acceptance(by="ana", at=NOW, row=3, due=NOW, segments=[{}]))
    assert len(await andon.outside.log.read("")) == 1
