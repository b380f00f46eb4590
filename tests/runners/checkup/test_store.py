from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from redis.asyncio import Redis

from andon.config import Settings
from andon.log.redis import RedisLog
from andon.model import Letter
from andon.runners.checkup import check_up, store
from andon.runners.checkup.subject import Subject, subject
from andon.store import embedded
from andon.store.connect import connect
from andon.store.formats import FORMATS
from andon.store.lease import Holder, Lease
from andon.store.looks import LOOKS, Verdict
from andon.store.redis import RedisStore
from tests.store.made import incident, outcome, page

FINE, WARN, REFUSE = Verdict.FINE, Verdict.WARN, Verdict.REFUSE


@pytest.fixture
def here(subject: Subject, client: Redis) -> Subject:
    """A service whose store runs."""
    return replace(subject, client=client)


async def test_without_a_store_it_is_told_what_would_be_started_and_the_rest_sees_nothing(subject: Subject) -> None:
    [seen] = await store.server(subject)
    assert (seen.verdict, "would be started" in seen.found) == (FINE, True)
    for look in (store.formats, store.leader, store.judged, store.log, store.pages):
        assert await look(subject) == []


async def test_a_new_store_has_nothing_to_tell(here: Subject) -> None:
    seen = [one for look in (store.server, store.formats, store.leader, store.judged) for one in await look(here)]
    assert {one.verdict for one in seen} == {FINE}
    assert len(seen) == len(LOOKS) + 3


async def test_a_bundled_store_is_not_written_to(here: Subject, client: Redis) -> None:
    await check_up(here)
    assert await client.keys() == []


async def test_a_server_that_does_not_answer_is_refused_and_a_bundled_one_is_not_running(here: Subject) -> None:
    gone = connect("redis://127.0.0.1:9")
    [bundled] = await store.server(replace(here, client=gone))
    [named] = await store.server(replace(here, client=gone, settings=replace(here.settings, redis="redis://there")))
    assert (bundled.verdict, named.verdict) == (FINE, REFUSE)
    await gone.aclose()


async def test_what_a_later_version_wrote_is_refused(here: Subject, client: Redis) -> None:
    await RedisStore(client).mark({"engine": str(FORMATS["engine"] + 1), "version": "99.0"})
    [seen] = await store.formats(here)
    assert (seen.verdict, "99.0" in seen.found) == (REFUSE, True)


async def test_who_leads_and_who_stands_by_are_named(here: Subject, client: Redis) -> None:
    for name in ("first", "second"):
        await Lease(client, Holder(name, "a host", 7, f"http://{name}")).hold()
    [seen] = await store.leader(here)
    assert seen.found == "http://first (process 7 on a host) leads; http://second (process 7 on a host) stands by"


async def test_one_that_would_take_over_with_another_rulebook_is_a_doubt(here: Subject, client: Redis) -> None:
    for name in ("first", "second"):
        await Lease(client, Holder(name, "a host", 7, f"http://{name}", rules=name)).hold()
    [seen] = await store.leader(here)
    assert (seen.verdict, "different rulebooks" in seen.harm) == (WARN, True)


@pytest.mark.parametrize(("ahead", "verdict"), [(-7.0, FINE), (30.0, FINE), (3600.0, WARN), (2 * 86_400.0, REFUSE)])
async def test_a_clock_that_was_set_back_is_told_and_by_a_day_refused_as_the_service_does_it(
    here: Subject, client: Redis, ahead: float, verdict: Verdict
) -> None:
    await RedisStore(client).save(b"state", f"{int((time.time() + ahead) * 1000):016d}-{0:020d}")
    [seen] = await store.judged(here)
    assert (seen.verdict, "h ahead" in seen.found) == (verdict, verdict is not FINE)


async def test_what_waits_in_the_log_is_counted(here: Subject, client: Redis) -> None:
    log = RedisLog(client)
    await log.append(0.0, b"batch", letters=[Letter(at=0.0, position=1, reason="no", raw=b"x")])
    position = await log.append(0.0, b"batch")
    [seen] = await store.log(here)
    assert (seen.verdict, seen.found) == (FINE, "2 entries since the last save, 1 dead letters")
    await RedisStore(client).save(b"state", position)
    await log.trim(position)
    [seen] = await store.log(here)
    assert seen.found.startswith("0 entries")


async def test_what_waits_for_long_is_a_doubt(here: Subject, client: Redis) -> None:
    long_ago = int((time.time() - 900) * 1000)
    await client.xadd("andon:log", {"at": "0", "key": ""}, id=f"{long_ago}-0")
    [seen] = await store.log(here)
    assert (seen.verdict, "15 min ago" in seen.found) == (WARN, True)


async def test_pages_that_are_due_and_not_sent_are_a_doubt(here: Subject, client: Redis) -> None:
    kept = RedisStore(client)
    await kept.commit(outcome(incident(), page(due=time.time() - 5)), None)
    [seen] = await store.pages(here)
    assert (seen.verdict, seen.found) == (FINE, "1 incidents are open, 1 pages are due")
    await kept.commit(outcome(incident("i2", "k2"), page("p2", incident_id="i2", due=time.time() - 120)), None)
    [seen] = await store.pages(here)
    assert seen.verdict is WARN


async def test_the_line_to_a_bundled_store_is_its_socket_and_is_closed(here: Subject, child: embedded.Child) -> None:
    await _answers(replace(here.settings, data=child.place.data))


async def test_on_a_path_too_long_for_a_socket_the_bundled_store_is_found_on_its_port(
    here: Subject, tmp_path: Path
) -> None:
    started = embedded.start(tmp_path / ("long" * 30))
    try:
        assert started.place.port
        await _answers(replace(here.settings, data=started.place.data))
    finally:
        started.stop()


async def test_of_a_bundled_store_that_never_ran_it_is_told_what_would_be_started(
    here: Subject, tmp_path: Path
) -> None:
    for data in (tmp_path, tmp_path / ("long" * 30)):
        async with subject(replace(here.settings, data=data), "http://127.0.0.1:9") as one:
            [seen] = await store.server(one)
            assert (seen.verdict, "would be started" in seen.found) == (FINE, True)


async def _answers(chosen: Settings) -> None:
    async with subject(chosen, "http://127.0.0.1:9") as one:
        assert one.client is not None
        assert await one.client.ping()
