from __future__ import annotations

from pathlib import Path

import pytest

from andon.app import assemble
from andon.errors import AndonError, ConfigError, Unavailable
from andon.model import AlertState, State
from tests.acceptance.timeline import Story
from tests.kitchen import HEAD, HOT, OVEN, Flaky, book, feed, heat, made, oven_gets_hot


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
