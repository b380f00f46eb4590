"""The OpenAPI document tells of every answer, and bodies that nobody would send get one."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from andon.web.narrow import MOST
from tests.fuzz._contract import contract
from tests.web.tiny import Tiny

JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def document(here: Tiny) -> dict[str, Any]:
    found: dict[str, Any] = (await here.client.get("/v1/openapi.json")).json()
    return found


async def test_every_refusal_says_why_in_one_text(document: dict[str, Any]) -> None:
    told = [
        (status, answer["content"]["application/json"]["schema"])
        for item in document["paths"].values()
        for operation in item.values()
        for status, answer in operation["responses"].items()
        if status >= "400" and "health" not in operation["tags"]
    ]
    assert len(told) > 30
    assert all(schema == {"$ref": "#/components/schemas/Refusal"} for _, schema in told)
    assert document["components"]["schemas"]["Refusal"]["required"] == ["detail"]


async def test_what_says_come_again_says_when(document: dict[str, Any]) -> None:
    signals = document["paths"]["/v1/signals"]["post"]["responses"]
    assert all("Retry-After" in signals[status]["headers"] for status in ("429", "503"))


async def test_an_incident_that_is_not_there_and_a_body_that_cannot_be_read_are_told_of(
    document: dict[str, Any],
) -> None:
    assert "404" in document["paths"]["/v1/incidents/{name}"]["get"]["responses"]
    assert {"400", "403", "409", "413", "422", "503"} <= set(document["paths"]["/v1/pulls"]["post"]["responses"])


@pytest.mark.parametrize(
    "body",
    [
        b'{"by":"tom","text":"x","segment":{"a":"\\ud800"}}',
        b'{"by":"tom","text":"x","segment":{"\\udc00":"a"}}',
        b'{"by":"tom","text":"x","owner":"\\ud800"}',
        b'{"by":"tom","text":"x","segment":{"":"a"}}',
        b'{"by":"tom","text":"x","segment":{"a":"' + b"v" * 201 + b'"}}',
    ],
)
async def test_a_pull_that_is_no_text_is_told_so(here: Tiny, body: bytes) -> None:
    answer = await here.client.post("/v1/pulls", content=body, headers=JSON)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "body." in answer.json()["detail"]


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"by":' + b"9" * 5000 + b"}", b'{"by":"\xe9"}', b'{"a":' * 50_000])
async def test_a_body_that_no_reader_reads_is_told_what_is_taken(here: Tiny, body: bytes) -> None:
    answer = await here.client.post("/v1/pulls", content=body, headers=JSON)
    assert answer.status_code in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}
    assert "JSON" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/v1/pulls", "/v1/letters/resend", "/v1/incidents/4L/acts", "/a/token"])
async def test_a_huge_body_is_given_up_wherever_it_is_sent(afar: Tiny, path: str) -> None:
    read = 0

    async def endless() -> Any:
        nonlocal read
        for _ in range(1000):
            read += 100_000
            yield b" " * 100_000

    answer = await afar.client.post(path, content=endless(), headers=JSON)
    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert f"{MOST:,}" in answer.json()["detail"]
    assert read < 2 * MOST


@pytest.mark.long
def test_no_request_that_the_document_allows_or_forbids_is_answered_otherwise_than_it_tells(tmp_path: Path) -> None:
    status, said = contract(tmp_path, 14.0, 1)
    assert status == 0, said
    assert said.count("Fuzzing") >= 2
