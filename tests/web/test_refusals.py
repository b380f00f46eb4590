from __future__ import annotations

import json
from http import HTTPStatus

import pytest

from andon.errors import AndonError, ConfigError, Conflict, Refused, TooLarge, Unavailable
from andon.web.pacing import Busy
from andon.web.refusals import AT_THE_DOOR, refused
from tests.web.tiny import Tiny


@pytest.mark.parametrize(
    ("error", "status", "again"),
    [
        (TooLarge("x"), HTTPStatus.REQUEST_ENTITY_TOO_LARGE, None),
        (Refused("x"), HTTPStatus.CONFLICT, None),
        (Conflict("x"), HTTPStatus.CONFLICT, None),
        (Busy("x"), HTTPStatus.TOO_MANY_REQUESTS, "1"),
        (Unavailable("x"), HTTPStatus.SERVICE_UNAVAILABLE, "2"),
        (ConfigError("x"), HTTPStatus.INTERNAL_SERVER_ERROR, None),
    ],
)
def test_an_error_means_the_status_of_its_nearest_kind(error: AndonError, status: int, again: str | None) -> None:
    answer = refused(error)
    assert (answer.status_code, answer.headers.get("retry-after")) == (status, again)
    assert json.loads(bytes(answer.body)) == {"detail": "x"}


def test_where_signals_come_in_what_is_refused_cannot_be_read_and_the_rest_means_the_same() -> None:
    assert refused(Refused("x"), AT_THE_DOOR).status_code == HTTPStatus.BAD_REQUEST
    assert refused(TooLarge("x"), AT_THE_DOOR).status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


async def test_a_status_has_one_text_wherever_it_is_told(here: Tiny) -> None:
    document = (await here.client.get("/v1/openapi.json")).json()
    told: dict[str, set[str]] = {}
    for item in document["paths"].values():
        for operation in item.values():
            for status, answer in operation["responses"].items():
                if status >= "400" and "health" not in operation["tags"]:
                    told.setdefault(status, set()).add(answer["description"])
    assert set(told) == {"400", "401", "403", "404", "409", "413", "422", "429", "503"}
    assert [status for status, texts in told.items() if len(texts) > 1] == []
