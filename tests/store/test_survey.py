"""How a store is set up is looked at again and again, by what it was judged by at the start."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from andon.errors import ConfigError
from andon.log.room import Room
from andon.store.survey import EVERY, UNFIT_EVERY, Survey
from andon.store.tending import Tending


@pytest.mark.parametrize("ours", [True, False])
async def test_a_store_of_ours_is_never_written_to_by_a_look(client: Redis, *, ours: bool) -> None:
    survey = Survey(client, ours=ours)
    await survey.look(0.0)
    await survey.look_again(EVERY)
    assert bool(await client.keys("*probe*")) is not ours


async def test_a_doubt_is_told_once_and_forgotten_when_it_is_mended(
    client: Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    survey = Survey(client, ours=True)
    await client.config_set("appendfsync", "everysec")
    try:
        await survey.look(0.0)
        await survey.look_again(EVERY)
        assert [one.look for one in survey.doubts] == ["appendfsync"]
        assert capsys.readouterr().out.count("store.doubt") == 1
    finally:
        await client.config_set("appendfsync", "always")
    await survey.look_again(2 * EVERY - 1.0)
    assert survey.doubts
    await survey.look_again(2 * EVERY)
    assert survey.doubts == []


async def test_what_keeps_andon_from_starting_is_no_mere_doubt_later_but_makes_it_unready_until_it_is_mended(
    client: Redis,
) -> None:
    minder = Tending(client, Room(client))
    await minder.survey.look(0.0)
    await client.replicaof("127.0.0.1", "9")
    try:
        with pytest.raises(ConfigError, match="replica"):
            await minder.survey.look(0.0)
        await minder.look(EVERY)
        assert (minder.trouble, "it is a replica of 127.0.0.1:9" in minder.why) == ("unfit", True)
    finally:
        await client.replicaof("NO", "ONE")
    await minder.look(EVERY + UNFIT_EVERY)
    assert minder.trouble == ""
