"""A service carried to another place: it goes on there as if nothing had been."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from andon.clock import WallClock
from andon.config import Settings, secrets_of
from andon.errors import ConfigError
from andon.log.redis import RedisLog
from andon.rulebook.model import Rulebook
from andon.runners.carry import back_up, bring_back
from andon.runners.loops import SHOW_EVERY
from andon.runners.up import service as service_of
from andon.store import backup
from andon.store.reach import reached
from tests.runners.carried import fill, peaks
from tests.runners.decisions import of_report, of_service, replayed
from tests.runners.history import signals
from tests.runners.service import COMMAND, Service, stop, up
from tests.runners.shop import BOOK as SHOP
from tests.runners.shop import OVEN, paged, pulled, rulebook, soon, stars

LINES = [line for line in signals(2.2) if line.strip()]
BY_EVENTS = ("--clock", "events")
Batch: TypeAlias = tuple[str, list[bytes]]


def at(data: Path) -> Settings:
    return Settings(rules=Path(), data=data)


async def used(data: Path) -> Settings:
    """A data directory with a letter's worth of life in it."""
    chosen = at(data)
    secrets_of(chosen)
    async with reached(data, "") as client:
        await RedisLog(client).append(1.0, b"x", "key")
    return chosen


def files(data: Path) -> dict[str, str]:
    return {name: (data / name).read_text() for name in ("key", "ingest-token") if (data / name).exists()}


async def test_secrets_come_along_and_nobody_else_may_read_them(tmp_path: Path) -> None:
    chosen = await used(tmp_path / "one")
    await back_up(chosen, tmp_path / "b", secrets=True)
    counts = await bring_back(at(tmp_path / "two"), tmp_path / "b", over=False)
    assert files(tmp_path / "two") == files(tmp_path / "one")
    assert (tmp_path / "two" / "key").stat().st_mode & 0o777 == 0o600
    assert counts == {"secret": 2, "used": 1, "logged": 1, "stand": 1}


async def test_without_secrets_none_come_along(tmp_path: Path) -> None:
    chosen = await used(tmp_path / "one")
    await back_up(chosen, tmp_path / "b", secrets=False)
    assert files(tmp_path / "one")["key"].encode() not in (tmp_path / "b").read_bytes()
    await bring_back(at(tmp_path / "two"), tmp_path / "b", over=False)
    assert files(tmp_path / "two") == {}


async def test_what_is_not_empty_is_left_alone_unless_told_otherwise(tmp_path: Path) -> None:
    chosen, other = await used(tmp_path / "one"), await used(tmp_path / "two")
    await back_up(chosen, tmp_path / "b", secrets=True)
    before = files(other.data)
    with pytest.raises(ConfigError, match=r"is not empty.*--over"):
        await bring_back(other, tmp_path / "b", over=False)
    assert files(other.data) == before
    await bring_back(other, tmp_path / "b", over=True)
    assert files(other.data) == files(chosen.data)


async def test_a_restore_that_is_ended_as_it_writes_the_secrets_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(*_: object) -> None:
        raise KeyboardInterrupt

    chosen = await used(tmp_path / "one")
    await back_up(chosen, tmp_path / "b", secrets=True)
    with monkeypatch.context() as patch:
        patch.setattr("andon.runners.carry._keep", ended)
        with pytest.raises(KeyboardInterrupt):
            await bring_back(at(tmp_path / "two"), tmp_path / "b", over=False)
    await bring_back(at(tmp_path / "two"), tmp_path / "b", over=False)
    assert files(tmp_path / "two") == files(chosen.data)


async def test_a_backup_by_a_later_version_names_it_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = await used(tmp_path / "one")
    monkeypatch.setattr("andon.runners.carry.FORMATS", {"engine": 99})
    monkeypatch.setattr("andon.runners.carry.version", lambda _: "7.5.0")
    await back_up(chosen, tmp_path / "b", secrets=True)
    with pytest.raises(ConfigError, match=r"andon 7\.5\.0, in newer formats: engine 99"):
        await bring_back(at(tmp_path / "two"), tmp_path / "b", over=False)
    assert not (tmp_path / "two").exists()


def test_where_nothing_is_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no store to back up"):
        asyncio.run(back_up(at(tmp_path / "typo"), tmp_path / "b", secrets=True))
    assert list(tmp_path.iterdir()) == []


async def test_names_in_a_backup_reach_no_file_but_the_two_secrets(tmp_path: Path) -> None:
    head = backup.Head(version="0", at=0.0, formats={})
    with backup.writing(tmp_path / "b", head) as writer:
        for name in ("../evil", "store.sock", "ingest-token"):
            writer.write(backup.Secret(name, "x"))
        writer.write(backup.Stand("", ""))
    await bring_back(at(tmp_path / "two"), tmp_path / "b", over=False)
    assert files(tmp_path / "two") == {"ingest-token": "x"}
    assert not (tmp_path / "evil").exists()


# ---------------------------------------------------------------- with processes


