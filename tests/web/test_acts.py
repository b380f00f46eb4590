from __future__ import annotations

from http import HTTPStatus

import pytest

from andon.errors import Unavailable
from andon.model import State, Tier
from tests.web.tiny import Tiny


async def test_an_ack_says_who_has_it(here: Tiny) -> None:
    incident = await here.called()
    answer = await here.answered(incident.code, verb="ack", by="li.na")
    assert answer.status_code == HTTPStatus.OK
    assert answer.json() == {"said": "li.na has it", "incident": incident.id, "state": "acked", "holder": "li.na"}


async def test_it_is_said_in_the_language_that_was_asked_for(here: Tiny) -> None:
    incident = await here.called()
    answer = await here.client.post(f"/v1/incidents/{incident.id}/acts?lang=zh", json={"verb": "ack", "by": "li.na"})
    assert answer.json()["said"] == "li.na 已接手"


async def test_what_was_overdue_is_not_told_as_what_the_act_did(here: Tiny) -> None:
    incident = await here.called()
    here.clock.time += 2 * 3600.0  # its promise breaks in the same transaction
    assert (await here.answered(incident.id, verb="ack", by="li.na")).json()["said"] == "li.na has it"


async def test_a_resolve_that_is_an_answer_too_says_both(here: Tiny) -> None:
    incident = await here.called()
    said = (await here.answered(incident.id, verb="resolve", by="tom")).json()["said"]
    assert said == "tom has it; tom says it is fixed"


async def test_who_comes_second_is_told_who_has_it(here: Tiny) -> None:
    incident = await here.called()
    await here.answered(incident.id, verb="ack", by="li.na")
    answer = await here.answered(incident.id, verb="ack", by="tom")
    assert answer.json()["holder"] == "li.na"
    assert "already li.na" in answer.json()["said"]


async def test_an_act_that_is_posted_twice_happens_once(here: Tiny) -> None:
    incident = await here.called()
    for _ in range(2):
        answer = await here.answered(incident.id, verb="note", by="tom", text="looking", id="n1")
        assert answer.status_code == HTTPStatus.OK
    rows = await here.store.ledger(incident.id)
    assert [row.kind for row in rows].count("note") == 1


async def test_who_is_not_on_the_policy_is_told_so(here: Tiny) -> None:
    incident = await here.called()
    answer = await here.answered(incident.id, verb="ack", by="ana")
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "ana may not answer" in answer.json()["detail"]


async def test_an_incident_that_is_not_there_is_said(here: Tiny) -> None:
    answer = await here.answered("ZZ", verb="ack", by="tom")
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "there is no incident 'ZZ'" in answer.json()["detail"]


async def test_what_is_wrong_with_an_act_is_said_without_repeating_what_was_sent(here: Tiny) -> None:
    answer = await here.answered("x", verb="destroy", by="", text="my secret 12345")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "body.verb: Input should be 'ack'" in answer.json()["detail"]
    assert "body.by" in answer.json()["detail"]
    assert "secret" not in answer.text


async def test_a_store_that_is_away_is_503_with_retry_after(here: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(name: str) -> None:
        raise Unavailable(f"no {name}")

    monkeypatch.setattr(here.store, "find", away)
    answer = await here.answered("x", verb="ack", by="tom")
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert int(answer.headers["retry-after"]) >= 1


async def test_a_pull_opens_an_incident_with_owner_tier_and_place(here: Tiny) -> None:
    body = {"by": "ana", "text": "charged twice", "owner": "shop", "tier": "red", "segment": {"region": "east"}}
    answer = await here.client.post("/v1/pulls", json=body)
    assert answer.status_code == HTTPStatus.ACCEPTED
    assert "charged twice" in answer.json()["said"]
    await here.passed_on()
    (incident,) = await here.store.open_incidents()
    assert (incident.title, incident.owner, incident.tier) == ("charged twice", "shop", Tier.RED)
    assert incident.state is State.CALLED
    assert [alert.segment for alert in incident.alerts.values()] == [{"region": "east"}]


async def test_a_pull_that_is_repeated_under_its_key_is_one_and_is_no_batch_of_that_key(here: Tiny) -> None:
    for text in ("odd", "odd", "odd"):
        answer = await here.client.post("/v1/pulls", json={"by": "ana", "text": text}, headers={"Idempotency-Key": "k"})
        assert answer.status_code == HTTPStatus.ACCEPTED
    await here.sent(b'{"kind":"pull","by":"bo","text":"another"}', idempotency_key="k")
    assert len([entry for entry in await here.log.read("") if entry.batch]) == 2


async def test_another_pull_under_the_same_key_is_refused(here: Tiny) -> None:
    said = [
        await here.client.post("/v1/pulls", json={"by": "ana", "text": text}, headers={"Idempotency-Key": "k"})
        for text in ("odd", "odder")
    ]
    assert [answer.status_code for answer in said] == [HTTPStatus.ACCEPTED, HTTPStatus.CONFLICT]


async def test_a_pull_without_an_owner_goes_to_the_default(here: Tiny) -> None:
    await here.client.post("/v1/pulls", json={"by": "ana", "text": "odd"})
    await here.passed_on()
    (incident,) = await here.store.open_incidents()
    assert (incident.owner, incident.tier) == ("app", Tier.YELLOW)


async def test_a_pull_for_an_unknown_owner_names_the_known(here: Tiny) -> None:
    answer = await here.client.post("/v1/pulls", json={"by": "ana", "text": "odd", "owner": "nowhere"})
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "app, everyone, shop" in answer.json()["detail"]


@pytest.mark.parametrize("wrong", [{"text": "  "}, {"by": ""}, {"tier": "watch"}, {"text": "x" * 2001}, {"segment": 3}])
async def test_a_pull_that_says_nothing_is_refused(here: Tiny, wrong: dict[str, object]) -> None:
    answer = await here.client.post("/v1/pulls", json={"by": "ana", "text": "odd", **wrong})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert next(iter(wrong)) in answer.json()["detail"]
    assert await here.log.read("") == []
