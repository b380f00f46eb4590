from __future__ import annotations

import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from andon.errors import ConfigError, Unavailable
from andon.store import embedded
from andon.store.connect import connect, text_of
from andon.store.looks import LOOKS, OLDEST, Verdict, doubts, look, version
from andon.store.server import Server
from tests.log.conftest import await_answer
from tests.runners.service import free_port

ANDON = Path(embedded.__file__).parents[1]
HARMLESS = ("--appendonly", "yes", "--appendfsync", "always", "--maxmemory", "64mb")


@contextmanager
def server(folder: Path, *settings: str) -> Iterator[str]:
    """Run a real server as a user might have set it up; yield its URL."""
    port = free_port()
    folder.mkdir(exist_ok=True)
    said = ["--port", str(port), "--dir", str(folder), "--save", "", "--bind", "127.0.0.1", *settings]
    with subprocess.Popen([embedded.executable(), *said], stdout=subprocess.DEVNULL) as process:
        try:
            await_answer(port)
            yield f"redis://127.0.0.1:{port}"
        finally:
            process.kill()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of a user's, set up as it should be."""
    with server(tmp_path_factory.mktemp("user"), *HARMLESS) as one:
        yield one


@asynccontextmanager
async def asked(url: str) -> AsyncIterator[Redis]:
    client = connect(url)
    try:
        yield client
    finally:
        await client.aclose()


async def seen(url: str) -> dict[str, tuple[Verdict, str]]:
    """What every look saw that was not fine: its verdict, and the line an operator reads."""
    async with asked(url) as client:
        return {one.look: (one.verdict, str(one)) for one in await look(client) if one.verdict is not Verdict.FINE}


async def test_a_server_that_is_set_up_as_it_should_be_leaves_no_doubts(url: str) -> None:
    assert await seen(url) == {}


async def test_a_server_of_ours_leaves_no_doubts(child: embedded.Child) -> None:
    assert await seen(child.url) == {}


@pytest.mark.parametrize(
    ("name", "setting", "value", "back"),
    [
        ("appendonly", "appendonly", "no", "yes"),
        ("appendfsync", "appendfsync", "everysec", "always"),
        ("appendfsync", "appendfsync", "no", "always"),
        ("eviction", "maxmemory-policy", "allkeys-lru", "noeviction"),
        ("eviction", "maxmemory-policy", "volatile-ttl", "noeviction"),
        ("limit", "maxmemory", "0", "64mb"),
    ],
)
async def test_a_setting_by_which_it_could_lose_what_it_answered_for_is_a_doubt(
    url: str, name: str, setting: str, value: str, back: str
) -> None:
    async with asked(url) as client:
        await client.config_set(setting, value)
        try:
            found = await seen(url)
        finally:
            await client.config_set(setting, back)
    verdict, said = found[name]
    assert verdict is Verdict.WARN
    assert set(found) <= {name, "writes"}
    assert value in said or name == "limit"


async def test_a_server_that_is_nearly_full_says_how_full(url: str) -> None:
    async with asked(url) as client:
        used = (await client.info("memory"))["used_memory"]
        await client.config_set("maxmemory", int(used / 0.9))
        try:
            verdict, said = (await seen(url))["memory"]
        finally:
            await client.config_set("maxmemory", "64mb")
    assert (verdict, "% full" in said) == (Verdict.WARN, True)


async def test_a_server_that_is_full_takes_no_writes_and_says_so(url: str) -> None:
    async with asked(url) as client:
        await client.config_set("maxmemory", "100")
        try:
            found = await seen(url)
        finally:
            await client.config_set("maxmemory", "64mb")
    assert found["writes"][0] is Verdict.WARN
    assert "503" in found["writes"][1]


async def test_a_cluster_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with server(tmp_path, *HARMLESS, "--cluster-enabled", "yes", "--cluster-port", str(free_port())) as cluster:
        async with asked(cluster) as client:
            with pytest.raises(ConfigError, match="cluster-enabled no"):
                doubts(await look(client))


async def test_a_replica_is_refused_and_its_primary_named(url: str, tmp_path: Path) -> None:
    port = url.rpartition(":")[2]
    with server(tmp_path, *HARMLESS, "--replicaof", "127.0.0.1", port) as replica:
        async with asked(replica) as client:
            with pytest.raises(ConfigError, match=f"replica of 127.0.0.1:{port}"):
                doubts(await look(client))


