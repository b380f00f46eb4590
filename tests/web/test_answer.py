from __future__ import annotations

import base64
from http import HTTPStatus
from pathlib import Path

import pytest

from andon.model import State
from andon.respond.links import sign
from tests.web.stage import KEY
from tests.web.tiny import NOW, RULES, Tiny, tiny


async def linked(here: Tiny, person: str = "tom", expires: float = NOW + 3600) -> tuple[str, str]:
    incident = await here.called()
    return incident.id, f"/a/{sign(KEY, incident.id, person, expires)}"


async def test_looking_changes_nothing(here: Tiny) -> None:
    name, link = await linked(here)
    before = await here.store.find(name)
    for _ in range(3):
        assert (await here.client.get(link)).status_code == HTTPStatus.OK
    assert await here.store.find(name) == before


async def test_the_page_says_what_where_how_bad_and_who_answers(here: Tiny) -> None:
    _, link = await linked(here)
    text = (await here.client.get(link)).text
    for told in ("YELLOW", "crashes", "ios", "3.1 %", "nobody has it yet", "You answer as Tom Reed", "answer by"):
        assert told in text


async def test_it_speaks_its_readers_language(here: Tiny) -> None:
    _, link = await linked(here, "li.na")
    text = (await here.client.get(link)).text
    assert 'lang="zh-CN"' in text
    assert "收到，我来处理" in text
    assert "Ack" not in text


async def test_a_button_answers_as_the_one_whom_the_link_names(here: Tiny) -> None:
    name, link = await linked(here)
    answer = await here.client.post(link, data={"verb": "ack"})
    assert answer.status_code == HTTPStatus.OK
    assert "tom has it" in answer.text
    found = await here.store.find(name)
    assert found is not None
    assert (found.holder, found.state) == ("tom", State.ACKED)
    assert ("acked", "link") in [(row.kind, row.via) for row in await here.store.ledger(name)]


async def test_it_works_without_a_script(here: Tiny) -> None:
    _, link = await linked(here)
    text = (await here.client.get(link)).text
    assert "<script" not in text
    assert '<form method="post">' in text


async def test_an_answer_that_is_refused_says_why_on_the_page(here: Tiny) -> None:
    _, link = await linked(here, "ana")
    answer = await here.client.post(link, data={"verb": "ack"})
    assert answer.status_code == HTTPStatus.OK
    assert "ana may not answer" in answer.text


async def test_an_expired_link_is_403_and_plain(here: Tiny) -> None:
    name, link = await linked(here, expires=NOW - 1)
    for answer in (await here.client.get(link), await here.client.post(link, data={"verb": "ack"})):
        assert answer.status_code == HTTPStatus.FORBIDDEN
        assert "expired" in answer.text
        assert "<form" not in answer.text
    found = await here.store.find(name)
    assert found is not None
    assert found.state is State.CALLED


def _forged(link: str) -> str:
    said, _, signature = link.removeprefix("/a/").partition(".")
    body = base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)).replace(b"tom", b"ana")
    return f"/a/{base64.urlsafe_b64encode(body).decode().rstrip('=')}.{signature}"


@pytest.mark.parametrize(
    "change", [_forged, lambda one: one[:-2], lambda one: one + "A", lambda _: "/a/x", lambda _: "/a/x.y"]
)
async def test_a_forged_link_is_403(here: Tiny, change: object) -> None:
    _, link = await linked(here)
    assert callable(change)
    answer = await here.client.post(change(link), data={"verb": "ack"})
    assert answer.status_code == HTTPStatus.FORBIDDEN


async def test_a_link_to_an_incident_that_is_gone_is_404(here: Tiny) -> None:
    answer = await here.client.get(f"/a/{sign(KEY, 'gone', 'tom', NOW + 60)}")
    assert answer.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("form", [b"", b"verb=close", b"verb=give&whom=ana", b"\xff" * 5000, b"verb=%00"])
async def test_a_link_can_do_no_more_than_its_buttons(here: Tiny, form: bytes) -> None:
    name, link = await linked(here)
    before = await here.store.find(name)
    answer = await here.client.post(link, content=form, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert await here.store.find(name) == before


async def test_a_closed_incident_has_no_buttons(here: Tiny) -> None:
    name, link = await linked(here)
    await here.answered(name, verb="close", by="tom", text="a drill")
    text = (await here.client.get(link)).text
    assert "Closed: a drill. Nothing is left to answer." in text
    assert "Back to normal" not in text, "it was never verified"
    assert "<form" not in text


async def test_what_customers_wrote_is_shown_as_text_and_masked(here: Tiny) -> None:
    await here.client.post("/v1/pulls", json={"by": "ana", "text": "<img src=x onerror=alert(1)> call 13800138000"})
    await here.passed_on()
    (incident,) = await here.store.open_incidents()
    text = (await here.client.get(f"/a/{sign(KEY, incident.id, 'tom', NOW + 60)}")).text
    assert "<img" not in text
    assert "13800138000" not in text
    assert "&lt;img" in text


async def test_the_page_loads_nothing_from_elsewhere_and_is_not_kept(here: Tiny) -> None:
    _, link = await linked(here)
    headers = (await here.client.get(link)).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"


LEARNT = RULES.replace("{above: 2%, over: 10m}", "{rises: true, false_alarms: 1 per 30d}")
ACCEPT = 'value="accept"'


async def test_the_new_normal_is_offered_where_something_learnt_was_left(here: Tiny, tmp_path: Path) -> None:
    _, link = await linked(here)
    assert ACCEPT not in (await here.client.get(link)).text
    async with tiny(tmp_path / "learnt", rules=LEARNT) as other:
        _, link = await linked(other, "li.na")
        text = (await other.client.get(link)).text
    assert ACCEPT in text
    assert "这是新常态，不是故障" in text


async def test_the_new_normal_is_accepted_with_its_reason(tmp_path: Path) -> None:
    async with tiny(tmp_path, rules=LEARNT) as here:
        name, link = await linked(here)
        assert "needs a reason" in (await here.client.post(link, data={"verb": "accept"})).text
        why = "新版本" * 60
        answer = await here.client.post(link, data={"verb": "accept", "text": why})
        assert "tom accepts this as the new normal" in answer.text
        [row] = [row for row in await here.store.ledger(name) if row.kind == "accepted"]
        assert (row.by, row.via, row.text) == ("tom", "link", why)
        assert len(await here.log.read("")) == 1
