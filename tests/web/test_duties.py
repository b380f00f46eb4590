from __future__ import annotations

from http import HTTPStatus

import pytest

from tests.web.tiny import NOW, Tiny


async def test_every_owner_is_told_with_who_is_on_duty(here: Tiny) -> None:
    found = (await here.client.get("/v1/oncall")).json()
    assert [one["owner"] for one in found] == ["app", "everyone", "shop"]
    assert found[0] == {"owner": "app", "people": ["李娜", "Tom Reed"], "until": None}


async def test_who_would_be_paged_is_told_step_by_step(here: Tiny) -> None:
    [rule] = [one["rule"] for one in (await here.client.get("/v1/rules")).json() if one["title"] == "crashes"]
    found = (await here.client.get(f"/v1/oncall/{rule}")).json()
    assert found[0] == {
        "step": 0,
        "last": False,
        "at": NOW,
        "target": "on-duty",
        "person": "李娜",
        "by": ["console"],
    }
    assert [one["target"] for one in found if one["last"]] == ["lead", "owner:everyone"]
    red = (await here.client.get(f"/v1/oncall/{rule}?tier=red&at={NOW + 60.0}")).json()
    assert [(one["target"], one["at"]) for one in red if not one["last"]] == [
        ("on-duty", NOW + 60.0),
        ("on-duty", NOW + 60.0),
        ("lead", NOW + 60.0),
    ]


async def test_a_rule_that_is_none_is_not_found(here: Tiny) -> None:
    assert (await here.client.get("/v1/oncall/nothing")).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("query", ["at=nan", "at=-1", "at=1e30", "at=soon"])
async def test_a_time_that_is_none_is_refused(here: Tiny, query: str) -> None:
    assert (await here.client.get(f"/v1/oncall?{query}")).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.parametrize("at", [0.0, 4e9, 32_503_680_000.0])
async def test_any_time_that_is_one_is_answered(here: Tiny, at: float) -> None:
    assert (await here.client.get(f"/v1/oncall?at={at}")).status_code == HTTPStatus.OK
    assert (await here.client.get(f"/v1/oncall/crashes?at={at}")).status_code == HTTPStatus.OK
