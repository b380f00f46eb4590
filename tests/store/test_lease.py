from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from andon.errors import Unavailable
from andon.store.connect import connect
from andon.store.lease import LASTS, Holder, Lease, leads, myself
from andon.store.redis import RedisStore
from tests.store.made import incident, outcome

KEY = b"k" * 32


def lease(client: Redis, name: str) -> Lease:
    return Lease(client, Holder(name, "a host", 1, f"http://{name}"))


@pytest.fixture
async def first(client: Redis) -> Lease:
    """A service that leads, its work taken up."""
    one = lease(client, "first")
    await one.hold()
    one.fence.term = one.term
    return one


def whose(term: str) -> str:
    """Return who began a term, apart from its number, which is the time."""
    return term.partition(" ")[2]


async def lapse(client: Redis) -> None:
    """Let the time go by after which a lease that nobody renews is over."""
    await client.pexpire("andon:lease", 0)


async def test_the_first_leads_and_the_second_stands_by_and_knows_for_whom(client: Redis, first: Lease) -> None:
    second = lease(client, "second")
    await second.hold()
    assert (whose(first.term), second.term) == ("first", "")
    assert second.leader == first.me


async def test_who_leads_knows_who_stands_by(client: Redis, first: Lease) -> None:
    second = lease(client, "second")
    await second.hold()
    await first.hold()
    assert first.standby == (second.me,)


async def test_a_lease_that_is_held_on_to_stays_in_the_same_hands_and_term(client: Redis, first: Lease) -> None:
    terms = set()
    for _ in range(3):
        await first.hold()
        terms.add(first.term)
    assert len(terms) == 1
    assert first.term.endswith(" first")
    assert 0 < await client.pttl("andon:lease") <= LASTS * 1000


async def test_a_lease_that_lapsed_is_the_next_ones_in_a_new_term(client: Redis, first: Lease) -> None:
    before = first.term
    await lapse(client)
    second = lease(client, "second")
    await second.hold()
    await first.hold()
    assert first.term == ""
    assert int(second.term.split()[0]) > int(before.split()[0])


async def test_a_lease_that_is_let_go_is_free_at_once(client: Redis, first: Lease) -> None:
    second = lease(client, "second")
    await second.hold()
    await first.let_go()
    await second.hold()
    assert (whose(second.term), second.standby) == ("second", ())


async def test_who_was_away_and_finds_that_nobody_led_meanwhile_goes_on_in_its_term(
    client: Redis, first: Lease
) -> None:
    before = first.term
    await lapse(client)
    await first.hold()
    assert first.term == before


async def test_who_has_its_own_data_directory_asks_nobody(client: Redis, first: Lease) -> None:
    second = lease(client, "second")
    await second.hold(alone=True)
    await first.hold()
    assert (first.term, whose(second.term)) == ("", "second")


async def test_letting_go_of_what_another_has_changes_nothing(client: Redis, first: Lease) -> None:
    await lease(client, "second").let_go()
    assert await leads(client) == (first.me, ())


async def test_one_that_stands_by_and_ends_is_forgotten(client: Redis, first: Lease) -> None:
    second = lease(client, "second")
    await second.hold()
    assert await leads(client) == (first.me, (second.me,))
    await second.let_go()
    assert await leads(client) == (first.me, ())


async def test_nobody_leads_on_a_new_server(client: Redis) -> None:
    assert await leads(client) == (None, ())
    assert await client.keys() == []


async def test_who_was_away_writes_nothing_of_what_it_decided(client: Redis, first: Lease) -> None:
    store = RedisStore(client, fence=first.fence)
    await store.save(b"old", "1")
    await lapse(client)
    second = lease(client, "second")
    await second.hold()
    second.fence.term = second.term
    await RedisStore(client, fence=second.fence).save(b"new", "2")
    for late in (store.save(b"late", "1"), store.show([], {"late": 1.0}), store.commit(outcome(incident()), None)):
        with pytest.raises(Unavailable, match="another andon leads"):
            await late
    assert await store.saved() == (b"new", "2")
    assert await store.shown() == ([], {})
    assert await store.incidents() == []


async def test_a_change_of_hands_in_the_middle_of_a_write_is_seen(client: Redis, first: Lease) -> None:
    store = RedisStore(client, fence=first.fence)

    async def write() -> None:
        async with store._leading() as pipe:
            await lease(client, "second").hold(alone=True)
            pipe.set("andon:board", "late")

    with pytest.raises(Unavailable, match="another andon leads"):
        await write()
    assert await client.get("andon:board") is None


@pytest.mark.usefixtures("first")
async def test_one_that_rests_still_writes_what_people_say(client: Redis) -> None:
    second = lease(client, "second")
    await second.hold()
    store = RedisStore(client, fence=second.fence)
    await store.commit(outcome(incident()), None)
    assert len(await store.incidents()) == 1


async def test_who_led_before_a_restore_leads_after_it_in_another_term(client: Redis, first: Lease) -> None:
    before = first.term
    await client.flushall()
    await asyncio.sleep(0.002)  # a term's number is no less than the time in milliseconds
    await first.hold()
    assert first.term not in {"", before}


async def test_a_server_that_lost_everything_makes_who_led_take_its_work_up_anew(client: Redis, first: Lease) -> None:
    store = RedisStore(client, fence=first.fence)
    await client.flushall()
    with pytest.raises(Unavailable, match="another andon leads"):
        await store.save(b"state", "1")
    await first.hold()
    first.fence.term = first.term
    await store.save(b"state", "1")


async def test_on_a_server_that_is_full_who_leads_goes_on_and_who_stands_by_stands_by(
    client: Redis, first: Lease
) -> None:
    second = lease(client, "second")
    most = (await client.config_get("maxmemory"))["maxmemory"] or 0
    await client.config_set("maxmemory", 1)
    try:
        await first.hold()
        await second.hold()
    finally:
        await client.config_set("maxmemory", most)
    assert (whose(first.term), second.term) == ("first", "")


async def test_a_server_that_does_not_answer_is_unavailable() -> None:
    gone = connect("redis://127.0.0.1:9")
    for asking in (lease(gone, "x").hold(), lease(gone, "x").let_go(), leads(gone)):
        with pytest.raises(Unavailable, match="does not answer"):
            await asking
    await gone.aclose()


def test_what_others_see_of_a_key_tells_whether_theirs_is_the_same_and_nothing_more() -> None:
    one, same, other = myself("", "", KEY), myself("", "", KEY), myself("", "", b"o" * 32)
    assert one.key == same.key != other.key
    assert KEY.hex() not in one.key
    assert one.id != same.id
