"""A store reached from outside the service, whether it runs or not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from andon.errors import ConfigError
from andon.store import embedded
from andon.store.lease import Lease, myself
from andon.store.reach import reached

LONG = "a-directory-whose-name-alone-is-longer-than-the-path-of-any-socket-may-be-on-linux-or-macos-or-elsewhere"


@pytest.mark.parametrize("name", ["data", LONG])
def test_one_that_runs_is_spoken_to_as_it_runs(tmp_path: Path, name: str) -> None:
    child = embedded.start(tmp_path / name)
    try:
        assert asyncio.run(_keys(tmp_path / name, write=True)) == 1
    finally:
        child.stop()
    assert asyncio.run(_keys(tmp_path / name)) == 1  # and one that does not is started, and was the same


async def _keys(data: Path, *, write: bool = False) -> int:
    async with reached(data, "") as client:
        if write:
            await client.set("seen", "1")
        return int(await client.dbsize())


async def test_where_a_service_leads_nobody_is_alone(child: embedded.Child, tmp_path: Path) -> None:
    async with reached(tmp_path, child.url) as client:
        await client.flushall()
        lease = Lease(client, myself("http://somewhere", "rules", bytes(32)))
        await lease.hold()
        with pytest.raises(
            ConfigError, match=r"http://somewhere \(process \d+ on .*\) works on this store: stop it first"
        ):
            async with reached(tmp_path, child.url, alone=True):
                pass
        await lease.let_go()
        async with reached(tmp_path, child.url, alone=True) as ours:
            assert await ours.ping()


async def test_on_a_directory_that_is_ours_the_lease_of_one_that_was_killed_holds_nobody_up(tmp_path: Path) -> None:
    async with reached(tmp_path, "") as client:
        await Lease(client, myself("", "", bytes(32))).hold()
    async with reached(tmp_path, "", alone=True) as client:
        assert await client.exists("andon:lease") == 0
