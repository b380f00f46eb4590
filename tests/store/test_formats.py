"""What one version has written, the next one reads; ANDON_GOLDEN=write keeps what a new format's number has none of yet.

For each format `NAME.NUMBER.txt` is its layout in words, `NAME.NUMBER.bin` a sample that was written when it was new, and
`NAME.NUMBER.json` what is to be read in it. They stay for ever. A layout that changes gets the next number, its own three files,
and a reader that still reads all samples before it.
"""

from __future__ import annotations

import json
import os
import zlib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis

from andon import engine
from andon.errors import ConfigError
from andon.incidents import keys
from andon.store import backup
from andon.store.formats import FORMATS, readable, written
from tests.store.layouts import layouts
from tests.store.samples import HERE, PURE, as_text, make_store, read_store

CURRENT = {**FORMATS, "backup": backup.FORMAT, "secrets": 1, "grouping": int(keys.FORMAT)}
WITHIN = {"streams": "engine", "bank": "engine"}
"""Formats whose samples are part of another's."""


def kept(path: Path, made: bytes) -> bytes:
    """Return what is kept; what is not, is now, if it was asked for."""
    if not path.exists() and os.environ.get("ANDON_GOLDEN") == "write":
        path.write_bytes(made)
    assert path.exists(), f"{path.name} is missing: ANDON_GOLDEN=write makes it, once"
    return path.read_bytes()


def means(path: Path, found: str) -> None:
    """Assert that all that was read when the sample was new is read still; a field that came later may be there, too."""
    before = json.loads(kept(path, found.encode()))
    assert only(json.loads(found), before) == before


def only(found: Any, wanted: Any) -> Any:
    """Return what was found without the fields that nobody knew of."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return {name: only(found[name], wanted[name]) for name in wanted if name in found}
    if isinstance(wanted, list) and isinstance(found, list) and len(found) == len(wanted):
        return [only(*both) for both in zip(found, wanted, strict=True)]
    return found


@pytest.mark.parametrize("name", sorted(layouts()))
def test_no_layout_changes_under_its_number(name: str) -> None:
    now = layouts()[name]
    before = kept(HERE / f"{name}.txt", now.encode()).decode()
    assert now == before, f"{name}: raise its FORMAT, and go on reading what was written under this number"


def lasting(text: str) -> str:
    """Return what was read in an engine's state without what its detectors expect and find, which a new layout has them learn anew."""
    read = json.loads(text)
    for light in read["lights"]:
        del light["expected"]
    del read["then"]
    return json.dumps(read)


def numbers(name: str) -> list[int]:
    return list(range(1, CURRENT[name] + 1))


@pytest.mark.parametrize(("name", "number"), [(name, number) for name in PURE for number in numbers(name)])
def test_what_was_written_under_each_number_reads_as_it_did(name: str, number: int) -> None:
    path = HERE / f"{name}.{number}.bin"
    made = b"" if path.exists() else PURE[name].make()
    found = as_text(PURE[name].read(kept(path, made)))
    if name == "engine" and number < CURRENT[name]:
        wanted = lasting(path.with_suffix(".json").read_text(encoding="utf-8"))
        assert only(json.loads(lasting(found)), json.loads(wanted)) == json.loads(wanted)
    else:
        means(path.with_suffix(".json"), found)


@pytest.mark.parametrize("number", numbers("store"))
async def test_a_server_that_was_filled_under_each_number_reads_as_it_did(client: Redis, number: int) -> None:
    path = HERE / f"store.{number}.bin"
    made = await make_store(client)
    await client.flushall()
    means(path.with_suffix(".json"), as_text(await read_store(client, kept(path, made))))


async def test_the_keys_on_a_server_have_the_names_and_sorts_of_the_sample(client: Redis) -> None:
    """A new key, or one of another sort, is a new layout of the store."""

    async def sorts() -> list[str]:
        return sorted([f"{name!r} {await client.type(name)!r}" for name in await client.keys("*")])

    await make_store(client)
    now = await sorts()
    await client.flushall()
    await read_store(client, (HERE / f"store.{CURRENT['store']}.bin").read_bytes())
    assert now == await sorts()


def test_a_state_of_a_later_engine_is_refused_before_it_is_read() -> None:
    later = msgspec.msgpack.encode({"format": engine.FORMAT + 1, "something": "else"})
    with pytest.raises(ConfigError, match=r"has format 3, this version reads up to 2: start the version that wrote it"):
        PURE["engine"].read(zlib.compress(later))


def test_every_format_has_a_sample() -> None:
    assert set(CURRENT) == {*PURE, "store", *WITHIN}
    assert {path.name.split(".")[0] for path in HERE.glob("*.bin")} == {*PURE, "store"}


def test_what_this_version_wrote_it_reads() -> None:
    readable(written(), "the store")
    readable({}, "a new store")


@pytest.mark.parametrize("name", [*FORMATS, "a format of later versions"])
def test_what_a_later_version_wrote_is_refused_by_its_name(name: str) -> None:
    number = FORMATS.get(name, 0) + 1
    with pytest.raises(
        ConfigError, match=rf"the store was written by andon 9\.9, in newer formats: {name} {number} \("
    ):
        readable(written() | {name: str(number), "version": "9.9"}, "the store")
