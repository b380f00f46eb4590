from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

import pytest

from tests.web.stage import ACT, INGEST
from tests.web.tiny import HERE, Tiny, tiny

PULL = {"by": "ana", "text": "odd"}
READS = (
    "/v1/board",
    "/v1/lights",
    "/v1/rules",
    "/v1/oncall",
    "/v1/oncall/x",
    "/v1/incidents",
    "/v1/incidents/x",
    "/v1/letters",
    "/v1/events",
)


async def pulled(one: Tiny, **headers: str) -> int:
    return (await one.client.post("/v1/pulls", json=PULL, headers=headers)).status_code


async def test_this_machine_may_act_and_read_without_a_token(here: Tiny) -> None:
    assert await pulled(here) == HTTPStatus.ACCEPTED
    assert (await here.client.get("/v1/board")).status_code == HTTPStatus.OK


async def test_our_own_page_may_act(here: Tiny) -> None:
    assert await pulled(here, Origin=HERE) == HTTPStatus.ACCEPTED


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "", "http://127.0.0.1:9999", "http://127.0.0.1", "http://[", HERE + ".evil"],
)
async def test_another_sites_page_may_not_act(here: Tiny, origin: str) -> None:
    assert await pulled(here, Origin=origin) == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8717", "127.0.0.1.evil.example", "localhost.evil.example", "[", "", "testserver"],
)
async def test_a_name_that_was_made_to_lead_here_opens_nothing(here: Tiny, host: str) -> None:
    assert await pulled(here, Host=host) == HTTPStatus.FORBIDDEN
    assert (await here.client.get("/v1/board", headers={"Host": host})).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
async def test_what_a_proxy_on_this_machine_hands_on_does_not_come_from_it(here: Tiny, name: str) -> None:
    assert await pulled(here, **{name: "127.0.0.1"}) == HTTPStatus.FORBIDDEN
    assert (await here.client.get("/v1/board", headers={name: "127.0.0.1"})).status_code == HTTPStatus.FORBIDDEN
    assert await pulled(here, **{name: "127.0.0.1", "Authorization": f"Bearer {ACT}"}) == HTTPStatus.ACCEPTED


@pytest.mark.parametrize("host", ["localhost:8717", "127.0.0.1:8717", "[::1]:8717", "127.8.8.8"])
async def test_this_machines_own_names_open(here: Tiny, host: str) -> None:
    assert (await here.client.get("/v1/board", headers={"Host": host})).status_code == HTTPStatus.OK


async def test_from_afar_nothing_is_done_or_shown_without_a_token(afar: Tiny) -> None:
    assert await pulled(afar) == HTTPStatus.FORBIDDEN
    for path in READS:
        assert (await afar.client.get(path)).status_code == HTTPStatus.FORBIDDEN, path


async def test_from_afar_the_token_for_acts_acts_and_reads(afar: Tiny) -> None:
    carried = {"Authorization": f"Bearer {ACT}"}
    assert await pulled(afar, **carried) == HTTPStatus.ACCEPTED
    assert (await afar.client.get("/v1/board", headers=carried)).status_code == HTTPStatus.OK


async def test_who_may_only_send_may_neither_act_nor_read(afar: Tiny) -> None:
    carried = {"Authorization": f"Bearer {INGEST}"}
    assert await pulled(afar, **carried) == HTTPStatus.FORBIDDEN
    assert (await afar.client.get("/v1/board", headers=carried)).status_code == HTTPStatus.FORBIDDEN


async def test_without_a_token_set_an_empty_one_opens_nothing(tmp_path: Path) -> None:
    async with tiny(tmp_path, act="", peer="192.0.2.7", url="http://andon.example") as one:
        for said in ("Bearer ", "Bearer", "Bearer None", ""):
            assert await pulled(one, Authorization=said) == HTTPStatus.FORBIDDEN


async def test_no_refusal_tells_a_secret(afar: Tiny) -> None:
    for path in READS:
        text = (await afar.client.get(path, headers={"Authorization": "Bearer nearly"})).text
        assert ACT not in text
        assert INGEST not in text


async def test_the_page_itself_may_be_loaded_from_anywhere_and_holds_no_data(afar: Tiny) -> None:
    answer = await afar.client.get("/")
    assert answer.status_code == HTTPStatus.OK
    assert "li.na" not in answer.text