def andon(*words: str | Path) -> str:
    """Run a command that goes well; return what it said."""
    done = subprocess.run([*COMMAND, *map(str, words)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(*words: str | Path) -> str:
    done = subprocess.run([*COMMAND, *map(str, words)], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done
    return done.stderr


def test_a_restore_says_last_that_what_was_on_its_way_is_sent_again(tmp_path: Path) -> None:
    chosen = asyncio.run(used(tmp_path / "one"))
    asyncio.run(back_up(chosen, tmp_path / "b", secrets=True))
    said = andon("restore", tmp_path / "b", "--data", tmp_path / "two")
    assert "being sent when the backup was taken will be sent again at the next start" in said.splitlines()[-1]


def post(service: Service, batch: Batch) -> None:
    """Send a batch under its key, as a sender does that repeats what it heard no answer to."""
    key, lines = batch
    headers = {
        "Authorization": f"Bearer {service.token}",
        "Content-Type": "application/x-ndjson",
        "Idempotency-Key": key,
    }
    for _ in range(600):
        answer = service.client.post("/v1/signals", content=b"\n".join(lines), headers=headers)
        if answer.status_code not in {429, 503}:  # it has as much as it takes for the moment
            break
        time.sleep(0.05)
    answer.raise_for_status()


@contextmanager
def sending(service: Service, batches: list[Batch]) -> Iterator[None]:
    """Have all of the batches come in, in order, while something else is done."""

    def send() -> None:
        for batch in batches:
            post(service, batch)

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(send)
        yield
        done.result()


def settled(decided: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Decisions without receipts: what was on its way as the backup was taken is sent once more, as of then."""
    return [
        one
        | {
            "story": [row for row in one["story"] if row[1] != "receipt"],
            "milestones": set(one["milestones"]),
            "version": 0,
        }
        for one in decided
    ]


def lights_of(service: Service) -> Any:
    """Return the lights once they have stayed the same for four rounds of showing them: they come a little behind the counts.

    All but `expected`, which is asked anew now and then only, so that it may be as of another look.
    """
    seen: list[Any] = []
    while len(seen) < 5 or any(one != seen[-1] for one in seen[-5:]):
        seen.append(
            [
                [one[name] for name in ("rule", "segment", "state", "tier", "n", "observed", "at")]
                for one in service.get("/v1/lights")
            ]
        )
        time.sleep(SHOW_EVERY)
    return seen[-1]


@pytest.mark.long
def test_a_service_that_was_carried_while_it_worked_decides_what_it_would_have(
    book: Rulebook, rules: Path, tmp_path: Path
) -> None:
    """Signals, incidents, pages and lights come out as if there had been one service; what was sent twice counts once."""
    report = replayed(book, LINES)
    batches = [(f"batch {at}", LINES[at : at + 200]) for at in range(0, len(LINES), 200)]
    third = len(batches) // 3
    with up(rules, tmp_path / "one", *BY_EVENTS) as service:
        for batch in batches[:third]:
            post(service, batch)
        soon(lambda: "snapshot.at" in service.get("/v1/board")["facts"], within=30.0)
        with sending(service, batches[third:]):
            andon("backup", tmp_path / "b", "--data", service.data)
            for way in (("--data", str(service.data)), ("--redis", f"unix://{service.data}/store.sock")):
                said = refused("restore", str(tmp_path / "b"), "--over", *way)
                assert "another andon" in said or "works on this store: stop it first" in said
        service.sent = len(LINES) - report.refused
        service.settle()
        stayed, lights = of_service(service.incidents()), lights_of(service)
    assert stayed == of_report(report)
    andon("restore", tmp_path / "b", "--data", tmp_path / "two")
    with up(rules, tmp_path / "two", *BY_EVENTS) as service:
        for batch in batches:  # all of them again: some were in the backup, some came after it
            post(service, batch)
        service.sent = len(LINES) - report.refused
        service.settle()
        assert settled(of_service(service.incidents())) == settled(stayed)
        assert lights_of(service) == lights
        assert service.get("/v1/board")["facts"]["signals"] == report.taken


@pytest.mark.long
def test_after_a_restore_nobody_is_paged_again_and_the_ladder_goes_on(tmp_path: Path) -> None:
    rules = rulebook(tmp_path / "rules", SHOP + OVEN)
    with up(rules, tmp_path / "one") as service:
        service.send(stars(500))
        story = pulled(service, "the till is stuck")
        service.act(story["code"], "ack", "ana")
        other = pulled(service, "the door is stuck", "door")
        service.settle()
        stop(service.process)
    said = andon("backup", tmp_path / "b", "--data", tmp_path / "one")
    assert "2 incidents" in said
    assert "whoever has the file" in said
    andon("restore", tmp_path / "b", "--data", tmp_path / "two")
    with up(rules, tmp_path / "two") as service:
        time.sleep(1.0)  # time enough to page again
        assert service.get("/v1/board")["facts"]["signals"] == 502  # a pull is a signal
        again = {one["id"]: one for one in service.incidents()}
        assert (again[story["id"]]["holder"], paged(again[story["id"]])) == ("ana", ["ana"])
        assert paged(again[other["id"]])[0] == "ana"
        assert paged(again[other["id"]]).count("ana") == 1
        assert again[story["id"]]["called"] == story["called"]
        service.act(other["code"], "ack", "ana")


async def test_a_service_refuses_what_a_later_version_kept_and_leaves_it_as_it_is(tmp_path: Path) -> None:
    later: dict[Any, Any] = {"engine": "3", "version": "3.1.4"}
    async with reached(tmp_path, "") as client:
        await client.hset("andon:formats", mapping=later)
    with pytest.raises(
        ConfigError, match=r"by andon 3\.1\.4, in newer formats: engine 3 \(this version reads up to 2\)"
    ):
        async with service_of(Settings(rules=rulebook(tmp_path / "rules"), data=tmp_path, port=0), WallClock()):
            pass
    async with reached(tmp_path, "") as client:
        assert await client.hgetall("andon:formats") == {b"engine": b"3", b"version": b"3.1.4"}
        assert await client.exists("andon:snapshot", "andon:log") == 0


@pytest.mark.long
def test_however_much_is_carried_it_takes_little_memory(tmp_path: Path) -> None:
    """Of 96 MB of log, on its way out and back, neither command holds more than 125 MB (100 are the program itself)."""
    fill(tmp_path / "one", 96)
    assert max(peaks(tmp_path)) < 125e6
