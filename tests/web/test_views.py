from __future__ import annotations

import asyncio
import json
import math
from functools import partial
from http import HTTPStatus

import msgspec
import pytest

from andon.model import AlertState, Part, Row
from andon.web import stream, views
from andon.web.pacing import Pacing
from andon.web.stream import Stream
from tests.web.stage import crash, light
from tests.web.tiny import NOW, Tiny


async def test_the_board_tells_lamps_incidents_people_and_rules(here: Tiny) -> None:
    incident = await here.called()
    told = (await here.client.get("/v1/board")).json()
    assert told["now"] == NOW
    assert told["people"]["li.na"] == "李娜"
    assert told["owners"] == ["app", "everyone", "shop"]
    assert told["rulebook"]["rules"] == len(here.running.andon.book.rules)
    assert told["lamps"]["app"]["shows"] == "yellow"
    (shown,) = told["incidents"]
    assert (shown["id"], shown["holder"], shown["tier"]) == (incident.id, "", "yellow")
    assert {one["milestone"] for one in shown["promises"]} == {"respond", "resolve"}


async def test_evidence_is_told_in_both_languages(here: Tiny) -> None:
    await here.called()
    said = (await here.client.get("/v1/board")).json()["incidents"][0]["said"]
    assert said["en"]["bad"] == "crash rate 3.1 %, usually 0.41 %"
    assert "崩溃率" in said["zh"]["metric"]
    assert "40" in said["zh"]["odds"]
    assert said["en"]["where"] == "ios"


async def test_customers_words_are_masked_wherever_they_are_shown(here: Tiny) -> None:
    incident = await here.called()
    for path in ("/v1/board", "/v1/incidents", f"/v1/incidents/{incident.id}"):
        text = (await here.client.get(path)).text
        assert "App keeps closing" in text
        assert "13800138000" not in text


async def test_a_pulls_text_is_masked_in_title_and_story(here: Tiny) -> None:
    await here.client.post("/v1/pulls", json={"by": "ana", "text": "card 6222020200112233445 charged twice"})
    await here.passed_on()
    (incident,) = await here.store.open_incidents()
    text = (await here.client.get(f"/v1/incidents/{incident.id}")).text
    assert "charged twice" in text
    assert "6222020200112233445" not in text


async def test_an_incidents_story_is_told_by_id_or_code_in_either_language(here: Tiny) -> None:
    incident = await here.called()
    english = (await here.client.get(f"/v1/incidents/{incident.code.lower()}")).json()
    chinese = (await here.client.get(f"/v1/incidents/{incident.id}?lang=zh")).json()
    assert english["story"][0]["text"] == "called (yellow) for app"
    assert chinese["story"][0]["text"] == "已呼叫 app（黄灯）"


async def test_pages_are_told_without_address_and_link(here: Tiny) -> None:
    incident = await here.called()
    here.clock.time += 60
    await here.running.andon.desk.pass_time(here.clock.now())
    told = (await here.client.get(f"/v1/incidents/{incident.id}")).json()
    assert told["pages"][0]["person"] == "li.na"
    assert set(told["pages"][0]) == {"person", "name", "channel", "reason", "due", "status", "why"}


async def test_an_incident_that_is_not_there_is_404(here: Tiny) -> None:
    answer = await here.client.get("/v1/incidents/nothing")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "/v1/incidents lists" in answer.json()["detail"]


@pytest.mark.parametrize("query", ["most=0", "most=x", "most=1001"])
async def test_how_many_is_bounded(here: Tiny, query: str) -> None:
    answer = await here.client.get(f"/v1/incidents?{query}")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "query.most" in answer.json()["detail"]


async def test_figures_that_are_no_numbers_are_null(here: Tiny) -> None:
    evidence = msgspec.structs.replace(crash(NOW), low=math.nan, high=math.inf, parts=[Part(labels={}, share=math.nan)])
    incident = await here.called()
    alert = next(iter(incident.alerts.values()))
    changed = msgspec.structs.replace(alert, evidence=evidence)
    shown = views.as_json(views.alert_view(incident, changed)).body
    assert json.loads(bytes(shown))["evidence"]["low"] is None


async def test_lights_are_told_of_one_owner_or_of_all(here: Tiny) -> None:
    await here.store.show([light("crashes", {"platform": "ios"}), light("of old", {})], {})
    assert len((await here.client.get("/v1/lights")).json()) == 2
    (mine,) = (await here.client.get("/v1/lights?owner=app")).json()
    assert (mine["title"], mine["segment"]) == ("crashes", {"platform": "ios"})