async def user(url: str, **limits: Any) -> str:
    """Make a user who may do less; return the URL by which they come."""
    async with asked(url) as client:
        await client.acl_setuser(
            "some", enabled=True, reset=True, passwords=["+word"], categories=["+@all"], keys=["*"]
        )
        await client.acl_setuser("some", enabled=True, **limits)
    return url.replace("redis://", "redis://some:word@")


async def test_a_server_that_does_not_tell_its_settings_is_one_doubt_and_the_rest_is_seen(url: str) -> None:
    found = await seen(await user(url, commands=["-config"]))
    assert {name: verdict for name, (verdict, _) in found.items()} == {"appendfsync": Verdict.WARN}
    assert "does not tell" in found["appendfsync"][1]


async def test_a_user_who_may_run_no_scripts_is_refused(url: str) -> None:
    verdict, said = (await seen(await user(url, categories=["-@scripting"])))["scripts"]
    assert (verdict, "+@scripting" in said) == (Verdict.REFUSE, True)


async def test_a_user_who_may_not_write_our_keys_is_refused(url: str) -> None:
    verdict, said = (await seen(await user(url, reset_keys=True, keys=["other:*"])))["writes"]
    assert (verdict, "~andon:*" in said) == (Verdict.REFUSE, True)


async def test_a_user_who_may_ask_nothing_is_told_which_rights_andon_needs(url: str) -> None:
    with pytest.raises(ConfigError, match=r"\+info"):
        await seen(await user(url, categories=["-@all"]))


async def test_a_wrong_password_is_told_without_the_password(url: str) -> None:
    with pytest.raises(ConfigError) as error:
        await seen(url.replace("redis://", "redis://some:not-the-word@"))
    assert "not-the-word" not in str(error.value)


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        await seen("redis://127.0.0.1:9")


async def test_the_looks_write_nothing_but_a_key_that_goes_away(url: str) -> None:
    async with asked(url) as client:
        await client.flushall()
        await look(client)
        assert await client.keys("*") == [b"andon:probe"]
        assert 0 < await client.ttl("andon:probe") <= 60


def by_name(server: Server) -> dict[str, Verdict]:
    return {one.look: one.verdict for one in (see(server) for see in LOOKS)}


def test_a_slow_disk_and_a_clock_that_is_off_are_doubts() -> None:
    found = by_name(Server({}, seconds=0.2, ahead=-60.0))
    assert (found["writes"], found["clock"]) == (Verdict.WARN, Verdict.WARN)


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("5.0.14", Verdict.REFUSE),
        ("6.0.20", Verdict.REFUSE),
        ("6.2.0", Verdict.FINE),
        ("7.0.15", Verdict.FINE),
        ("10.1", Verdict.FINE),
        ("unknown", Verdict.REFUSE),
    ],
)
def test_a_version_that_lacks_what_andon_asks_for_is_refused(said: str, verdict: Verdict) -> None:
    assert version(Server({"redis_version": said})).verdict is verdict


async def first_known(client: Redis) -> dict[str, tuple[int, ...]]:
    """In which version a server's commands came, by their names; the client's own parser stumbles over the answer."""
    line = await client.connection_pool.get_connection()  # type: ignore[no-untyped-call] # redis-py leaves it untyped
    await line.send_command("COMMAND", "DOCS")
    docs: Any = await line.read_response()
    await client.connection_pool.release(line)
    every = {
        name: one
        for command, doc in docs.items()
        for name, one in ({command: doc} | doc.get(b"subcommands", {})).items()
    }
    return {text_of(name): tuple(map(int, text_of(one[b"since"]).split("."))) for name, one in every.items()}


async def test_the_oldest_version_that_is_taken_knows_every_command_that_andon_gives(client: Redis) -> None:
    sources = "".join(path.read_text() for room in ("log", "store") for path in (ANDON / room).glob("*.py"))
    scripted = {one.lower() for one in re.findall(r"redis\.call\('(\w+)'", sources)}
    called = {one.replace("config_get", "config|get") for one in re.findall(r"(?:client|pipe)\.([a-z_]+)\(", sources)}
    since = {name: came for name, came in (await first_known(client)).items() if name in scripted | called}
    assert since.keys() > {"xadd", "xtrim", "xrange", "time", "config|get", "eval", "zadd", "hset", "watch", "info"}
    assert {name: came for name, came in since.items() if came[:2] > OLDEST} == {}


def test_all_that_stands_in_the_way_is_told_at_once() -> None:
    with pytest.raises(ConfigError, match=r"cluster.*replica"):
        doubts([see(Server({"redis_version": "7.2", "cluster_enabled": 1, "role": "slave"})) for see in LOOKS])