async def test_each_rule_tells_what_its_live_segments_promise_together(here: Tiny) -> None:
    shown = [light("crashes", {"platform": "ios"}), light("crashes", {"platform": "web"}, learning=60.0)]
    await here.store.show(shown, {})
    (mine,) = (rule for rule in (await here.client.get("/v1/rules")).json() if rule["rule"] == "crashes")
    assert (mine["live"], mine["learning"]) == (2, 1)
    assert mine["promised"] == 0, "a fixed line promises nothing"
    assert mine in (await here.client.get("/v1/board")).json()["rules"]


async def test_a_row_of_a_later_version_is_still_a_line() -> None:
    row = Row(incident="i", n=1, at=NOW, kind="levitated", text="by itself")
    assert views.row_view(row, "zh")["text"] == "levitated by itself"


class Watcher:
    """Reads a stream's events into a list."""

    def __init__(self, source: Stream) -> None:
        self.events: list[tuple[str, dict[str, object]]] = []
        self.task = asyncio.create_task(self._read(source))

    async def _read(self, source: Stream) -> None:
        async for event in source.events():
            name, data = event.decode().strip().split("\n")
            self.events.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))

    async def until(self, number: int) -> None:
        for _ in range(200):
            if len(self.events) >= number:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"{len(self.events)} events, {number} were waited for: {self.events}")


def stream_of(one: Tiny) -> Stream:
    return Stream(one.running, partial(views.state, pacing=Pacing(one.running.stopping)))


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LOOKS_EVERY", 0.02)
    monkeypatch.setattr(stream, "BEATS_EVERY", 0.1)
    monkeypatch.setattr(stream, "PATIENCE", 0.2)


@pytest.mark.usefixtures("quickly")
async def test_a_watcher_hears_the_state_at_once_and_every_change(here: Tiny) -> None:
    watcher = Watcher(stream_of(here))
    await watcher.until(1)
    await here.called()
    await watcher.until(2)
    assert [name for name, _ in watcher.events[:2]] == ["state", "state"]
    assert watcher.events[0][1]["incidents"] == []
    here.running.stopping.set()
    await asyncio.wait_for(watcher.task, 1)


@pytest.mark.usefixtures("quickly")
async def test_between_changes_a_watcher_hears_the_time(here: Tiny) -> None:
    watcher = Watcher(stream_of(here))
    await watcher.until(1)
    here.clock.time += 5
    await watcher.until(2)
    assert watcher.events[1] == ("clock", {"now": NOW + 5})
    here.running.stopping.set()
    await asyncio.wait_for(watcher.task, 1)


@pytest.mark.usefixtures("quickly")
async def test_a_hundred_watchers_cost_no_more_than_one(here: Tiny) -> None:
    source = stream_of(here)
    watchers = [Watcher(source) for _ in range(100)]
    for watcher in watchers:
        await watcher.until(1)
    await asyncio.sleep(0.1)
    here.running.stopping.set()
    await asyncio.gather(*(watcher.task for watcher in watchers))
    assert here.store.asked == source.looks < 60


@pytest.mark.usefixtures("quickly")
async def test_a_store_that_is_away_is_told_and_so_is_its_return(here: Tiny) -> None:
    watcher = Watcher(stream_of(here))
    await watcher.until(1)
    here.store.gone = True
    await watcher.until(2)
    here.store.gone = False
    await watcher.until(3)
    assert watcher.events[1][1]["away"] == "the store does not answer"
    assert watcher.events[2][1]["away"] == ""
    here.running.stopping.set()
    await asyncio.wait_for(watcher.task, 1)


@pytest.mark.usefixtures("quickly")
async def test_a_store_that_says_nothing_at_all_is_told_too(here: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    async def for_ever() -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(here.store, "open_incidents", for_ever)
    watcher = Watcher(stream_of(here))
    await watcher.until(1)
    assert "has not answered" in str(watcher.events[0][1]["away"])
    here.running.stopping.set()
    await asyncio.wait_for(watcher.task, 1)


@pytest.mark.usefixtures("quickly")
async def test_a_bad_rulebook_and_a_fault_are_told(here: Tiny) -> None:
    here.running.refused = "people.yml:3: nobody"
    here.running.andon.faults["faults.engine"] = 2.0
    told = (await here.client.get("/v1/board")).json()
    assert told["rulebook"]["refused"] == "people.yml:3: nobody"
    assert told["faults"] == {"faults.engine": 2.0}


async def test_an_incident_is_on_the_board_with_a_few_alerts_and_its_count(here: Tiny) -> None:
    for number in range(9):
        await here.called(platform=f"p{number}")
    told = (await here.client.get("/v1/board")).json()["incidents"][0]
    assert (len(told["alerts"]), told["alerts_in_all"]) == (views.SHOWN, 9)
    assert all(alert["state"] == AlertState.FIRING for alert in told["alerts"])
